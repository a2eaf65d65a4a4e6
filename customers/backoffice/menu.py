"""This app's places in the menu, the global search and the home page."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from config.kit import clock, home, nav, search
from config.kit.errors import DomainError
from config.kit.nav import NavItem
from config.kit.pages import formats
from config.kit.search import Hit, SearchKind
from customers.rules.phones import phone_display
from customers.selectors.customers import customers_found, registrations_by_day

VIEW = "customers.view_customer"
DAYS = 28


def _find(text: str, limit: int) -> list[Hit]:
    try:
        found = customers_found(text, limit)
    except DomainError:
        return []
    return [
        Hit(
            title=str(one),
            detail=one.email or phone_display(one.phone),
            url=reverse("customers:record", args=[one.public_id]),
        )
        for one in found
    ]


def _registrations(_user: Any) -> home.Figure:
    """New records of the last 28 days against the 28 before."""
    today = clock.today()
    days = [today - timedelta(days=back) for back in range(2 * DAYS - 1, -1, -1)]
    counts = registrations_by_day(since=days[0])
    series = [counts.get(day, 0) for day in days]
    before, now = sum(series[:DAYS]), sum(series[DAYS:])
    since = days[DAYS].isoformat()
    url = f"{reverse('customers:list')}?{urlencode({'f': '1', 'registered_min': since})}"
    return home.Figure(
        label=_("New customers in 28 days"),
        value=formats.number(now),
        url=url,
        change=(now - before) / before if before else None,
        series=series[DAYS:],
    )


def register_all() -> None:
    """Fill the slots of the kit."""
    nav.items.register(
        "customers",
        NavItem(
            section="people",
            label=_("Customers"),
            icon="users",
            url_name="customers:list",
            permission=VIEW,
            order=10,
        ),
    )
    settings = (
        ("tags", _("Tags"), "tag", "customers:tags", "customers.view_tag"),
        (
            "categories",
            _("Categories"),
            "category",
            "customers:categories",
            "customers.view_category",
        ),
        (
            "custom_fields",
            _("Custom fields"),
            "forms",
            "customers:custom_fields",
            "customers.view_customfield",
        ),
    )
    for order, (key, label, icon, url_name, permission) in enumerate(settings, start=10):
        nav.items.register(
            key,
            NavItem(
                section="settings",
                label=label,
                icon=icon,
                url_name=url_name,
                permission=permission,
                order=order,
            ),
        )
    search.kinds.register(
        "customers", SearchKind(label=_("Customers"), icon="users", permission=VIEW, find=_find)
    )
    home.figures.register(
        "customers.registrations",
        home.FigureSource(find=_registrations, permission=VIEW, order=10),
    )
