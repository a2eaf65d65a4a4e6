"""Who left, and which addresses nothing is sent to."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from config.kit.pages import (
    Action,
    Column,
    EmptyState,
    IndexPage,
    Sort,
    View,
    formats,
)
from config.kit.pages.filtering.kinds import AnyOfFilter, WhenFilter
from customers.models import ConsentState, Suppression
from messaging.backoffice.unsubscriptions import cells
from messaging.selectors import screens

SOURCE_CHOICES = [
    ("unsubscribe", _("Link in a mail")),
    ("account", _("Their account")),
    ("staff", _("Staff")),
    ("import", _("Import")),
    ("complaint", _("Spam report")),
]


class UnsubscriptionFilter(filters.FilterSet):
    source = AnyOfFilter(label=_("How"), choices=SOURCE_CHOICES)
    since = WhenFilter(label=_("Day"), field_name="since", is_nullable=False)

    class Meta:
        model = ConsentState
        fields: list[str] = []


class UnsubscriptionIndex(IndexPage[ConsentState]):
    key = "unsubscriptions"
    title = _("Unsubscriptions")
    search_label = _("Name, e-mail, phone or code of a person")
    permission = "customers.view_consentstate"
    export_permission = "customers.export_customers"
    filterset_class = UnsubscriptionFilter
    sorts = (Sort("since", _("Day they left"), "since", descending=True, nullable=False),)
    template_name = "messaging/unsubscriptions.html"
    views = (
        View("all", pgettext_lazy("feminine", "All"), count=False),
        View("month", _("Last 30 days"), {"since": "last", "since_n": "30"}, count=False),
        View("complaints", _("Spam reports"), {"source": "complaint"}),
    )
    empty = EmptyState(
        icon="mail-off",
        title=_("Nobody has unsubscribed"),
        text=_(
            "Every campaign carries a link to unsubscribe. Who uses it stands here, and gets no "
            "more marketing mail."
        ),
    )
    columns = (
        Column("person", _("Person"), cells.leaver_cell, card="title"),
        Column("since", _("They left"), "since", sort="since", card="aside"),
        Column("source", _("How"), cells.source_cell),
        Column("campaign", _("Campaign"), cells.campaign_cell),
        Column("again", "", "", template="messaging/cells/resubscribe.html", align="end"),
    )

    def count_label(self, count: int) -> str:
        text = ngettext("%(n)s unsubscription", "%(n)s unsubscriptions", count)
        return text % {"n": formats.number(count)}

    def queryset(self) -> QuerySet[ConsentState]:
        return screens.withdrawals()

    def row_label(self, row: ConsentState) -> str:
        return str(row.customer)

    def search(self, rows: QuerySet[ConsentState], text: str) -> QuerySet[ConsentState]:
        return rows.filter(customer_id__in=screens.customers_matching(text))

    def load(self, rows: list[ConsentState]) -> None:
        campaigns = screens.unsubscribe_campaigns(rows)
        for row in rows:
            extra: Any = row
            extra.campaign = campaigns.get(row.customer_id)


class SuppressionFilter(filters.FilterSet):
    reason = AnyOfFilter(label=_("Reason"), choices=Suppression.Reason.choices)
    created = WhenFilter(label=_("Day"), field_name="created_at", is_nullable=False)

    class Meta:
        model = Suppression
        fields: list[str] = []


class SuppressionIndex(IndexPage[Suppression]):
    key = "suppressions"
    title = _("Blocked addresses")
    search_label = _("Address")
    permission = "customers.view_suppression"
    export_permission = "customers.export_customers"
    filterset_class = SuppressionFilter
    sorts = (Sort("created", _("Day"), "created_at", descending=True, nullable=False),)
    template_name = "messaging/unsubscriptions.html"
    views = (
        View("all", pgettext_lazy("feminine", "All"), count=False),
        View("bounces", _("Do not exist"), {"reason": "hard_bounce"}),
        View("complaints", _("Spam reports"), {"reason": "complaint"}),
    )
    empty = EmptyState(
        icon="shield-off",
        title=_("No address is blocked"),
        text=_(
            "An address that does not exist, or whose owner reports a mail as spam, comes here by "
            "itself: nothing more is sent to it, whatever its owner agreed to."
        ),
    )
    columns = (
        Column("address", _("Address"), cells.address_cell, card="title"),
        Column("reason", _("Reason"), cells.reason_cell, card="aside"),
        Column("detail", _("Detail"), "detail"),
        Column("created", _("Since"), "created_at", sort="created"),
        Column("remove", "", "", template="messaging/cells/unblock.html", align="end"),
    )

    def count_label(self, count: int) -> str:
        text = ngettext("%(n)s address", "%(n)s addresses", count)
        return text % {"n": formats.number(count)}

    def queryset(self) -> QuerySet[Suppression]:
        return screens.suppressions()

    def row_label(self, row: Suppression) -> str:
        return row.address_key

    def search(self, rows: QuerySet[Suppression], text: str) -> QuerySet[Suppression]:
        return rows.filter(address_key__contains=text.casefold())

    def actions(self) -> list[Action]:
        url = reverse("messaging:suppression-add")
        return [Action(_("Block an address"), url, "plus", permission="customers.add_suppression")]

    def load(self, rows: list[Suppression]) -> None:
        people = screens.suppressed_customers(rows)
        for row in rows:
            extra: Any = row
            extra.person = people.get(row.address_key)
