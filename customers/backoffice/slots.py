"""Tabs of the record that the apps above fill: forms, orders, credentials."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.kit.pages import Panel
from config.kit.pages.pieces import Text
from config.kit.registry import Registry
from customers import registry
from customers.models import Customer
from customers.registry import TabSource

VIEW = "customers.view_customer"


@dataclass(frozen=True, kw_only=True)
class SlotPart:
    template: str
    values: dict[str, Any]


def parts_of(slot: Registry[TabSource], request: HttpRequest, customer: Customer) -> list[SlotPart]:
    """What the sources have of this person, in order; nothing of those who have nothing."""
    user: Any = request.user
    return [
        SlotPart(template=one.template, values=one.context(request, customer))
        for one in sorted(slot.values(), key=lambda source: source.order)
        if (not one.permission or user.has_perm(one.permission)) and one.count(customer)
    ]


def slot_panel(
    slot: Registry[TabSource], *, label: Text, order: int, icon: str, title: Text, text: Text
) -> Panel:
    """A tab with its words for a person of whom nobody has anything."""

    def context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
        parts = parts_of(slot, request, customer)
        return {"parts": parts, "empty": {"icon": icon, "title": title, "text": text}}

    def count(customer: Customer) -> int | None:
        """Everybody who sees the tab reads it: what asks for a right is not counted."""
        return sum(_counts(slot, customer)) or None

    return Panel(label, "customers/panels/slot.html", context, VIEW, order, count)


def _counts(slot: Registry[TabSource], customer: Customer) -> Iterator[int]:
    return (one.count(customer) for one in slot.values() if not one.permission)


def register_all() -> None:
    """The tabs themselves; "Credentials" is the one of the log-in."""
    registry.panels.register(
        "orders",
        slot_panel(
            registry.purchases,
            label=_("Orders"),
            order=25,
            icon="shopping-bag",
            title=_("No orders yet"),
            text=_("What this person buys stands here, with its state, amount and payment."),
        ),
    )
    registry.panels.register(
        "forms",
        slot_panel(
            registry.answered_forms,
            label=_("Forms"),
            order=30,
            icon="forms",
            title=_("No forms answered yet"),
            text=_("The forms that this person answers stand here, each answer as it was given."),
        ),
    )
