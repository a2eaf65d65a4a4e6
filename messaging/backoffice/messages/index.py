"""The list of messages: one row per recipient."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.kit.pages import (
    Column,
    EmptyState,
    IndexPage,
    Sort,
    View,
    formats,
)
from config.kit.pages.filtering.fields import Picked
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter
from messaging.backoffice import words
from messaging.backoffice.messages import cells
from messaging.models import Campaign, Delivery
from messaging.selectors.messages import campaign_names, deliveries
from messaging.selectors.screens import customers_by_id, deliveries_matching, is_of_campaign

State = Delivery.State
KINDS = [(one.value, one.label) for one in Delivery.Kind if one != Delivery.Kind.TEST]


class MessageFilter(filters.FilterSet):
    state = AnyOfFilter(label=_("State"), choices=State.choices)
    reason = AnyOfFilter(label=_("Reason"), choices=Delivery.Reason.choices)
    kind = AnyOfFilter(label=_("Kind"), choices=KINDS)
    campaign = AnyOfRowsFilter(
        label=_("Campaign"),
        queryset=Campaign.objects.filter(frozen_at__isnull=False).order_by("-created_at"),
        method="of_campaigns",
    )
    created = WhenFilter(label=_("Day"), field_name="created_at", is_nullable=False)
    opened = filters.ChoiceFilter(
        label=_("Opened"),
        choices=(("true", _("Yes")), ("false", _("No"))),
        empty_label=_("Any"),
        method="is_opened",
    )

    class Meta:
        model = Delivery
        fields: list[str] = []

    def of_campaigns(
        self, rows: QuerySet[Delivery], _name: str, value: Picked
    ) -> QuerySet[Delivery]:
        return rows.filter(value.any_of(is_of_campaign))

    def is_opened(self, rows: QuerySet[Delivery], _name: str, value: str) -> QuerySet[Delivery]:
        return rows.filter(opened_at__isnull=value == "false")


class MessageIndex(IndexPage[Delivery]):
    key = "messages"
    title = _("Messages")
    search_label = _("Name, e-mail, phone or code of a person")
    permission = "messaging.view_delivery"
    export_permission = "customers.export_customers"
    filterset_class = MessageFilter
    sorts = (Sort("newest", _("Newest"), "id", descending=True, nullable=False),)
    views = (
        View("all", _("All"), {}, count=False),
        View("campaigns", _("Of campaigns"), {"kind": "campaign"}, count=False),
        View("transactional", _("Transactional"), {"kind": "transactional"}, count=False),
        View(
            "trouble",
            _("Not delivered"),
            {"state": [State.REJECTED, State.BOUNCED, State.UNKNOWN]},
            count=False,
        ),
        View("waiting", _("Waiting"), {"state": [State.PENDING, State.IN_FLIGHT]}, count=False),
    )
    empty = EmptyState(
        icon="mail",
        title=_("Every mail to every person"),
        text=_(
            "Here stands one line for each recipient of a campaign and each transactional mail, "
            "the ones that were not sent too, with the reason."
        ),
    )
    columns = (
        Column("person", _("Person"), cells.person_cell, card="title"),
        Column("state", _("State"), words.delivery_status, card="aside"),
        Column("message", _("Message"), cells.message_cell),
        Column("sent", _("Sent"), "sent_at", card_label=_("Sent")),
        Column("opened", _("Opened"), "opened_at", card_label=_("Opened")),
        Column("clicked", _("Clicked"), "clicked_at", card_label=_("Clicked")),
        Column("created", _("Created"), "created_at", default=False, card="hidden"),
        Column("attempts", _("Attempts"), "attempts", default=False, card="hidden"),
        Column("reply", _("Answer of the server"), "reply", default=False, card="hidden"),
    )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s message", "%(n)s messages", count) % {"n": formats.number(count)}

    def queryset(self) -> QuerySet[Delivery]:
        return deliveries()

    def row_label(self, row: Delivery) -> str:
        return str(cells.person_cell(row).title)

    def search(self, rows: QuerySet[Delivery], text: str) -> QuerySet[Delivery]:
        return deliveries_matching(rows, text, most=self.search_cap + 1)

    def load(self, rows: list[Delivery]) -> None:
        people = customers_by_id(row.customer_id for row in rows)
        campaigns = campaign_names(rows)
        for row in rows:
            extra: Any = row
            extra.person = people.get(row.customer_id or 0)
            extra.campaign = campaigns.get(row.campaign_id or 0)
