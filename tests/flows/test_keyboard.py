"""Work without a mouse: lists, forms, log-in, builder, sending; and with a thumb on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.flows.browser import PHONE, Windows, needs_browser, settled
from tests.flows.keys import enter, keeps_focus, tab_to, walk
from tests.flows.world import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    needs_browser,
]

STAFF_MEMBER = "dana@casaquillay.example"
LISTS = [
    "customers/?q=etxeberria",
    "targets/",
    "campaigns/",
    "messages/?q=carla",
    "unsubscriptions/blocked/",
    "imports/",
    "jobs/",
    "customers/tags/",
    "customers/categories/",
]
FORMS = [
    "customers/new/",
    "customers/{customer}/edit/",
    "customers/{customer}/consents/new/",
    "customers/{customer}/addresses/new/",
    "customers/tags/new/",
    "customers/categories/new/",
    "customers/fields/new/",
    "imports/new/",
    "imports/{uploaded}/columns/",
    "imports/export/",
    "campaigns/new/",
    "campaigns/{draft}/edit/audience/",
    "campaigns/{draft}/edit/content/",
    "campaigns/{draft}/edit/sender/",
    "campaigns/{draft}/schedule/",
    "unsubscriptions/blocked/new/",
    "targets/new/",
    "targets/{target}/edit/",
    "security/password/",
]


def at(windows: Windows, address: str) -> Page:
    page = windows.open(visitor=STAFF_MEMBER)
    page.goto(f"/backoffice/{address.format(**windows.stack.world)}")
    return page


@pytest.mark.parametrize("address", [*LISTS, *FORMS])
def test_tab_reaches_everything_and_shows_where_it_is(windows: Windows, address: str) -> None:
    assert walk(at(windows, address)) == []


def test_the_first_stop_skips_the_menu(windows: Windows) -> None:
    page = at(windows, "customers/")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.feature("US01", "US02")
def test_a_list_is_searched_filtered_sorted_picked_and_opened(windows: Windows) -> None:
    page = at(windows, "customers/")
    page.keyboard.press("/")
    expect(page.locator("#index-q")).to_be_focused()
    page.keyboard.type("gonz")
    expect(page.locator(".index-chips .chip")).to_have_count(1)
    settled(page)
    expect(page.locator("#index-q")).to_be_focused()
    enter(page, ".filter-menu > summary")
    expect(page.locator(".filter-menu input[name=stage]").first).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator(".filter-menu input[name=stage]").first).to_be_checked()
    enter(page, ".filter-menu button.btn-primary")
    expect(page.locator(".index-chips .chip")).to_have_count(2)
    keeps_focus(page)
    enter(page, "th a")
    expect(page).to_have_url(re.compile("[?&]sort="))
    keeps_focus(page)
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("1")
    enter(page, "button[name=action][value=tag]")
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.feature("M4", "M6", "M13")
def test_a_search_that_is_still_out_leaves_the_filter_one_works_in(windows: Windows) -> None:
    page = at(windows, "customers/")
    page.fill("#index-q", "gonz")
    page.click(".filter-menu > summary")
    page.check(".filter-menu input[name=stage][value=lead]")
    expect(page.locator(".index-chips .chip")).to_have_count(1)
    settled(page)
    expect(page.locator(".filter-menu input[name=stage][value=lead]")).to_be_checked()
    page.click(".filter-menu button.btn-primary")
    expect(page.locator(".index-chips .chip")).to_have_count(2)
    expect(page).to_have_url(re.compile("q=gonz"))
    settled(page)
    page.click("#index-filter > summary")
    page.uncheck("#index-filter input[name=stage][value=lead]")
    page.click("#index-filter .popover-foot [data-close]")
    page.click("#index-filter > summary")
    expect(page.locator("#index-filter input[name=stage][value=lead]")).to_be_checked()
    expect(page.locator(".index-chips .chip")).to_have_count(2)


@pytest.mark.feature("US06")
def test_rows_open_by_their_keys_and_tabs_keep_the_focus(windows: Windows) -> None:
    page = at(windows, "customers/?q=carla+etxeberria")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Carla")
    page.wait_for_load_state()
    tab_to(page, "#record-body nav.tabs a:nth-child(2)")
    page.keyboard.press("Enter")
    settled(page)
    keeps_focus(page)


def test_search_and_keys_from_anywhere(windows: Windows) -> None:
    page = at(windows, "")
    page.keyboard.press("Control+k")
    page.keyboard.type("carla etx")
    expect(page.locator("#palette-results [data-hit]").first).to_contain_text("Carla")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Carla")
    page.wait_for_load_state()  # a key counts once the scripts are there
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


@pytest.mark.feature("ST17")
def test_the_log_in(windows: Windows) -> None:
    page = windows.open()
    page.goto("/backoffice/")
    page.keyboard.type("teclas@casaquillay.example")
    tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/backoffice/")


@pytest.mark.feature("TG00")
def test_what_was_typed_to_find_a_tag_is_done_with(windows: Windows) -> None:
    page = at(windows, "targets/new/")
    page.select_option("#n0-filter", "tags")
    box = page.locator("#n0-value-ts-control")
    tag = page.locator("select[name='n0-value'] option").first.text_content() or ""
    box.press_sequentially(tag)
    expect(page.locator(".ts-dropdown .option.active")).to_have_text(tag)
    box.press("Enter")
    expect(page.locator("#rule-words")).to_contain_text(tag)
    expect(box).to_have_value("")
    expect(page.locator(".ts-dropdown")).to_be_hidden()


@pytest.mark.feature("TG00")
def test_a_target_is_built(windows: Windows) -> None:
    page = at(windows, "targets/new/")
    page.keyboard.type("Con el teclado")
    tab_to(page, "#n0-filter")
    page.keyboard.type("Campo de la", delay=120)  # as a hand does: its first letters name others
    expect(page.locator("#n0-value")).to_be_visible()
    expect(page.locator("#n0-filter")).to_have_value("field")
    keeps_focus(page)
    tab_to(page, "#n0-value")
    page.keyboard.type("Carla")
    expect(page.locator("#rule-words")).to_contain_text("Carla")
    keeps_focus(page)
    enter(page, "button[value='close:n0']")
    expect(page.locator("#n0-open")).to_be_focused()
    enter(page, "button[value='group:n']")
    expect(page.locator("#n1_0-filter")).to_be_focused()
    page.keyboard.type("Género")
    expect(page.locator("#n1_0-op")).to_be_visible()
    enter(page, "[id='n1_0-filter'] ~ * summary, .rule-condition.is-open .rule-menu > summary")
    enter(page, ".rule-condition.is-open button[value='remove:n1_0']")
    expect(page.locator("#n1_0-filter")).to_have_count(0)
    expect(page.locator("button[value='add:n']")).to_be_focused()
    page.keyboard.press("Control+s")
    expect(page).to_have_url(re.compile(r"/targets/[0-9a-f-]{36}/$"))


@pytest.mark.feature("MS01")
def test_a_campaign_is_sent(windows: Windows) -> None:
    page = at(windows, "campaigns/new/")
    tab_to(page, "#id_name")
    page.keyboard.type("Con el teclado")
    tab_to(page, "#id_target")
    page.keyboard.type("Mayoristas")
    enter(page, "button[type=submit].btn-primary")
    page.wait_for_url(re.compile("/edit/audience/"))
    enter(page, "button[form=composer-form].btn-primary")
    page.wait_for_url(re.compile("/edit/content/"))
    tab_to(page, "#id_subject")
    page.keyboard.type("Por teclado")
    enter(page, "button[form=composer-form].btn-primary")
    page.wait_for_url(re.compile("/edit/sender/"))
    tab_to(page, "#id_from_name")
    page.keyboard.type("Casa Quillay")
    tab_to(page, "#id_from_address")
    page.keyboard.type("hola@casaquillay.example")
    enter(page, "button[form=composer-form].btn-primary")
    page.wait_for_url(re.compile("/edit/review/"))
    enter(page, "a[href$='/send/']")
    expect(page.locator("#dialog")).to_be_visible()
    expect(page.locator("#dialog :focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("a[href$='/send/']")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_visible()
    enter(page, "#dialog button[type=submit]")
    expect(page).to_have_url(re.compile(r"/campaigns/[0-9a-f-]{36}/$"))


@pytest.mark.feature("US01", "US06")
def test_a_thumb_finds_filters_and_opens(windows: Windows) -> None:
    page = windows.open(visitor=STAFF_MEMBER, size=PHONE, touch=True)
    page.goto("/backoffice/customers/")
    page.locator(".drawer-open").first.tap()
    expect(page.locator("#sidebar .nav")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".filter-menu > summary").tap()
    page.locator(".filter-menu input[name=stage]").last.tap()
    page.locator(".filter-menu button.btn-primary").tap()
    expect(page.locator(".index-chips .chip")).to_have_count(1)
    page.goto("/backoffice/customers/?q=carla+etxeberria")
    page.locator(".index-table a.cell-title").first.tap()
    expect(page.locator("h1")).to_contain_text("Carla")
    page.locator("#record-body nav.tabs a").nth(1).tap()
    settled(page)
    expect(page.locator("#record-body nav.tabs a").nth(1)).to_have_attribute("aria-current", "page")


@pytest.mark.feature("US01", "US06")
def test_a_thumb_goes_on_where_it_acted(windows: Windows) -> None:
    page = windows.open(visitor=STAFF_MEMBER, size=PHONE, touch=True)
    page.goto("/backoffice/customers/{customer}/privacy/".format(**windows.stack.world))
    for turn in ("on", "off"):
        page.locator(f"form[action$='/block/{turn}/'] button").tap()
        expect(page.locator(".toast")).to_be_visible()
        expect(page.locator("#record-body nav.tabs")).to_be_in_viewport()


@pytest.mark.feature("MS01")
def test_a_thumb_sends_a_campaign(windows: Windows) -> None:
    page = windows.open(visitor=STAFF_MEMBER, size=PHONE, touch=True)
    page.goto("/backoffice/campaigns/new/")
    page.locator("#id_name").fill("Con el pulgar")
    page.select_option("#id_target", label="Mayoristas")
    page.locator("button[type=submit].btn-primary").last.tap()
    page.wait_for_url(re.compile("/edit/audience/"))
    for step in ("content", "sender", "review"):
        if step == "sender":
            page.fill("#id_subject", "Por pulgar")
        elif step == "review":
            page.fill("#id_from_name", "Casa Quillay")
            page.fill("#id_from_address", "hola@casaquillay.example")
        page.locator("button[form=composer-form].btn-primary").tap()
        page.wait_for_url(re.compile(f"/edit/{step}/"))
    page.locator("a[href$='/send/']").tap()
    page.locator("#dialog button[type=submit]").tap()
    expect(page).to_have_url(re.compile(r"/campaigns/[0-9a-f-]{36}/$"))
