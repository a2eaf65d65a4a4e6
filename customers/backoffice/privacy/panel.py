"""The tab of the record about privacy."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit.pages import Action, Panel
from customers import registry
from customers.models import Customer
from customers.selectors.privacy import privacy_state


def _context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {"state": privacy_state(customer)}


def erase_action(customer: Customer) -> Action:
    """For who empties the trash, and need not know of this tab."""
    return Action(
        _("Erase for good"),
        reverse("customers:erase", args=[customer.public_id]),
        icon="trash",
        style="danger",
        permission="customers.erase_customer",
    )


def register_all() -> None:
    registry.panels.register(
        "privacy",
        Panel(
            _("Privacy"),
            "customers/privacy/panel.html",
            _context,
            "customers.view_customer",
            90,
        ),
    )
