"""The pictures of the README, taken from a running demo::

python3 manage.py test tests/flows/screenshots.py

It is no test of anything, so it runs only when it is named.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from tests.flows.stack import Stack

FOLDER = Path(settings.BASE_DIR) / "config" / "docs" / "screens"
LARGEST = 150_000
WIDE, LOW, NARROW = (1280, 800), (1280, 540), (390, 844)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("pictures") / "var", arguments=[])
    running.wait_until_ready()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def page(stack: Stack) -> Iterator[Page]:
    password = re.search(r"this password.*?\n\s*\n\s*(\S+)", stack.text(), re.DOTALL)
    assert password
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        context = browser.new_context(
            base_url=stack.url, locale="es-CL", color_scheme="light", reduced_motion="reduce"
        )
        made = context.new_page()
        made.goto("/backoffice/login/")
        made.fill("input[name=email]", "ana@casaquillay.example")
        made.fill("input[name=password]", password[1])
        made.press("input[name=password]", "Enter")
        made.wait_for_selector(".sidebar", state="attached")
        yield made
        browser.close()


def first(page: Page, url: str, text: str = "") -> str:
    """The address of the first thing of a list, or of the one with that text."""
    page.goto(url)
    link = page.locator("a.cell-title", has_text=text).first
    return link.get_attribute("href") or ""


def take(
    page: Page, name: str, url: str, *, size: tuple[int, int] = WIDE, dark: bool = False
) -> None:
    page.context.add_cookies(
        [
            {
                "name": "theme",
                "value": "dark" if dark else "light",
                "url": page.evaluate("location.origin"),
            }
        ]
    )
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    assert (FOLDER / f"{name}.png").stat().st_size <= LARGEST
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_pictures_of_the_readme(page: Page):
    FOLDER.mkdir(parents=True, exist_ok=True)
    customer = first(page, "/backoffice/customers/")
    target = first(page, "/backoffice/targets/", "Santiago")
    campaign = first(page, "/backoffice/campaigns/", "noviembre") or first(
        page, "/backoffice/campaigns/"
    )
    take(page, "home", "/backoffice/")
    take(page, "customers", "/backoffice/customers/", size=LOW)
    take(page, "customer", customer, size=LOW)
    take(page, "target-builder", f"{target}edit/")
    take(page, "campaign", campaign)
    take(page, "home-dark", "/backoffice/", dark=True)
    take(page, "customers-390", "/backoffice/customers/", size=NARROW)
    take(page, "campaign-390-dark", campaign, size=NARROW, dark=True)
