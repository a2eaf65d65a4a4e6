"""Everything that matters works in a browser that runs no script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.flows.browser import Windows, needs_browser, says, shop_log_in, staff_log_in
from tests.flows.mails import letters
from tests.flows.world import PASSWORD, SHOPPER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_browser]

STAFF_MEMBER = "dana@casaquillay.example"
# Without scripts nobody asks for the exact count of a long list afterwards.
COUNTED_AT_ONCE = 1_000

TITLES = ".index-table tbody tr a.cell-title"


def rows(page: Page, many: int) -> list[str]:
    expect(page.locator(TITLES)).to_have_count(many)
    return page.locator(TITLES).all_inner_texts()


def turn(page: Page, link: str) -> None:
    """To another page of the list."""
    before = page.url
    page.click(link)
    expect(page).not_to_have_url(before)


@pytest.mark.feature("US01", "US02")
def test_log_in_list_filter_and_paging(windows: Windows) -> None:
    page = windows.open(scripts=False)
    staff_log_in(page, "austero@casaquillay.example", PASSWORD)
    page.goto("/backoffice/customers/")
    first = rows(page, 50)
    turn(page, "a[rel=next]")
    assert not set(first) & set(rows(page, 50))
    turn(page, "a[rel=prev]")
    assert rows(page, 50) == first
    page.click(".filter-menu > summary")
    page.click(".filter-menu a.btn")
    page.check("input[name=stage][value=lead]")
    page.click(".filter-menu button.btn-primary")
    expect(page.locator(".index-chips .chip")).to_have_count(1)
    leads = "SELECT count(*) FROM customers_customer WHERE lifecycle = 'lead' AND trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL"
    ((wanted,),) = windows.stack.sql(leads)
    counted = says(wanted) if wanted <= COUNTED_AT_ONCE else re.compile(r"^\s*1\.000\+\s*$")
    expect(page.locator("#index-count")).to_have_text(counted)
    page.goto("/backoffice/customers/")
    page.fill("#index-q", "carla etxeberria")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=carla\+etxeberria"))
    assert rows(page, 1) == ["Carla Etxeberria"]


@pytest.mark.feature("US06", "US12")
def test_a_record_its_tabs_and_a_form_that_is_refused(windows: Windows) -> None:
    page = windows.open(visitor=STAFF_MEMBER, scripts=False)
    page.goto(f"/backoffice/customers/{windows.stack.world['customer']}/")
    for tab in page.locator("#record-body nav.tabs a").all():
        address = tab.get_attribute("href") or ""
        assert page.request.get(address).status == 200
    page.locator("#record-body nav.tabs a").nth(1).click()
    expect(page.locator("#record-body nav.tabs a[aria-current]")).to_have_count(1)
    page.goto("/backoffice/customers/new/")
    page.fill("#id_first_name", "Sin Correo")
    page.fill("#id_email", "esto no es un correo")
    page.click(".dock button[type=submit]")
    expect(page.locator(".errors")).to_be_visible()
    expect(page.locator("#id_first_name")).to_have_value("Sin Correo")
    page.fill("#id_email", "sin.guiones@correo.example")
    page.click(".dock button[type=submit]")
    expect(page.locator("h1")).to_contain_text("Sin Correo")


@pytest.mark.feature("MS01")
def test_a_campaign_is_made_and_sent(windows: Windows) -> None:
    page = windows.open(visitor=STAFF_MEMBER, scripts=False)
    page.goto("/backoffice/campaigns/new/")
    page.fill("#id_name", "Sin guiones")
    page.select_option("#id_target", label="Mayoristas")
    page.click(".dock button[type=submit]")
    page.click("button[form=composer-form].btn-primary")
    page.fill("#id_subject", "Sin guiones para {{ customer.first_name }}")
    page.click("button[form=composer-form].btn-primary")
    page.fill("#id_from_name", "Casa Quillay")
    page.fill("#id_from_address", "hola@casaquillay.example")
    page.click("button[form=composer-form].btn-primary")
    page.click("a[href$='/send/']")
    page.click("main form button[type=submit]")
    expect(page).to_have_url(re.compile(r"/campaigns/[0-9a-f-]{36}/$"))
    (letter,) = letters(windows.stack, to=SHOPPER, subject="Sin guiones para")
    assert letter.message["Subject"] == "Sin guiones para Carla"


@pytest.mark.feature("E31")
def test_a_customer_logs_in_and_chooses(windows: Windows) -> None:
    page = windows.open(scripts=False)
    shop_log_in(page, SHOPPER, PASSWORD)
    page.goto("/account/consents/")
    switch = page.locator(".choices input[type=checkbox]").first
    was = switch.is_checked()
    switch.set_checked(not was)
    page.click("form[action='/account/consents/'] button[type=submit]")
    expect(page.locator(".choices input[type=checkbox]").first).to_be_checked(checked=not was)
    page.locator(".choices input[type=checkbox]").first.set_checked(was)
    page.click("form[action='/account/consents/'] button[type=submit]")
    expect(page.locator(".choices input[type=checkbox]").first).to_be_checked(checked=was)
