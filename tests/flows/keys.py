"""A person who has only a keyboard."""

from playwright.sync_api import Page, expect

from tests.flows.browser import settled

MOST_STOPS = 400
CODE = "textarea[data-code]"
# Where the focus is: a selector-like name, whether one can see it, and whether it is covered.
STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const near = one.closest(".ts-control, .code, label, .check, .chip, .reveal") || one;
  // Inside a frame the focus is shown by the document in it, which nobody outside may ask.
  const ring = one.tagName === "IFRAME" || [one, near].some((part) => {
    const look = getComputedStyle(part);
    return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
  });
  const isHere = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { name: `${one.tagName.toLowerCase()}#${one.id}.${one.className} ${(one.name || one.textContent || "").trim().slice(0, 40)}`, ring, isHere };
}"""
# Everything in the page that can be worked: what Tab must reach.
CONTROLS = """() => {
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const seen = new Set();
  let count = 0;
  for (const one of document.querySelectorAll("main a[href], main button, main input, main select, main textarea, main summary, main iframe")) {
    if (one.disabled || one.tabIndex < 0 || one.type === "hidden" || !shown(one)) continue;
    if (one.tagName === "IFRAME") continue;
    if (one.type === "radio") { if (seen.has(one.name)) continue; seen.add(one.name); }
    one.dataset.mustReach = "1";
    count += 1;
  }
  return count;
}"""
# Ticks off where the focus is, and says how much is left to reach.
MARK = """() => {
  const one = document.activeElement;
  if (one.type === "radio") document.querySelectorAll(`[data-must-reach][name="${one.name}"]`).forEach((same) => delete same.dataset.mustReach);
  delete one.dataset?.mustReach;
  return document.querySelectorAll("[data-must-reach]").length;
}"""
WALK = f"""() => {{
  const stop = ({STOP})();
  return stop && {{ ...stop, left: ({MARK})(), isCode: document.activeElement.matches("{CODE}") }};
}}"""
MISSED = """() => [...document.querySelectorAll("[data-must-reach]")].map((one) => one.outerHTML.slice(0, 160))"""


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("(one) => document.activeElement.matches(one)", selector))


def tab(page: Page) -> None:
    """On to the next stop; out of the code editor as its help says."""
    go_on(page, is_code=focused(page, CODE))


def go_on(page: Page, *, is_code: bool) -> None:
    if is_code:
        page.keyboard.press("Escape")
    page.keyboard.press("Tab")


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is there, and it can be seen there."""
    for _stop in range(MOST_STOPS):
        if focused(page, selector):
            stop = page.evaluate(STOP)
            assert stop["ring"], f"no focus ring on {stop['name']}"
            assert stop["isHere"], f"out of sight: {stop['name']}"
            return
        tab(page)
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def enter(page: Page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Enter")


def keeps_focus(page: Page) -> None:
    """After a part was swapped the focus is on something, not lost at the top."""
    settled(page)
    expect(page.locator(":focus")).to_have_count(1)


def walk(page: Page) -> list[str]:
    """Tab through the whole page: what cannot be reached or cannot be seen when it is."""
    page.evaluate(
        "() => { document.activeElement?.blur(); window.getSelection().removeAllRanges(); }"
    )
    wanted = page.evaluate(CONTROLS)
    faults: list[str] = []
    rounds = 0
    is_code = False
    for _stop in range(wanted + MOST_STOPS):
        go_on(page, is_code=is_code)
        stop = page.evaluate(WALK)
        is_code = bool(stop and stop["isCode"])
        if stop is None:
            rounds += 1
            if rounds > 1:
                break
            continue
        if not stop["ring"]:
            faults.append(f"no focus ring: {stop['name']}")
        if not stop["left"]:
            break
    return [*faults, *(f"not reached: {one}" for one in page.evaluate(MISSED))]
