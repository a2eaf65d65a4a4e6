"""The list of privacy requests: what is due first stands first."""

from collections.abc import Sequence

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.pages import (
    Action,
    Column,
    EmptyState,
    IndexPage,
    Sort,
    Status,
    TwoLines,
    View,
    formats,
)
from config.kit.pages.filtering.kinds import AnyOfFilter
from config.kit.pages.pieces import Tone
from customers.models import PrivacyRequest
from customers.rules.codes import country_name
from customers.rules.privacy_laws import LAWS
from customers.selectors.colleagues import staff_who_may
from customers.selectors.requests import (
    days_left,
    due_like,
    is_after,
    open_first,
    requests_found,
    requests_listed,
)

ADD = "customers.add_privacyrequest"
PENDING = ("open", "waiting")
SOON = 7
RECEIVED = pgettext_lazy("request", "Received")
TONES: dict[str, Tone] = {
    "open": "info",
    "waiting": "warning",
    "granted": "ok",
    "refused": "neutral",
    "withdrawn": "neutral",
}


def who(row: PrivacyRequest) -> str:
    return row.who or _("Erased person")


def state_status(row: PrivacyRequest) -> Status:
    return Status(TONES[row.state], str(PrivacyRequest.State(row.state).label))


def due_status(row: PrivacyRequest) -> Status:
    """The last day, and how far it is; of a closed one whether it was kept."""
    day = formats.day(row.due_on)
    if not row.is_pending:
        is_late = row.closed_at is not None and is_after(row.closed_at, row.due_on)
        return Status(
            "warning" if is_late else "neutral", day, _("Answered late") if is_late else ""
        )
    left = days_left(row)
    if left < 0:
        text = ngettext("%(n)s day late", "%(n)s days late", -left) % {"n": formats.number(-left)}
        return Status("danger", day, text, "danger")
    text = (
        ngettext("%(n)s day left", "%(n)s days left", left) % {"n": formats.number(left)}
        if left
        else _("Today is the last day")
    )
    return Status("warning" if left <= SOON else "ok", day, text)


def law_text(row: PrivacyRequest) -> TwoLines:
    law = LAWS.get(row.law)
    return TwoLines(
        country_name(row.country, get_language() or "es") or _("Another country"),
        str(law.name) if law else row.law,
    )


def _what(row: PrivacyRequest) -> TwoLines:
    return TwoLines(
        who(row),
        row.number,
        url=reverse("customers:request", args=[row.public_id]),
    )


def _people() -> list[tuple[str, str]]:
    return [(str(one.pk), str(one)) for one in staff_who_may("change_privacyrequest")]


class RequestFilter(django_filters.FilterSet):
    state = AnyOfFilter(label=lazy("State"), choices=PrivacyRequest.State.choices)
    right = AnyOfFilter(label=lazy("Right"), choices=PrivacyRequest.Right.choices)
    due = django_filters.ChoiceFilter(
        label=lazy("Last day"),
        choices=[
            ("late", lazy("Over")),
            ("week", lazy("Within a week")),
            ("later", lazy("Later than a week")),
        ],
        method="by_due",
    )
    law = django_filters.ChoiceFilter(
        label=lazy("Law"), choices=[(key, law.name) for key, law in LAWS.items()]
    )
    identity = django_filters.ChoiceFilter(
        label=lazy("Identity"), choices=PrivacyRequest.Identity.choices
    )
    assignee = django_filters.ChoiceFilter(
        label=lazy("Who answers it"), choices=_people, null_label=lazy("Nobody")
    )

    class Meta:
        model = PrivacyRequest
        fields: tuple[str, ...] = ()

    def by_due(
        self, rows: "QuerySet[PrivacyRequest]", name: str, value: str
    ) -> "QuerySet[PrivacyRequest]":
        return rows.filter(due_like(value))


class RequestIndex(IndexPage[PrivacyRequest]):
    key = "privacy_requests"
    title = lazy("Privacy requests")
    search_label = lazy("Number, name or e-mail")
    permission = "customers.view_privacyrequest"
    export_permission = "customers.view_privacyrequest"
    filterset_class = RequestFilter
    columns = (
        Column("who", lazy("Whose"), _what, card="title"),
        Column(
            "right", lazy("Right"), lambda row: PrivacyRequest.Right(row.right).label, card="meta"
        ),
        Column("due", lazy("Last day"), due_status, sort="due", card="aside"),
        Column("state", lazy("State"), state_status),
        Column(
            "identity",
            lazy("Identity"),
            lambda row: PrivacyRequest.Identity(row.identity).label,
            card="hidden",
        ),
        Column("assignee", lazy("Who answers it"), lambda row: str(row.assignee or "")),
        Column("law", lazy("Law"), law_text, card="hidden", default=False),
        Column(
            "channel",
            lazy("Arrived by"),
            lambda row: PrivacyRequest.Channel(row.channel).label,
            default=False,
        ),
        Column(
            "received",
            pgettext_lazy("request", "Received"),
            "received_on",
            sort="newest",
            card="hidden",
            default=False,
        ),
    )
    sorts = (
        Sort("due", lazy("Last day"), open_first(), nullable=False),
        Sort(
            "newest",
            pgettext_lazy("request", "Received"),
            "received_on",
            descending=True,
            nullable=False,
        ),
    )
    views = (
        View("open", pgettext_lazy("requests", "Open"), {"state": list(PENDING)}),
        View("closed", lazy("Closed"), {"state": ["granted", "refused", "withdrawn"]}),
        View("all", pgettext_lazy("requests", "All")),
    )
    first_view = "open"
    empty = EmptyState(
        lazy("Nobody waits for an answer"),
        lazy(
            "What people ask about their data in their account comes here by itself; what comes by "
            "mail, phone or letter is written down here. The law of each country sets the last day."
        ),
        icon="scale",
    )

    def queryset(self) -> "QuerySet[PrivacyRequest]":
        return requests_listed()

    def search(self, rows: "QuerySet[PrivacyRequest]", text: str) -> "QuerySet[PrivacyRequest]":
        return rows.filter(requests_found(text))

    def actions(self) -> Sequence[Action]:
        if self.user is None or not self.user.has_perm(ADD):
            return ()
        url = reverse("customers:request_new")
        return (Action(_("New request"), url, icon="plus", style="primary"),)

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s request", "%(n)s requests", count) % {"n": formats.number(count)}
