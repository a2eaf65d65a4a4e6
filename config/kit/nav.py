"""The back office's menu, filled by the apps; it shows only what exists and what one may see."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.access import StaffUser
from config.kit.registry import Registry

SECTIONS = ("", "people", "messaging", "commerce", "analysis", "settings")
SECTION_TITLES = {
    "people": _("People"),
    "messaging": _("Messaging"),
    "commerce": _("Commerce"),
    "analysis": _("Analysis"),
}


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """``section`` is one of SECTIONS; ``url_name`` takes no arguments.

    No permission: for all staff. ``go`` is the letter that opens it after G. ``badge`` answers
    how many things wait there; zero shows nothing.
    """

    section: str
    label: str | Promise
    icon: str
    url_name: str
    permission: str
    order: int = 100
    go: str = ""
    badge: Callable[[StaffUser], int] | None = None


@dataclass(frozen=True, kw_only=True)
class Creation:
    """Something that the command palette makes: "New customer"."""

    label: str | Promise
    icon: str
    url_name: str
    permission: str
    order: int = 100


creations: Registry[Creation] = Registry("creations")
items: Registry[NavItem] = Registry("nav")
role_labels: Registry[str | Promise] = Registry("role labels")


def visible_items(user: StaffUser) -> dict[str, list[NavItem]]:
    """The menu of this member of staff, by section, in order."""
    menu: dict[str, list[NavItem]] = {}
    for item in sorted(items.values(), key=lambda one: one.order):
        if not item.permission or user.has_perm(item.permission):
            menu.setdefault(item.section, []).append(item)
    return {section: menu[section] for section in SECTIONS if section in menu}


def visible_creations(user: StaffUser) -> list[Creation]:
    """What this member of staff may make, in order."""
    can = [one for one in creations.values() if user.has_perm(one.permission)]
    return sorted(can, key=lambda one: one.order)
