"""What a page must be for everybody: accessible in both themes, light, and no wider than a phone."""

from collections.abc import Mapping
from typing import Any, ClassVar

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.flows.browser import WIDE, settled

MOST_BYTES = 150_000
AXE = Axe()
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
WHOLE = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": LEVELS}}
COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
NARROW = (390, 844)
NARROWEST = (320, 700)
# In what came over the wire: a script may style what it made, the policy lets it.
INLINE = """async () => {
  const sent = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  return [...sent.querySelectorAll("style, [style], script:not([src])")]
    .filter((one) => !(one.tagName === "SCRIPT" && one.type && one.type !== "text/javascript"))
    .map((one) => one.outerHTML.slice(0, 120));
}"""
HEIGHT = "() => document.documentElement.scrollHeight"
# Higher than any page has to be looked at in one piece.
HIGHEST = 6_000
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Wire:
    """Weighs what really comes over the wire while a page loads for the first time."""

    ALL: ClassVar[dict[Page, "Wire"]] = {}

    @classmethod
    def of(cls, page: Page) -> "Wire":
        if page not in cls.ALL:
            cls.ALL[page] = cls(page)
        return cls.ALL[page]

    def __init__(self, page: Page) -> None:
        self.bytes: dict[str, float] = {}
        self.names: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", self.on_request)
        session.on("Network.loadingFinished", self.on_finish)

    def on_request(self, event: dict[str, Any]) -> None:
        self.names[event["requestId"]] = event["request"]["url"]

    def on_finish(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = event["encodedDataLength"]

    def start(self) -> None:
        self.bytes.clear()
        self.names.clear()

    def faults(self) -> list[str]:
        total = sum(self.bytes.values())
        if total <= MOST_BYTES:
            return []
        heaviest = sorted(self.bytes, key=lambda one: -self.bytes[one])[:4]
        shares = ", ".join(f"{self.names[one]} {self.bytes[one]:,.0f}" for one in heaviest)
        return [f"{total:,.0f} bytes: {shares}"]


def problems(page: Page, options: Mapping[str, object]) -> list[str]:
    found = AXE.run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]


def look(page: Page, address: str) -> list[str]:
    """What is wrong with a page: its weight, its markup for everybody, its width on a phone."""
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    wire = Wire.of(page)
    wire.start()
    page.goto(address)
    page.evaluate("() => document.fonts.ready.then(() => true)")
    settled(page)
    faults = wire.faults()
    unfold(page, WIDE[0])
    faults += [f"inline {one}" for one in page.evaluate(INLINE)]
    faults += [f"light {one}" for one in problems(page, WHOLE)]
    page.emulate_media(color_scheme="dark")
    faults += [f"dark {one}" for one in problems(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    for width, height in (NARROW, NARROWEST):
        page.set_viewport_size({"width": width, "height": height})
        over = page.evaluate(OVERFLOW)
        faults += [f"{width} px: {over} px too wide"] if over > 0 else []
        if width == NARROW[0]:
            unfold(page, width)
            faults += [f"{width} px {one}" for one in problems(page, WHOLE)]
    return [f"{address} {fault}" for fault in faults]


def unfold(page: Page, width: int) -> None:
    """So high that nothing lies under the bar that sticks to the lower edge."""
    height = min(int(page.evaluate(HEIGHT)) + 100, HIGHEST)
    page.set_viewport_size({"width": width, "height": height})
