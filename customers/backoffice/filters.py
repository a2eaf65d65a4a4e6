"""The filters of the customers list."""

from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.pages.filtering.chips import is_blank
from config.kit.pages.filtering.fields import Blank, Picked
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter, WordsFilter
from customers.models import (
    Category,
    CategoryAssignment,
    ConsentState,
    Customer,
    Tag,
    Tagging,
)
from customers.registry import ListFilter, list_filters
from customers.selectors.codes import customers_by_any_code, customers_with_code
from customers.selectors.completeness import customers_lacking
from customers.selectors.customers import customers_in_city

Rows = QuerySet[Customer]
YES_NO = (("yes", _("Yes")), ("no", _("No")))
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
    ("order", _("Order")),
    ("seed", _("Demo data")),
)
COMPLETE = (("yes", _("complete")), ("no", _("something is missing")))
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
    stage = AnyOfFilter(
        label=_("Stage"), choices=Customer.Lifecycle.choices, field_name="lifecycle"
    )
    status = AnyOfFilter(label=_("Status"), choices=Customer.Status.choices)
    blocked = _choice(_("Data blocked"), YES_NO, "by_blocked")
    verified = _choice(_("Verified"), YES_NO, "by_verified")
    tag = AnyOfRowsFilter(
        label=_("Tags"),
        queryset=Tag.objects.order_by("name"),
        empty_label=_("without tags"),
        filled_label=_("with some tag"),
        method="by_tag",
    )
    category = AnyOfRowsFilter(
        label=_("Category"),
        queryset=Category.objects.order_by("name"),
        empty_label=_("without category"),
        filled_label=_("with some category"),
        method="by_category",
    )
    last_login = WhenFilter(
        label=_("Last visit"),
        field_name="last_login_at",
        empty_label=_("never"),
        filled_label=_("at some time"),
    )
    registered = WhenFilter(label=_("Registered"), field_name="registered_at", is_nullable=False)
    consent = _choice(_("E-mail"), CONSENT, "by_consent")
    city = WordsFilter(label=_("City"), finds=_("begins with"), method="by_city")
    source = AnyOfFilter(label=_("Came by"), choices=SOURCES)
    code = WordsFilter(label=_("Registration code"), finds=_("is"), method="by_code")
    complete = _choice(_("Data"), COMPLETE, "by_complete")
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

    def by_complete(self, rows: Rows, _name: str, value: str) -> Rows:
        return customers_lacking(rows, is_complete=value == "yes")

    def by_blocked(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(blocked_at__isnull=value == "no")

    def by_verified(self, rows: Rows, _name: str, value: str) -> Rows:
        return rows.filter(verified_at__isnull=value == "no")

    def by_tag(self, rows: Rows, _name: str, value: Picked) -> Rows:
        held = Tagging.objects.filter(customer=OuterRef("pk"))
        return rows.filter(value.held(held, "tag"))

    def by_category(self, rows: Rows, _name: str, value: Picked) -> Rows:
        held = CategoryAssignment.objects.filter(customer=OuterRef("pk"))
        return rows.filter(value.held(held, "category"))

    def by_consent(self, rows: Rows, _name: str, value: str) -> Rows:
        states = ConsentState.objects.filter(
            customer=OuterRef("pk"), channel="email", purpose="marketing"
        )
        if value == "none":
            return rows.filter(~Exists(states))
        return rows.filter(Exists(states.filter(value=value)))

    def by_city(self, rows: Rows, _name: str, value: str | Blank) -> Rows:
        if isinstance(value, Blank):
            return rows.filter(city="") if value == Blank.EMPTY else rows.exclude(city="")
        return customers_in_city(rows, value)

    def by_code(self, rows: Rows, _name: str, value: str | Blank) -> Rows:
        if isinstance(value, Blank):
            return customers_by_any_code(rows, is_any=value == Blank.FILLED)
        return customers_with_code(rows, value)

    def by_place(self, rows: Rows, _name: str, _value: str) -> Rows:
        """The list itself starts from the live people or from the trash."""
        return rows
