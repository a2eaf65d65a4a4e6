"""The tabs of consents and log-in on a person's record, and their section of the side column."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.kit.access import StaffUser
from config.kit.pages import Panel
from customers import registry
from customers.backoffice.credentials import credentials_of
from customers.backoffice.slots import parts_of
from customers.models import Customer
from customers.models.consent import Channel, ConsentValue
from customers.registry import SidePanel
from customers.selectors.accounts import OpenSession, open_sessions
from customers.selectors.consents import (
    consent_dates,
    purpose_label,
    statements_of,
    states_of,
    suppression_of,
    value_tone,
)
from customers.sessions import STOREFRONT

STATEMENTS = "customers.add_consentevent"


def register_all() -> None:
    registry.panels.register(
        "consents",
        Panel(
            label=_("Consents"),
            template="customers/consents/panel.html",
            context=_consents,
            permission="customers.view_consentevent",
            order=60,
        ),
    )
    registry.panels.register(
        "login",
        Panel(
            label=_("Credentials"),
            template="customers/consents/login.html",
            context=_login,
            permission="customers.view_customer",
            order=70,
        ),
    )
    registry.panels.register(
        "sessions",
        Panel(
            label=_("Sessions"),
            template="customers/consents/sessions.html",
            context=_sessions,
            permission="customers.view_customer",
            order=75,
            count=_count_sessions,
        ),
    )
    registry.side_panels.register(
        "consents",
        SidePanel(
            label=_("Consents"),
            template="customers/consents/side.html",
            context=_side,
            permission="customers.view_consentstate",
            order=30,
        ),
    )


def _consents(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {
        "states": _states(customer),
        "statements": statements_of(customer),
        "suppression": suppression_of(customer),
        "can_record": _can_record(customer, request.user),
    }


def _side(customer: Customer, user: StaffUser) -> dict[str, Any]:
    return {"states": _states(customer), "suppression": suppression_of(customer)}


def _login(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {
        "credentials": credentials_of(customer),
        "parts": parts_of(registry.credentials, request, customer),
    }


def _sessions(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {"sessions": _open(customer)}


def _count_sessions(customer: Customer) -> int | None:
    return len(_open(customer)) or None


def _open(customer: Customer) -> list[OpenSession]:
    return open_sessions(customer.user, scope=STOREFRONT) if customer.user else []


def _states(customer: Customer) -> list[dict[str, Any]]:
    dates = consent_dates([customer.pk])
    return [
        {
            "state": one,
            "channel": Channel(one.channel).label,
            "purpose": purpose_label(one.purpose),
            "value": ConsentValue(one.value).label,
            "tone": value_tone(one.value),
            "dates": dates.get((customer.pk, one.channel, one.purpose)),
        }
        for one in states_of(customer)
    ]


def _can_record(customer: Customer, user: Any) -> bool:
    return bool(user.has_perm(STATEMENTS)) and customer.is_live
