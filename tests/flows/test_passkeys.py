"""A passkey in a real browser, whose device is simulated by the browser itself."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.browser import Windows, needs_browser, staff_log_in
from tests.flows.journey import log_out
from tests.flows.stack import Stack
from tests.flows.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900), needs_browser]

TOMAS = "tomas@casaquillay.example"
FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_finger(page: Page) -> Page:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})
    return page


@pytest.mark.feature("ST18")
def test_made_used_at_the_log_in_and_removed(browser: Browser, demo: Stack) -> None:
    windows = Windows(browser, demo, demo.url.replace("127.0.0.1", "localhost"))
    page = with_finger(windows.open())
    staff_log_in(page, TOMAS, PASSWORD)
    page.goto("/backoffice/security/")
    page.click("a[href$='/passkeys/new/']")
    page.fill("#id_name", "Portátil de Tomás")
    page.click("[data-passkey] button")
    expect(page.locator(".codes li")).to_have_count(10)
    page.click("main a.btn-primary")
    expect(page.locator(".passkeys")).to_contain_text("Portátil de Tomás")

    log_out(page)
    page.click("[data-passkey] button")
    page.wait_for_url("**/backoffice/")

    page.goto("/backoffice/security/")
    expect(page.locator(".passkeys")).not_to_contain_text("sin usar")
    page.click(".passkeys button")
    expect(page.locator(".passkeys")).to_have_count(0)

    log_out(page)
    page.click("[data-passkey] button")
    expect(page.locator("[data-passkey] [role=alert]")).to_have_text(re.compile("no se aceptó"))
    windows.guard.faults.clear()  # the browser logs the refusal, which is meant
    windows.close()
