"""What a browser's name for itself says about the device. A hint for people, never a proof."""

from functools import lru_cache

from ua_parser import parse

DESKTOPS = ("Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Chrome OS", "FreeBSD", "Debian")
LONGEST = 300


@lru_cache(maxsize=2048)
def device_class(user_agent: str) -> str:
    """``desktop``, ``mobile``, ``tablet``, or empty when it cannot be told."""
    text = user_agent[:LONGEST]
    found = parse(text)
    system = found.os.family if found.os else ""
    device = found.device.family if found.device else ""
    if device == "Spider":
        return ""
    if device.startswith(("iPad", "Generic Tablet", "Kindle")):
        return "tablet"
    if system == "Android":
        return "mobile" if "Mobile" in text else "tablet"
    if system in {"iOS", "Windows Phone", "KaiOS"}:
        return "mobile"
    return "desktop" if system in DESKTOPS else ""


@lru_cache(maxsize=2048)
def device_label(user_agent: str) -> str:
    """ "Firefox, Windows": the names of browser and system, as far as they are known."""
    found = parse(user_agent[:LONGEST])
    names = [
        found.user_agent.family if found.user_agent else "",
        found.os.family if found.os else "",
    ]
    return ", ".join(name for name in names if name and name != "Other")
