"""What was typed into a long form survives a lost window, and is offered, never filled in by itself."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.flows.browser import Windows, needs_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_browser]

DANA = "dana@casaquillay.example"
KEPT = "(text) => Object.values(localStorage).some((one) => one.includes(text))"
TYPE_AND_GO_ON = """() => {
  const field = document.querySelector("#id_preheader");
  field.value = "Escrito con prisa";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.form.requestSubmit();
}"""
NOTHING = "() => Object.keys(localStorage).every((one) => !one.startsWith('draft:'))"


def lost_and_opened_again(page: Page, address: str, text: str) -> Page:
    page.wait_for_function(KEPT, arg=text)
    again = page.context.new_page()
    page.close()
    again.goto(address)
    return again


@pytest.mark.feature("US12")
def test_a_record_is_offered_as_it_was_typed(windows: Windows) -> None:
    address = f"/backoffice/customers/{windows.stack.world['contested']}/edit/"
    page = windows.open(visitor=DANA)
    page.goto(address)
    district = page.input_value("#id_district")
    page.fill("#id_district", "Puerto Natales")
    again = lost_and_opened_again(page, address, "Puerto Natales")

    expect(again.locator("[data-draft-offer]")).to_be_visible()
    assert again.input_value("#id_district") == district
    again.click("[data-draft-restore]")
    expect(again.locator("#id_district")).to_have_value("Puerto Natales")
    again.fill("#id_line1", "Bulnes 100")
    again.click("[data-save]")
    expect(again).to_have_url(re.compile("/customers/[^/]+/$"))
    again.wait_for_function(NOTHING)
    again.goto(address)
    expect(again.locator("#id_district")).to_have_value("Puerto Natales")
    expect(again.locator("[data-draft-offer]")).to_be_hidden()


@pytest.mark.feature("MS01")
def test_a_mail_is_offered_and_logging_out_forgets_it(windows: Windows) -> None:
    address = f"/backoffice/campaigns/{windows.stack.world['contested_draft']}/edit/content/"
    page = windows.open(visitor=DANA)
    page.goto(address)
    page.route("**/edit/content/", lambda route: route.fulfill(status=204))
    with page.expect_response("**/edit/content/"):
        page.fill("#id_preheader", "Escrito sin conexión")
    again = lost_and_opened_again(page, address, "Escrito sin conexión")

    expect(again.locator("[data-draft-offer]")).to_be_visible()
    again.locator("[data-log-out]").dispatch_event("submit")
    again.wait_for_function(NOTHING)


@pytest.mark.feature("MS01")
def test_whoever_goes_on_right_after_typing_is_saved_once(windows: Windows) -> None:
    address = f"/backoffice/campaigns/{windows.stack.world['contested_draft']}/edit/content/"
    page = windows.open(visitor=DANA)
    page.goto(address)
    posts: list[Route] = []
    page.route(
        "**/edit/content/",
        lambda route: posts.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.evaluate(TYPE_AND_GO_ON)
    page.wait_for_timeout(2_000)  # longer than the page waits before it saves by itself

    assert len(posts) == 1
    posts[0].continue_()
    page.wait_for_url("**/edit/sender/")
