"""The list of erasures: what is due, what was done, and its certificates."""

from collections.abc import Sequence

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from config.kit.errors import DomainError
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
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter
from config.kit.pages.pieces import Tone
from customers.models import Erasure
from customers.selectors.privacy import erasures_listed
from customers.selectors.search import people_like
from customers.selectors.staff import staff_named

TONES: dict[str, Tone] = {"scheduled": "warning", "cancelled": "neutral", "done": "ok"}


def _whom(row: Erasure) -> TwoLines:
    if row.customer.erased_at is not None:
        return TwoLines(_("Erased person"), str(row.public_id).partition("-")[0])
    url = reverse("customers:panel", args=[row.customer.public_id, "privacy"])
    return TwoLines(str(row.customer), str(row.public_id).partition("-")[0], url=url)


def _state(row: Erasure) -> Status:
    label = str(Erasure.State(row.state).label)
    if row.state != Erasure.State.SCHEDULED:
        return Status(TONES[row.state], label, formats.moment(row.erased_at or row.cancelled_at))
    held: str | None = getattr(row, "hold_reason", None)
    if held is not None:
        reason = _("There is a legal hold: %(reason)s") % {"reason": held}
        return Status("danger", label, reason, "danger")
    return Status(TONES[row.state], label, _("On %(day)s") % {"day": formats.day(row.due_at)})


def _certificate(row: Erasure) -> str:
    if row.state != Erasure.State.DONE:
        return ""
    url = reverse("customers:erasure_certificate", args=[row.public_id])
    return format_html('<a href="{}">{}</a>', url, _("Certificate"))


class ErasureFilter(django_filters.FilterSet):
    state = AnyOfFilter(label=lazy("State"), choices=Erasure.State.choices)
    ground = AnyOfFilter(label=lazy("Ground"), choices=Erasure.Ground.choices)
    by = AnyOfRowsFilter(
        label=lazy("Asked by"),
        queryset=staff_named(),
        field_name="requested_by",
        empty_label=lazy("the system"),
    )
    asked = WhenFilter(label=lazy("Asked for"), field_name="requested_at", is_nullable=False)
    due = WhenFilter(label=lazy("Due"), field_name="due_at", is_nullable=False)

    class Meta:
        model = Erasure
        fields: tuple[str, ...] = ()


class ErasureIndex(IndexPage[Erasure]):
    key = "erasures"
    title = lazy("Erasures")
    search_label = lazy("Number or code; by name only who is not erased yet")
    permission = "customers.view_erasure"
    export_permission = "customers.view_erasure"
    filterset_class = ErasureFilter
    columns = (
        Column("whom", lazy("Whom"), _whom, card="title"),
        Column("state", lazy("State"), _state),
        Column("ground", lazy("Ground"), lambda row: Erasure.Ground(row.ground).label),
        Column("by", lazy("Asked by"), lambda row: str(row.requested_by or ""), card="hidden"),
        Column("asked", lazy("Asked for"), "requested_at", sort="newest"),
        Column("due", lazy("Due"), "due_at", sort="due", default=False, card="hidden"),
        Column("certificate", "", _certificate, align="end", card_label=lazy("Certificate")),
    )
    sorts = (
        Sort("newest", lazy("Asked for"), "requested_at", descending=True, nullable=False),
        Sort("due", lazy("Due"), "due_at", nullable=False),
    )
    views = (
        View("all", pgettext_lazy("feminine", "All")),
        View("scheduled", pgettext_lazy("erasures", "Scheduled"), {"state": "scheduled"}),
        View("done", pgettext_lazy("erasures", "Done"), {"state": "done"}),
    )
    empty = EmptyState(
        lazy("Nobody has asked to be erased"),
        lazy("An erasure starts on the privacy tab of a record; its certificate stays here."),
        icon="shield-lock",
    )

    def queryset(self) -> "QuerySet[Erasure]":
        return erasures_listed()

    def row_label(self, row: Erasure) -> str:
        whom = _whom(row)
        return f"{whom.title} {whom.detail}"

    def search(self, rows: "QuerySet[Erasure]", text: str) -> "QuerySet[Erasure]":
        """What is left of an erased person is a number and the code of the record."""
        wanted = text.strip()
        numbers = Q(public_id__istartswith=wanted) | Q(customer__public_id__istartswith=wanted)
        try:
            return rows.filter(numbers | Q(customer__in=people_like(text)))
        except DomainError:
            return rows.filter(numbers)

    def actions(self) -> Sequence[Action]:
        return ()

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s erasure", "%(n)s erasures", count) % {"n": formats.number(count)}
