"""Every page of the resolver: accessible, light, quiet, at home on a phone, worked by keyboard."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import APIResponse, Browser, Page

from tests.flows.browser import WIDE, Windows, needs_browser
from tests.flows.keys import walk
from tests.flows.looking import look
from tests.flows.pages import Route, routes
from tests.flows.production import served_as_production
from tests.flows.stack import Stack
from tests.flows.world import SHOPPER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_browser]

STAFF_MEMBER = "dana@casaquillay.example"


# May answer 404: without an empty installation, a log-in half way, an attachment, a file in time.
MAY_BE_CLOSED = {
    "staff:welcome",
    "staff:factor_qr",
    "mailbox:file",
    "jobs:file",
    "customers:erasure_certificate",
    "account:request_copy",
}


@dataclass
class Visitors:
    """One window each for a member of staff, a customer and a stranger, kept for all pages."""

    staff: Page
    shopper: Page
    stranger: Page

    def who_sees(self, route: Route, address: str) -> Page | None:
        """Who gets this address as a page; nobody when it is a file, a fragment or an action."""
        own = self.shopper if route.name.startswith("account:") else self.staff
        for page in (own, self.stranger):
            answer = page.request.get(address, max_redirects=0)
            wanted = {200, 204, 302, 405, 409}
            if route.name in MAY_BE_CLOSED:
                wanted |= {404}
            assert answer.status in wanted, f"{address}: {answer.status}"
            if is_page(answer):
                return page
        return None


def is_page(answer: APIResponse) -> bool:
    """A whole document of ours. What is shown in a frame carries its own, stricter policy."""
    kind = answer.headers.get("content-type", "")
    is_framed = "sandbox" in answer.headers.get("content-security-policy", "")
    return (
        answer.status in {200, 409}
        and kind.startswith("text/html")
        and not is_framed
        and "<html" in answer.text()[:400]
    )


@pytest.fixture(scope="module")
def production(demo: Stack) -> Iterator[str]:
    with served_as_production(demo) as address:
        yield address


@pytest.fixture(scope="module")
def windows(browser: Browser, demo: Stack, production: str) -> Iterator[Windows]:
    opened = Windows(browser, demo, production)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def visitors(windows: Windows) -> Visitors:
    return Visitors(
        windows.open(visitor=STAFF_MEMBER), windows.open(visitor=SHOPPER), windows.open()
    )


@pytest.fixture(scope="module")
def development(browser: Browser, demo: Stack) -> Iterator[Visitors]:
    """For the mailbox, which production does not have."""
    opened = Windows(browser, demo)
    yield Visitors(opened.open(), opened.open(), opened.open())
    opened.close()


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.name)
def test_a_page_is_for_everybody(
    route: Route, windows: Windows, visitors: Visitors, development: Visitors, demo: Stack
) -> None:
    here = development if route.name.startswith("mailbox:") else visitors
    for address in route.addresses(demo.world):
        page = here.who_sees(route, address)
        if page is not None:
            assert look(page, address) == []
            page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
            assert walk(page) == []
            windows.guard.check()
