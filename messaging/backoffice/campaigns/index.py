"""The list of campaigns."""

from typing import Any

import django_filters as filters
from django.db.models import OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from config.kit.pages import Action, Column, EmptyState, IndexPage, Sort, View, formats
from config.kit.pages.filtering.fields import Picked
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter
from messaging.backoffice import words
from messaging.backoffice.campaigns import cells
from messaging.models import Campaign, CampaignTarget
from messaging.selectors import screens
from targets.models import Target

State = Campaign.State
Rows = QuerySet[Campaign]


class CampaignFilter(filters.FilterSet):
    state = AnyOfFilter(label=_("State"), choices=State.choices)
    target = AnyOfRowsFilter(
        label=_("Target"),
        queryset=Target.objects.order_by("name"),
        empty_label=_("without target"),
        method="by_target",
    )
    scheduled = WhenFilter(label=_("Scheduled for"), field_name="scheduled_at")
    finished = WhenFilter(label=_("Finished"), field_name="finished_at")
    created = WhenFilter(label=_("Created"), field_name="created_at", is_nullable=False)

    class Meta:
        model = Campaign
        fields: list[str] = []

    def by_target(self, rows: Rows, _name: str, value: Picked) -> Rows:
        asked = CampaignTarget.objects.filter(campaign=OuterRef("pk"))
        return rows.filter(value.held(asked, "target"))


class CampaignIndex(IndexPage[Campaign]):
    key = "campaigns"
    title = _("Campaigns")
    search_label = _("Name or subject")
    permission = "messaging.view_campaign"
    export_permission = "messaging.view_campaign"
    template_name = "messaging/campaigns.html"
    filterset_class = CampaignFilter
    sorts = (
        Sort("created", _("Created"), "created_at", descending=True),
        Sort("name", _("Name"), "name"),
    )
    views = (
        View("all", pgettext_lazy("campaigns", "All"), {}),
        View("drafts", _("Drafts"), {"state": [State.DRAFT]}),
        View("scheduled", pgettext_lazy("campaigns", "Scheduled"), {"state": [State.SCHEDULED]}),
        View("sending", _("Under way"), {"state": [State.SENDING, State.PAUSED]}),
        View("finished", pgettext_lazy("campaigns", "Finished"), {"state": [State.FINISHED]}),
        View("stopped", _("Stopped"), {"state": [State.CANCELLED, State.FAILED]}),
    )
    empty = EmptyState(
        icon="send",
        title=_("Write to the people of a target"),
        text=_(
            "A campaign is one mail to everyone in the targets you choose. You see beforehand who "
            "receives it, who does not and why."
        ),
        actions=(Action(_("New campaign"), "new/", icon="plus", style="primary"),),
    )
    columns = (
        Column("name", _("Campaign"), cells.name_cell, sort="name", card="title"),
        Column("state", _("State"), words.campaign_status, card="aside"),
        Column("audience", _("Audience"), cells.audience_cell),
        Column("people", _("People"), cells.people_cell, align="end", card="hidden"),
        Column("sent", _("Sent"), cells.sent_cell, align="end", card_label=_("Sent")),
        Column("opened", _("Opened"), cells.opened_cell, align="end", card_label=_("Opened")),
        Column("clicked", _("Clicked"), cells.clicked_cell, align="end", card="hidden"),
        Column("when", _("When"), cells.when_cell),
        Column("created", _("Created"), "created_at", sort="created", default=False),
    )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s campaign", "%(n)s campaigns", count) % {"n": formats.number(count)}

    def queryset(self) -> QuerySet[Campaign]:
        return Campaign.objects.defer("body", "text_body")

    def search(self, rows: QuerySet[Campaign], text: str) -> QuerySet[Campaign]:
        return screens.campaigns_matching(rows, text)

    def actions(self) -> list[Action]:
        return [
            Action(
                _("New campaign"),
                reverse("messaging:campaign-new"),
                icon="plus",
                style="primary",
                permission="messaging.add_campaign",
            )
        ]

    def record_url(self, row: Campaign) -> str:
        return cells.campaign_url(row)

    def load(self, rows: list[Campaign]) -> None:
        audiences = screens.campaign_audiences(rows)
        for row in rows:
            extra: Any = row
            extra.audience = audiences.get(row.pk, screens.Audience())
