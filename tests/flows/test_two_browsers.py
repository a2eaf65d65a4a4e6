"""Two people edit the same thing at the same time: nobody's change is lost silently."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.flows.browser import Windows, needs_browser, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_browser]

FIRST, SECOND = "dana@casaquillay.example", "tomas@casaquillay.example"
CONFLICT = re.compile("guardó esto")


def both_open(windows: Windows, address: str) -> tuple[Page, Page]:
    pages = windows.open(visitor=FIRST), windows.open(visitor=SECOND)
    for page in pages:
        page.goto(address)
    return pages


def save(page: Page) -> None:
    page.click("[data-save], .dock button.btn-primary")
    page.wait_for_load_state()


@pytest.mark.feature("US12")
def test_a_record_asks_about_what_both_changed_and_keeps_the_rest(windows: Windows) -> None:
    contested = windows.stack.world["contested"]
    dana, tomas = both_open(windows, f"/backoffice/customers/{contested}/edit/")
    dana.fill("#id_city", "Castro")
    dana.fill("#id_last_name", "Mansilla")
    save(dana)
    expect(dana).to_have_url(re.compile(f"/customers/{contested}/$"))
    tomas.fill("#id_city", "Ancud")
    tomas.fill("#id_first_name", "Rosario")
    save(tomas)
    rows = tomas.locator(".conflicts tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("Ancud")
    expect(rows.first).to_contain_text("Castro")
    expect(tomas.locator(".notice").first).to_contain_text("Dana Railef")
    rows.first.locator("input[type=radio]").last.check()
    save(tomas)
    query = "SELECT first_name, last_name, city FROM customers_customer WHERE public_id = %s"
    assert windows.stack.sql(query, contested) == [("Rosario", "Mansilla", "Castro")]


@pytest.mark.feature("MS01")
def test_a_campaign_tells_who_wrote_first_and_shows_both(windows: Windows) -> None:
    draft = windows.stack.world["contested_draft"]
    dana, tomas = both_open(windows, f"/backoffice/campaigns/{draft}/edit/content/")
    dana.fill("#id_subject", "De Dana")
    saved_by_itself(dana)
    tomas.fill("#id_subject", "De Tomás")
    expect(tomas.locator("#composer-status .danger")).to_contain_text("Dana Railef")
    tomas.click("#composer-status button")
    row = tomas.locator(".conflicts tbody tr").filter(has_text="De Tomás")
    expect(row).to_contain_text("De Dana")
    save(tomas)
    query = "SELECT subject FROM messaging_campaign WHERE public_id = %s"
    assert windows.stack.sql(query, draft) == [("De Tomás",)]


def saved_by_itself(page: Page) -> None:
    with page.expect_response(lambda one: one.request.method == "POST"):
        pass
    settled(page)


@pytest.mark.feature("TG00")
def test_a_target_joins_what_differs_and_asks_about_what_clashes(windows: Windows) -> None:
    target = windows.stack.world["contested_target"]
    dana, tomas = both_open(windows, f"/backoffice/targets/{target}/edit/")
    dana.fill("#target-name", "Ellas")
    save(dana)
    expect(dana).to_have_url(re.compile(f"/targets/{target}/$"))
    tomas.fill("#target-description", "De siempre")
    save(tomas)
    expect(tomas).to_have_url(re.compile(f"/targets/{target}/$"))
    query = "SELECT name, description FROM targets_target WHERE public_id = %s"
    assert windows.stack.sql(query, target) == [("Ellas", "De siempre")]
    dana, tomas = both_open(windows, f"/backoffice/targets/{target}/edit/")
    for page, name in ((dana, "De Dana"), (tomas, "De Tomás")):
        page.fill("#target-name", name)
        save(page)
    row = tomas.locator(".conflicts tbody tr")
    expect(row).to_have_count(1)
    row.locator("input[type=radio]").last.check()
    save(tomas)
    assert windows.stack.sql(query, target) == [("De Dana", "De siempre")]
