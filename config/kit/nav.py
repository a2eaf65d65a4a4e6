"""The back office's menu, filled by the apps; it shows only what exists and what one may see."""

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

    No permission: for all staff.
    """

    section: str
    label: str | Promise
    icon: str
    url_name: str
    permission: str
    order: int = 100


items: Registry[NavItem] = Registry("nav")
role_labels: Registry[str | Promise] = Registry("role labels")


def visible_items(user: StaffUser) -> dict[str, list[NavItem]]:
    """The menu of this member of staff, by section, in order."""
    menu: dict[str, list[NavItem]] = {}
    for item in sorted(items.values(), key=lambda one: one.order):
        if not item.permission or user.has_perm(item.permission):
            menu.setdefault(item.section, []).append(item)
    return {section: menu[section] for section in SECTIONS if section in menu}
