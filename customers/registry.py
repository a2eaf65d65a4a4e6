"""What the apps above add to customers: tabs, kinds of activity, filters of the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.access import StaffUser
from config.kit.pages import Action, BulkAction, Panel
from config.kit.pages.pieces import Tone
from config.kit.registry import Registry
from customers.models import Activity, Customer


@dataclass(frozen=True, kw_only=True)
class SidePanel:
    """A section of the record's side column.

    Its template finds what ``context(customer, user)`` answers as ``side``, and the ``record``.
    """

    label: str | Promise
    template: str
    context: Callable[[Customer, StaffUser], dict[str, Any]]
    permission: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class ActivityKind:
    """How a kind of activity reads on the timeline.

    ``group`` is a key of ``TIMELINE_GROUPS``. ``describe(rows)`` gets the rows of this kind on one
    page and answers, per row id, the sentence and its detail (plain texts or ``format_html``);
    each row has ``actor_name``, empty when no member of staff did it. ``extras(rows)`` answers, per
    row id, further keywords of ``TimelineEntry`` (``body``, ``changes``, ``badges``, ``actions``,
    ``link``).
    """

    label: str | Promise
    icon: str
    group: str
    describe: Callable[[list[Activity]], dict[int, tuple[str, str]]]
    tone: Tone = ""
    extras: Callable[[list[Activity]], dict[int, dict[str, Any]]] | None = None


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """A filter of the customers list: its form field, and what a value does to the rows.

    ``edit_url`` leads to the page where a value too rich for a field is edited; it gets the list's
    state as a query.
    """

    label: str | Promise
    field: Callable[[], forms.Field]
    apply: Callable[[QuerySet[Customer], Any], QuerySet[Customer]]
    permission: str = ""
    edit_url: Callable[[str], str] | None = None


@dataclass(frozen=True, kw_only=True)
class ListAsked:
    """What the list is asked for: its state as a query, the words searched, the filters' values."""

    query: str
    text: str
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ListDoor:
    """A page of an app above that goes on with the list's filters.

    It stands in the filter panel, or beside the chips of what is applied (``is_for_applied``).
    """

    label: str | Promise
    icon: str
    url: Callable[[ListAsked], str]
    permission: str = ""
    is_for_applied: bool = False


OWN_GROUP = "own"
TIMELINE_GROUPS: dict[str, str | Promise] = {
    "messages": _("Messages"),
    "visits": _("Visits"),
    "record": _("Record and notes"),
    "consent": _("Consent"),
    OWN_GROUP: _("Other systems"),
}


@dataclass(frozen=True, kw_only=True)
class UsageSource:
    """Names what, in an app above, asks for a tag, a category or a custom field.

    ``find(kind, thing)`` gets ``tag``, ``category`` or ``custom_field`` and its row.
    """

    find: Callable[[str, Model], list[str]]


@dataclass(frozen=True, kw_only=True)
class RecordAction:
    """A button of the record's head; ``make`` answers None where it has no place."""

    make: Callable[[Customer, StaffUser], Action | None]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class CategorySource:
    """What an app above can fill a category with, a target for example; ``key`` is one of them.

    ``choices()`` are all keys with their names, ``name(key)`` and ``url(key)`` say which it is
    ("" when it is gone). ``members(key)`` are the live people, ``stamp(key)`` a text that differs
    when they may have changed (None: not known yet). ``refuse(key, code)`` says why it cannot fill
    the category with this code; empty when it can.
    """

    label: str | Promise
    choices: Callable[[], list[tuple[str, str]]]
    name: Callable[[str], str]
    url: Callable[[str], str]
    members: Callable[[str], QuerySet[Customer]]
    stamp: Callable[[str], str | None]
    refuse: Callable[[str, str], str]


@dataclass(frozen=True, kw_only=True)
class TabSource:
    """What an app above puts into a tab that stands on the record already.

    Its template finds what ``context(request, customer)`` answers as ``part``, and the ``record``;
    it is asked only when the tab is open. ``count(customer)`` says how much there is: of nothing,
    nothing is shown. A tab without any source's content shows its own words.
    """

    template: str
    context: Callable[[HttpRequest, Customer], dict[str, Any]]
    count: Callable[[Customer], int]
    permission: str = ""
    order: int = 100


panels: Registry[Panel] = Registry("customers.panels")
side_panels: Registry[SidePanel] = Registry("customers.side_panels")
timeline: Registry[ActivityKind] = Registry("customers.timeline")
list_filters: Registry[ListFilter] = Registry("customers.list_filters")
list_doors: Registry[ListDoor] = Registry("customers.list_doors")
bulk_actions: Registry[BulkAction] = Registry("customers.bulk_actions")
usages: Registry[UsageSource] = Registry("customers.usages")
record_actions: Registry[RecordAction] = Registry("customers.record_actions")
answered_forms: Registry[TabSource] = Registry("customers.answered_forms")
purchases: Registry[TabSource] = Registry("customers.purchases")
credentials: Registry[TabSource] = Registry("customers.credentials")
# What a kind of activity is in the statistics: a "visit" or an "interaction"; others are neither.
counted_as: Registry[Literal["visit", "interaction"]] = Registry("customers.counted_as")
category_sources: Registry[CategorySource] = Registry("customers.category_sources")
# Why somebody became a lead or a customer: the words of ``Customer.lifecycle_reason``.
stage_reasons: Registry[str | Promise] = Registry("customers.stage_reasons")
for _key, _label in {
    "staff": _("By hand"),
    "import": _("Import"),
    "storefront": _("Storefront"),
    "form": _("Form"),
    "till": _("Till"),
    "api": _("Program"),
    "seed": _("Demo data"),
    "order": _("Order"),
}.items():
    stage_reasons.register(_key, _label)


def stage_reason(customer: Customer) -> str:
    """In words; of a record from before there were reasons, how it came."""
    key = customer.lifecycle_reason or customer.source
    return str(stage_reasons.get(key) or key)


def usages_of(kind: str, thing: Model) -> list[str]:
    """Who would miss it: names of targets and the like; empty when it may go."""
    return [name for source in usages.values() for name in source.find(kind, thing)]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What stands in the way of a person's mails or log-in, or does not; ``action`` puts it right.

    ``rows``: when, what, and its tone, for findings that sum up a list.
    """

    tone: Tone
    title: str
    text: str
    action: Action | None = None
    rows: Sequence[tuple[datetime, str, Tone]] = ()


@dataclass(frozen=True, kw_only=True)
class EmailCheck:
    """Findings of an app above about a person's e-mail, for the tab that says why it fails."""

    find: Callable[[Customer], list[Finding]]
    order: int = 100


email_checks: Registry[EmailCheck] = Registry("customers.email_checks")
