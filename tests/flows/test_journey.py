"""The main job on real input, in both languages, on the real thing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.browser import Windows, needs_browser, says, shop_log_in, staff_log_in
from tests.flows.conftest import running
from tests.flows.journey import (
    EVIDENCE,
    TAG,
    Composer,
    Import,
    Rule,
    log_out,
    second_factor_set_up,
    wait_until_a_person_could_have_read,
)
from tests.flows.mails import ask, letters
from tests.flows.stack import Stack
from tests.flows.world import PASSWORD
from tests.imports.test_real_exports import COLUMNS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_browser]

LINK = "https://casaquillay.example/mantas"
BODY = f"""<mjml><mj-body><mj-section><mj-column>
<mj-text>Hola {{{{ customer.first_name }}}}, de {{{{ customer.city | default: "lejos" }}}}.</mj-text>
<mj-button href="{LINK}">Mantas</mj-button>
<mj-text><a href="{{{{ unsubscribe_url }}}}">Baja</a></mj-text>
</mj-column></mj-section></mj-body></mjml>"""
IMPORTED = 1_500 + 583
SENDER = ("Casa Quillay", "hola@casaquillay.example")
MEMBERS = """
SELECT person.id, person.email, person.first_name, person.city, person.public_id::text,
       person.status
FROM customers_customer AS person
WHERE person.trashed_at IS NULL AND person.merged_into_id IS NULL AND person.erased_at IS NULL
  AND EXISTS (SELECT 1 FROM customers_tagging AS t JOIN customers_tag AS g ON g.id = t.tag_id
              WHERE t.customer_id = person.id AND g.name = %s)
  AND (person.last_name ILIKE '%%gonz%%' OR person.second_last_name ILIKE '%%gonz%%')
  AND person.first_name <> '' AND person.first_name NOT ILIKE 'm%%'
ORDER BY person.email
"""
FOUND = """
SELECT count(*) FROM customers_customer AS person
WHERE person.trashed_at IS NULL AND person.merged_into_id IS NULL AND person.erased_at IS NULL
  AND (concat_ws(' ', person.first_name, person.last_name, person.second_last_name) ILIKE '%gonz%'
       OR EXISTS (SELECT 1 FROM customers_customeremail AS e
                  WHERE e.customer_id = person.id AND e.address ILIKE '%gonz%')
       OR EXISTS (SELECT 1 FROM customers_externalid AS x
                  WHERE x.customer_id = person.id AND x.value ILIKE '%gonz%'))
"""
WITHDRAWN = {"es": "Retirado", "en": "Withdrawn"}
DEEDS = {
    "es": [("Abierto", 1), ("Con clic", 1), ("De baja", 1), ("Marcado como spam", 0)],
    "en": [("Opened", 1), ("Clicked", 1), ("Unsubscribed", 1), ("Reported as spam", 0)],
}


@dataclass(frozen=True)
class Person:
    id: int
    email: str
    first_name: str
    city: str
    public_id: str
    status: str


@dataclass
class Journey:
    language: str
    stack: Stack
    windows: Windows
    address: str
    first_log_in: bool

    def open(self) -> Page:
        return self.windows.open(language=self.language)


@contextmanager
def spanish(browser: Browser, demo: Stack) -> Iterator[Journey]:
    """On the demo, as somebody of the team."""
    yield Journey("es", demo, Windows(browser, demo), "viaje@casaquillay.example", False)


@contextmanager
def english(browser: Browser) -> Iterator[Journey]:
    """On an empty installation, from its first page on."""
    with running("--no-demo") as stack:
        yield Journey("en", stack, Windows(browser, stack), "violet@casaquillay.example", True)


@pytest.mark.feature("US01", "US05", "US06", "TG00", "MS01", "MS03", "ST17", "M2", "J22", "E31")
@pytest.mark.parametrize("language", ["es", "en"])
def test_from_a_file_to_the_numbers_and_the_account(
    language: str, browser: Browser, request: pytest.FixtureRequest
) -> None:
    place = (
        english(browser) if language == "en" else spanish(browser, request.getfixturevalue("demo"))
    )
    with place as journey:
        page = enter(journey)
        expect(page.locator("html")).to_have_attribute("lang", language)
        import_both(page)
        search(journey, page)
        members = build_target(journey, page)
        composer, reader = send_campaign(journey, page, members)
        read_click_and_leave(journey, reader)
        see_the_numbers(journey, composer, len(members), reader)
        first_password(journey, reader)
        journey.windows.close()
        journey.windows.guard.check()


def enter(journey: Journey) -> Page:
    """The log-in with a second factor, which is set up before."""
    page = journey.open()
    if journey.first_log_in:
        page.goto("/backoffice/")
        page.fill("#id_name", "Violet Jones")
        page.fill("#id_email", journey.address)
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/backoffice/")
    else:
        staff_log_in(page, journey.address, PASSWORD)
    secret = second_factor_set_up(page, PASSWORD)
    log_out(page)
    staff_log_in(page, journey.address, PASSWORD, secret)
    return page


def import_both(page: Page) -> None:
    """Two systems' files; whoever is in both becomes one person."""
    erp = Import(page, "erp_clientes_windows.csv")
    erp.upload()
    assert erp.columns == COLUMNS["erp_clientes_windows.csv"]
    assert erp.agree_and_check()[:3] == [1_511, 1_500, 0]
    assert erp.apply() == [1_500, 0, 0, 11]
    pos = Import(page, "pos_utf16.txt")
    pos.upload()
    assert pos.columns == COLUMNS["pos_utf16.txt"]
    assert pos.agree_and_check()[:3] == [1_511, 583, 917]
    assert pos.apply() == [583, 917, 0, 11]


def search(journey: Journey, page: Page) -> None:
    ((found,),) = journey.stack.sql(FOUND)
    assert found > 50
    page.goto("/backoffice/customers/")
    page.fill("#index-q", "%gonz")
    expect(page.locator("#index-count")).to_have_text(says(found))
    first = page.locator(".index-table tbody tr").first
    expect(first).to_contain_text(re.compile("gonz", re.IGNORECASE))


def build_target(journey: Journey, page: Page) -> list[Person]:
    """All of: the tag; a González on either side; not: a first name with M."""
    rule = Rule(page)
    rule.start("González de la feria")
    rule.ask_tag("n0", TAG)
    rule.do("group:n")
    rule.ask_field("n1_0", "last_name", "contains", "gonz")
    rule.do("add:n1")
    rule.ask_field("n1_1", "second_last_name", "contains", "gonz")
    rule.do("group:n")
    rule.choose("n2-kind", "none")
    rule.ask_field("n2_0", "first_name", "starts_with", "m")
    members = [Person(*row) for row in journey.stack.sql(MEMBERS, TAG)]
    assert 20 < len(members) < 300
    expect(rule.total).to_have_text(says(len(members)))
    expect(rule.count_of("n")).to_have_text(says(len(members)))
    expect(rule.count_of("n0")).to_have_text(says(IMPORTED))
    rule.save()
    fact = page.locator(".facts dd").first
    expect(fact).to_have_text(says(len(members)))
    return members


def send_campaign(journey: Journey, page: Page, members: list[Person]) -> tuple[Composer, Person]:
    """Written with variables, looked at as a person, tested on oneself, sent."""
    reader = next(one for one in members if one.email and one.city and one.status == "active")
    composer = Composer(page)
    composer.create("Feria", "González de la feria")
    composer.go_on("content")
    page.fill("#id_subject", "{{ customer.first_name }}, vuelve la feria")
    page.fill("#id_body", BODY)
    composer.preview_as(reader.email)
    shown = page.frame_locator("iframe.preview-frame").locator("body")
    expect(shown).to_contain_text(f"Hola {reader.first_name}, de {reader.city}.")
    composer.go_on("sender")
    page.fill("#id_from_name", SENDER[0])
    page.fill("#id_from_address", SENDER[1])
    composer.go_on("review")
    composer.test_send()
    (test,) = letters(journey.stack, to=journey.address, subject="vuelve la feria")
    assert "Hola" in test.part("html")
    composer.send()
    return composer, reader


def read_click_and_leave(journey: Journey, reader: Person) -> None:
    """The mail as it arrived; then its picture, its link, and the one click that leaves."""
    (letter,) = letters(journey.stack, to=reader.email)
    assert letter.sender == SENDER
    assert letter.message["To"] == f"<{reader.email}>" or letter.message["To"] == reader.email
    assert letter.message["Subject"] == f"{reader.first_name}, vuelve la feria"
    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.unsubscribe_url.startswith(f"{journey.stack.url}/m/u/")
    hello = f"Hola {reader.first_name}, de {reader.city}."
    assert hello in letter.part("html")
    assert hello in letter.part("plain")
    assert "{{" not in letter.part("html") + letter.part("plain")
    wait_until_a_person_could_have_read(journey.stack, reader.email)
    picture = ask(letter.address("/m/o/"))
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/gif")
    clicked = ask(letter.address("/m/c/"), follow=False)
    assert (clicked.status, clicked.headers["Location"]) == (302, LINK)
    asked = ask(letter.unsubscribe_url)
    assert asked.status == 200
    assert consent_of(journey, reader) == "granted"
    left = ask(letter.unsubscribe_url, {"List-Unsubscribe": "One-Click"}, follow=False)
    assert left.status == 200
    assert consent_of(journey, reader) == "withdrawn"


def consent_of(journey: Journey, person: Person) -> str:
    query = "SELECT value FROM customers_consentstate WHERE customer_id = %s AND channel = 'email'"
    ((value,),) = journey.stack.sql(query, person.id)
    return str(value)


def see_the_numbers(journey: Journey, composer: Composer, size: int, reader: Person) -> None:
    """They add up on the campaign's page, and the person's page says what they chose."""
    page = composer.page
    audience, *groups = composer.figures()
    assert audience == size == sum(groups)
    expect(page.locator(".adds-up.ok")).to_be_visible()
    sent = len(letters(journey.stack, subject="vuelve la feria")) - 1
    assert groups[0] == sent > 0
    assert composer.deeds() == DEEDS[journey.language]
    page.goto(f"/backoffice/customers/{reader.public_id}/consents/")
    states = page.locator("#record-body table").first.locator("tbody tr")
    expect(states.first).to_contain_text(WITHDRAWN[journey.language])
    expect(page.locator("#record-body")).to_contain_text(EVIDENCE)
    page.goto("/backoffice/unsubscriptions/")
    expect(page.locator(".index-table tbody tr").first).to_contain_text(reader.email)


def first_password(journey: Journey, reader: Person) -> None:
    """Somebody of the file, who never had one, asks for a password and comes in."""
    page = journey.open()
    page.goto("/")
    page.goto("/account/password/")
    page.fill("#id_email", reader.email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/password/sent/")
    *_earlier, letter = letters(journey.stack, to=reader.email, many=2)
    page.goto(letter.address("/account/password/"))
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    page.click("form[action='/account/logout/'] button")
    page.wait_for_url(lambda url: "/logout" not in url)
    shop_log_in(page, reader.email, PASSWORD)
    expect(page.locator("h1")).to_contain_text(reader.first_name)
    expect(page.locator(".datalist").first).to_contain_text(reader.email)
    page.goto("/account/consents/")
    expect(page.locator(".choices input[type=checkbox]").first).not_to_be_checked()
