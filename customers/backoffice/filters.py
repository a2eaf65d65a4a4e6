"""The filters of the customers list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit import clock
from config.kit.pages.filters import is_blank
from customers.models import (
    Category,
    CategoryAssignment,
    ConsentState,
    Customer,
    Tag,
    Tagging,
)
from customers.registry import ListFilter, list_filters
from customers.selectors.customers import customers_in_city

Rows = QuerySet[Customer]
YES_NO = (("yes", _("Yes")), ("no", _("No")))
LAST_LOGIN = (
    ("7", _("in the last 7 days")),
    ("30", _("in the last 30 days")),
    ("90", _("in the last 90 days")),
    ("not_30", _("not in the last 30 days")),
    ("not_90", _("not in the last 90 days")),
    ("never", _("never")),
)
CONSENT = (
    ("granted", _("with consent")),
    ("withdrawn", _("withdrawn")),
    ("none", _("never asked")),
)
SOURCES = (
    ("staff", _("Back office")),
    ("import", _("Import")),
    ("storefront", _("Storefront")),
    ("form", _("Form")),
    ("till", _("Till")),
    ("api", _("Program")),
    ("seed", _("Demo data")),
)
PLACES = (("trash", _("in the trash")),)


class PluggedFilter(django_filters.Filter):
    """A filter that an app above put into ``customers.list_filters``."""

    def __init__(self, plugged: ListFilter) -> None:
        super().__init__(label=plugged.label)
        self.plugged = plugged

    @property
    def field(self) -> forms.Field:
        if not hasattr(self, "_field"):
            self._field = self.plugged.field()
            self._field.label = str(self.plugged.label)
            self._field.required = False
        return self._field

    def filter(self, qs: Rows, value: Any) -> Rows:
        return qs if is_blank(value) else self.plugged.apply(qs, value)


def _choice(
    label: str | Promise, choices: Any, method: str | Callable[..., Rows] | None = None, **more: Any
) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label, choices=choices, method=method, empty_label=_("Any"), **more
    )


class CustomerFilter(django_filters.FilterSet):
    stage = _choice(_("Stage"), Customer.Lifecycle.choices, field_name="lifecycle")
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"),
        choices=Customer.Status.choices,
        widget=forms.CheckboxSelectMultiple,
        method="by_status",
    )
    verified = _choice(_("Verified"), YES_NO, "by_verified")
    tag = django_filters.ModelMultipleChoiceFilter(
        label=_("Tags"), queryset=Tag.objects.order_by("name"), method="by_tag"
    )
    category = django_filters.ModelMultipleChoiceFilter(
        label=_("Category"), queryset=Category.objects.order_by("name"), method="by_category"
    )
    last_login = _choice(_("Last visit"), LAST_LOGIN, "by_last_login")
    registered = django_filters.DateFromToRangeFilter(
        label=_("Registered"),
        field_name="registered_at",
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )
    consent = _choice(_("E-mail"), CONSENT, "by_consent")
    city = django_filters.CharFilter(label=_("City"), method="by_city")
    source = _choice(_("Came by"), SOURCES)
    place = _choice(_("Place"), PLACES, "by_place")

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = getattr(self.request, "user", None)
        for key, plugged in list_filters.items():
            if user is None or not plugged.permission or user.has_perm(plugged.permission):
                made = PluggedFilter(plugged)
                made.parent, made.model = self, Customer
                self.filters[key] = made

    def by_status(self, rows: Rows, _name: str, value: list[str]) -> Rows:
        return rows.filter(status__in=value) if value else rows

    def by_verified(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(verified_at__isnull=value == "no")

    def by_tag(self, rows: Rows, _name: str, value: Any) -> Rows:
        held = Tagging.objects.filter(customer=OuterRef("pk"), tag__in=[one.pk for one in value])
        return rows.filter(Exists(held)) if value else rows

    def by_category(self, rows: Rows, _name: str, value: Any) -> Rows:
        held = CategoryAssignment.objects.filter(
            customer=OuterRef("pk"), category__in=[one.pk for one in value]
        )
        return rows.filter(Exists(held)) if value else rows

    def by_last_login(self, rows: Rows, _name: str, value: str) -> Rows:
        if value == "never":
            return rows.filter(last_login_at=None)
        since = clock.now() - timedelta(days=int(value.removeprefix("not_")))
        if value.startswith("not_"):
            return rows.filter(last_login_at__lt=since)
        return rows.filter(last_login_at__gte=since)

    def by_consent(self, rows: Rows, _name: str, value: str) -> Rows:
        states = ConsentState.objects.filter(
            customer=OuterRef("pk"), channel="email", purpose="marketing"
        )
        if value == "none":
            return rows.filter(~Exists(states))
        return rows.filter(Exists(states.filter(value=value)))

    def by_city(self, rows: Rows, _name: str, value: str) -> Rows:
        return customers_in_city(rows, value)

    def by_place(self, rows: Rows, _name: str, _value: str) -> Rows:
        """The list itself starts from the live people or from the trash."""
        return rows
