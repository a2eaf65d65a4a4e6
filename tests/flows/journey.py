"""The steps of the main job, as a person at a keyboard and a mouse takes them."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, Response, expect

from tests.flows.browser import number, settled
from tests.flows.codes import next_code
from tests.flows.stack import ROOT, Stack

EXPORTS = ROOT / "tests" / "data" / "exports"
JOB_MS = 240_000
EVIDENCE = "Feria de septiembre, formulario en papel, archivo 12"
TAG = "Feria 2026"


def second_factor_set_up(page: Page, password: str) -> str:
    """Turns it on in the security page; returns the secret that the phone would keep."""
    page.goto("/backoffice/security/factor/")
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.fill("#id_code", next_code(secret))
    if page.locator("#id_password").count():
        page.fill("#id_password", password)
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".codes li")).to_have_count(10)
    return secret


def log_out(page: Page) -> None:
    page.goto("/backoffice/")
    page.click("summary.who")
    page.click("form[action='/backoffice/logout/'] button")
    page.wait_for_url("**/backoffice/login/")


@dataclass
class Import:
    """One file through the wizard. ``columns``: what each column was recognised as."""

    page: Page
    file: str
    columns: dict[str, str] = field(default_factory=dict)

    def upload(self) -> None:
        self.page.goto("/backoffice/imports/new/")
        self.page.set_input_files("#id_file", EXPORTS / self.file)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url("**/columns/")
        rows = self.page.locator(".map-table tbody tr").all()
        self.columns = {
            row.locator("b").first.inner_text(): row.locator("select").first.input_value()
            for row in rows
        }

    def agree_and_check(self) -> list[int]:
        """Says how they agreed; the numbers of the review: all, create, update, …"""
        self.page.check("input[name=consent][value=yes]")
        self.page.fill("#id_evidence", EVIDENCE)
        self.page.fill("#id_tag", TAG)
        self.page.check("#id_update")
        self.page.click("button[form=page-form].btn-primary")
        tabs = self.page.locator(".plan-tabs a b")
        tabs.first.wait_for(timeout=JOB_MS)
        return [number(text) for text in tabs.all_inner_texts()]

    def apply(self) -> list[int]:
        """Created, updated, unchanged, held back."""
        self.page.click(".import-dock form button")
        figures = self.page.locator("#import-progress dl.facts dd")
        figures.first.wait_for(timeout=JOB_MS)
        return [number(text) for text in figures.all_inner_texts()]


def is_post_to(response: Response, url: str) -> bool:
    return response.request.method == "POST" and response.url.split("?")[0] == url.split("?")[0]


@dataclass
class Rule:
    """The target builder."""

    page: Page

    def start(self, name: str) -> None:
        self.page.goto("/backoffice/targets/new/")
        self.page.fill("#target-name", name)

    @contextmanager
    def redrawn(self) -> Iterator[None]:
        """Until the builder itself has answered, not the sample of people beside it."""
        with self.page.expect_response(lambda one: is_post_to(one, self.page.url)):
            yield
        settled(self.page)

    def do(self, what: str) -> None:
        with self.redrawn():
            self.page.click(f"button[name=do][value='{what}']")

    def choose(self, field_id: str, value: str) -> None:
        with self.redrawn():
            self.page.select_option(f"#{field_id}", value)

    def ask_field(self, node: str, name: str, op: str, value: str) -> None:
        """An open condition about a field of the record."""
        self.choose(f"{node}-filter", "field")
        self.choose(f"{node}-field", name)
        self.choose(f"{node}-op", op)
        with self.redrawn():
            self.page.fill(f"#{node}-value", value)

    def ask_tag(self, node: str, tag: str) -> None:
        self.choose(f"{node}-filter", "tags")
        box = self.page.locator(f"#{node}-value-ts-control")
        box.fill(tag)
        with self.redrawn():
            box.press("Enter")

    def count_of(self, node: str) -> Locator:
        return self.page.locator(f"#{node}-numbers .rule-count")

    @property
    def total(self) -> Locator:
        return self.page.locator("#rule-total .rule-figure b")

    def save(self) -> str:
        """The address of the target's page."""
        self.page.click("button[data-save]")
        self.page.wait_for_url(re.compile(r"/targets/[0-9a-f-]{36}/$"))
        return self.page.url


@dataclass
class Composer:
    """A campaign from its name to its numbers."""

    page: Page
    url: str = ""

    def create(self, name: str, target: str) -> None:
        page = self.page
        page.goto("/backoffice/campaigns/new/")
        page.fill("#id_name", name)
        page.select_option("#id_target", label=target)
        page.select_option("#id_body_format", "mjml")
        page.click("button[type=submit].btn-primary")
        page.wait_for_url("**/edit/audience/")
        self.url = page.url.removesuffix("edit/audience/")

    def go_on(self, step: str) -> None:
        """To the next step, which saves this one."""
        self.page.click("button[form=composer-form].btn-primary")
        self.page.wait_for_url(re.compile(f"/edit/{step}/"))

    def preview_as(self, email: str) -> None:
        page = self.page
        page.click(".preview-bar details > summary")
        page.fill("#preview-q", email)
        page.locator("#preview-people a", has_text=email).click()
        page.wait_for_url(re.compile(r"[?&]as="))

    def test_send(self) -> None:
        """To oneself."""
        self.page.locator("a[href*='/test/']").last.click()
        self.page.click("button[type=submit].btn-primary")
        self.page.wait_for_url(re.compile("/edit/review/"))

    def send(self) -> None:
        self.page.click("a[href$='/send/']")
        self.page.click("#dialog button[type=submit]")
        self.page.wait_for_url(self.url)
        self.page.locator("#campaign-live:not([hx-trigger])").wait_for(timeout=JOB_MS)

    def figures(self) -> list[int]:
        """Audience, then the groups that must add up to it."""
        self.page.goto(self.url)
        return [number(text) for text in self.page.locator(".equation .figure").all_inner_texts()]

    def deeds(self) -> list[tuple[str, int]]:
        """What people did: a word and how many."""
        rows = self.page.locator("section[aria-labelledby=deeds-title] tbody tr").all()
        return [
            (row.locator("th").inner_text(), number(row.locator("td").first.inner_text()))
            for row in rows
        ]


def wait_until_a_person_could_have_read(stack: Stack, delivery: str) -> None:
    """An open within two seconds of the sending is a program's."""
    query = "SELECT extract(epoch FROM sent_at)::float FROM messaging_delivery WHERE address = %s ORDER BY id DESC LIMIT 1"
    ((sent,),) = stack.sql(query, delivery)
    time.sleep(max(0.0, sent + 2.5 - time.time()))
