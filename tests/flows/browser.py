"""A real Chromium whose windows forgive nothing, and what every visitor of a page does."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from config.supervisor.testing import BROWSERS
from tests.flows.codes import next_code
from tests.flows.stack import Stack
from tests.flows.world import PASSWORD, STAFF

CHROMIUM = next((found for name in BROWSERS if (found := shutil.which(name))), "")
needs_browser = pytest.mark.skipif(
    not CHROMIUM, reason="No browser. To run this test: sudo apt-get install chromium"
)
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
WIDE = (1280, 800)
PATIENCE_MS = 60_000
PHONE = (390, 844)
expect.set_options(timeout=PATIENCE_MS)
# A form that was refused (422) or lost a race (409) is an answer, not a fault of the page.
ANSWERS = {409, 422}


@dataclass
class Guard:
    """Collects what must not happen in a window: errors, refusals by policy, failed requests."""

    address: str
    faults: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.note(f"script: {error.error}"))
        context.on("requestfailed", self.on_failure)
        context.on("response", self.on_response)

    def note(self, fault: str) -> None:
        self.faults.append(fault)

    def on_console(self, message: ConsoleMessage) -> None:
        is_answer = any(f"status of {status}" in message.text for status in ANSWERS)
        if message.type in {"error", "warning"} and not is_answer:
            self.note(f"console {message.type}: {message.text} ({message.location['url']})")

    def on_failure(self, request: Request) -> None:
        """Leaving a page, a newer keystroke and a download end requests on purpose."""
        if "ERR_ABORTED" not in (request.failure or ""):
            self.note(f"failed: {request.method} {request.url} {request.failure}")

    def on_response(self, response: Response) -> None:
        if not response.url.startswith((self.address, "data:")):
            self.note(f"left the site: {response.url}")
        elif response.status >= 400 and response.status not in ANSWERS:
            self.note(f"{response.status}: {response.request.method} {response.url}")

    def check(self) -> None:
        faults, self.faults = self.faults, []
        assert faults == []


class Windows:
    """Opens windows of one browser onto one stack. Each has its own cookies, as a person has."""

    def __init__(self, browser: Browser, stack: Stack, address: str = "") -> None:
        self.browser = browser
        self.stack = stack
        self.address = address or stack.url
        self.guard = Guard(self.address)
        self.contexts: list[BrowserContext] = []

    def open(
        self,
        *,
        visitor: str = "",
        language: str = "es",
        theme: str = "light",
        size: tuple[int, int] = WIDE,
        scripts: bool = True,
        touch: bool = False,
    ) -> Page:
        """A window, logged in as ``visitor`` (an address of the world) if one is named."""
        options: dict[str, Any] = {
            "viewport": {"width": size[0], "height": size[1]},
            "locale": {"es": "es-CL", "en": "en-US"}[language],
            "color_scheme": theme,
            "reduced_motion": "reduce",
            "java_script_enabled": scripts,
            "has_touch": touch,
            "is_mobile": touch,
            "base_url": self.address,
        }
        if visitor:
            options["storage_state"] = self.state_of(visitor)
        context = self.browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([{"name": "language", "value": language, "url": self.address}])
        self.guard.watch(context)
        self.contexts.append(context)
        return context.new_page()

    def state_of(self, visitor: str) -> Any:
        """The cookies of a real log-in, made once for the whole run."""
        if visitor not in self.stack.visitors:
            with self.browser.new_context(base_url=self.stack.url) as context:
                page = context.new_page()
                enter = staff_log_in if visitor in STAFF else shop_log_in
                enter(page, visitor, PASSWORD)
                self.stack.visitors[visitor] = context.storage_state()
        return self.stack.visitors[visitor]

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def staff_log_in(page: Page, address: str, password: str, secret: str = "") -> None:
    """The log-in as a person does it, with the code of the phone where there is one."""
    page.goto("/backoffice/")
    page.fill("#id_email", address)
    page.fill("#id_password", password)
    page.keyboard.press("Enter")
    if secret:
        page.fill("#id_code", next_code(secret))
        page.keyboard.press("Enter")
    page.wait_for_url("**/backoffice/")


def shop_log_in(page: Page, address: str, password: str) -> None:
    page.goto("/account/login/")
    page.fill("#id_email", address)
    page.fill("#id_password", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")


def settled(page: Page) -> None:
    """Nothing is being asked for any more, and what came is on the page."""
    expect(page.locator("[aria-busy=true], .htmx-request")).to_have_count(0)


def number(text: str) -> int:
    """``1.234 clientes`` → 1234."""
    return int("".join(character for character in text if character.isdigit()))


def says(figure: int) -> re.Pattern[str]:
    """A text whose only number is the figure, as either language groups it."""
    return re.compile(rf"^\D*{'[^0-9]?'.join(str(figure))}\D*$")
