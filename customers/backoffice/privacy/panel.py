"""The tab of the record about privacy."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.kit.pages import Panel
from customers import registry
from customers.models import Customer
from customers.selectors.privacy import privacy_state


def _context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {"state": privacy_state(customer)}


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
