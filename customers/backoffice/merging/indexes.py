"""The inbox of possible duplicates, and the merges that were made."""

from collections.abc import Sequence
from typing import Any, cast

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from config.kit.errors import DomainError
from config.kit.pages import (
    Action,
    BulkAction,
    Column,
    EmptyState,
    IndexPage,
    Person,
    Selection,
    Sort,
    Status,
    Tag,
    Tags,
    View,
    formats,
    toast,
)
from config.kit.pages.filtering.fields import Picked
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter
from config.kit.pages.pieces import Tone
from customers.merging.duplicates import REASONS, duplicate_dismiss
from customers.merging.jobs import pairs_merge
from customers.merging.preview import default_order, moves_of
from customers.models import Customer, DuplicatePair, Merge, User
from customers.rules.phones import phone_display
from customers.selectors.search import people_like
from customers.selectors.staff import staff_named

MERGE = "customers.merge_customers"
TONES: dict[str, Tone] = {
    "document": "copper",
    "phone": "primary",
    "mailbox": "plum",
    "birthday": "olive",
    "code": "slate",
}


def person_cell(customer: Customer) -> Person:
    details = [customer.email, phone_display(customer.phone) if customer.phone else ""]
    return Person(
        str(customer),
        " · ".join(part for part in details if part and part != str(customer)),
        url=reverse("customers:record", args=[customer.public_id]),
        initials_of=str(customer),
    )


def reason_tags(pair: DuplicatePair) -> Tags:
    known = [key for key in REASONS if key in pair.reasons]
    return Tags([Tag(REASONS[key].label, TONES[key]) for key in known])


def _compare(pair: DuplicatePair) -> str:
    survivor, loser = default_order(pair.first, pair.second)
    url = reverse("customers:merge", args=[survivor.public_id, loser.public_id])
    return format_html('<a class="btn btn-sm" href="{}">{}</a>', url, _("Compare"))


class PairFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=lazy("Judged"), choices=DuplicatePair.State.choices, empty_label=None
    )
    reason = AnyOfFilter(
        label=lazy("Why"),
        choices=[(key, one.label) for key, one in REASONS.items()],
        method="by_reason",
    )
    found = WhenFilter(label=lazy("Found"), field_name="found_at", is_nullable=False)

    class Meta:
        model = DuplicatePair
        fields: tuple[str, ...] = ()

    def by_reason(
        self, rows: "QuerySet[DuplicatePair]", _name: str, value: Picked
    ) -> "QuerySet[DuplicatePair]":
        return rows.filter(value.any_of(lambda one: Q(reasons__contains=[one])))


class DuplicateIndex(IndexPage[DuplicatePair]):
    key = "duplicates"
    title = lazy("Possible duplicates")
    search_label = lazy("Name, e-mail, phone or document of one of the two")
    permission = "customers.view_duplicatepair"
    export_permission = "customers.export_customers"
    filterset_class = PairFilter
    columns = (
        Column("first", lazy("One record"), lambda row: person_cell(row.first), card="title"),
        Column("second", lazy("The other one"), lambda row: person_cell(row.second)),
        Column("why", lazy("What they share"), reason_tags, sort="strength"),
        Column("found", lazy("Found"), "found_at", sort="newest", card="hidden", default=False),
        Column("compare", "", _compare, align="end", card="aside", card_label=lazy("Compare")),
    )
    sorts = (
        Sort("strength", lazy("What they share"), "strength", descending=True, nullable=False),
        Sort("newest", lazy("Found"), "found_at", descending=True, nullable=False),
    )
    views = (
        View("open", lazy("To be judged"), {"state": "open"}),
        View("dismissed", lazy("Two people"), {"state": "dismissed"}),
    )
    first_view = "open"
    empty = EmptyState(
        lazy("No duplicates to judge"),
        lazy(
            "Records with the same document, phone, mailbox, birthday or code come up here by "
            "themselves. Nothing is merged without you."
        ),
        icon="users",
    )

    def queryset(self) -> "QuerySet[DuplicatePair]":
        return DuplicatePair.objects.select_related("first", "second").filter(
            first__merged_into=None,
            second__merged_into=None,
            first__trashed_at=None,
            second__trashed_at=None,
        )

    def row_label(self, row: DuplicatePair) -> str:
        return _("%(one)s and %(other)s") % {"one": row.first, "other": row.second}

    def search(self, rows: "QuerySet[DuplicatePair]", text: str) -> "QuerySet[DuplicatePair]":
        try:
            people = people_like(text)
        except DomainError:
            return rows.none()
        return rows.filter(Q(first__in=people) | Q(second__in=people))

    bulk_actions = ()

    @property
    def allowed_bulk(self) -> list[BulkAction]:
        if self.user is not None and not self.user.has_perm(MERGE):
            return []
        return list(BULK)

    def actions(self) -> Sequence[Action]:
        return (
            Action(_("Merges made"), reverse("customers:merges"), "git-merge"),
            Action(
                _("Look again"),
                reverse("customers:duplicates_find"),
                "refresh",
                method="post",
                permission=MERGE,
            ),
        )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s pair", "%(n)s pairs", count) % {"n": formats.number(count)}


def _merge_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    ids = list(DuplicateIndex.selected(selection.to_params()).values_list("pk", flat=True))
    title = ngettext("Merging %(n)s pair", "Merging %(n)s pairs", len(ids))
    pairs_merge(
        ids=ids,
        by=cast("User", request.user),
        title=title % {"n": formats.number(len(ids))},
        request=request,
    )
    toast(request, _("It is being done. The tray shows how far it is."), level="info")
    return None


def _dismiss_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    pairs = list(DuplicateIndex.selected(selection.to_params())[:MOST])
    for pair in pairs:
        duplicate_dismiss(pair=pair, by=cast("User", request.user), request=request)
    toast(request, _("They are remembered as two people."))
    return None


def _consequence(count: int) -> str:
    text = ngettext(
        "%(n)s pair becomes one record: the one with a log-in stays, else the customer, else the "
        "older one; what it lacks is filled from the other. Each merge can be undone.",
        "%(n)s pairs become one record each: the one with a log-in stays, else the customer, else "
        "the older one; what it lacks is filled from the other. Each merge can be undone.",
        count,
    )
    return text % {"n": formats.number(count)}


MOST = 500
BULK = (
    BulkAction("merge", lazy("Merge"), "git-merge", MERGE, _merge_selected, confirm=_consequence),
    BulkAction("dismiss", lazy("They are two people"), "users", MERGE, _dismiss_selected),
)


def merge_status(merge: Merge) -> Status:
    if merge.state == Merge.State.DONE:
        return Status("ok", Merge.State.DONE.label)
    return Status("neutral", Merge.State.UNDONE.label, formats.moment(merge.undone_at))


def _survivor(merge: Merge) -> Person:
    return Person(
        str(merge.survivor),
        merge.survivor.email,
        url=reverse("customers:merge_page", args=[merge.public_id]),
        initials_of=str(merge.survivor),
    )


class MergeFilter(django_filters.FilterSet):
    state = AnyOfFilter(label=lazy("State"), choices=Merge.State.choices)
    by = AnyOfRowsFilter(
        label=lazy("By"),
        queryset=staff_named(),
        field_name="merged_by",
        empty_label=lazy("the system"),
    )
    merged = WhenFilter(label=lazy("Merged"), field_name="merged_at", is_nullable=False)

    class Meta:
        model = Merge
        fields: tuple[str, ...] = ()


class MergeIndex(IndexPage[Merge]):
    key = "merges"
    title = lazy("Merges")
    search_label = lazy("Name, e-mail or document of the record that stayed")
    permission = "customers.view_merge"
    export_permission = "customers.export_customers"
    filterset_class = MergeFilter
    columns = (
        Column("survivor", lazy("Stayed"), _survivor, card="title"),
        Column("loser", lazy("Went into it"), lambda row: Person(str(row.loser), row.loser.email)),
        Column("state", lazy("State"), merge_status),
        Column("moved", lazy("Moved"), lambda row: ", ".join(moves_of(row)), card="hidden"),
        Column("by", lazy("By"), lambda row: str(row.merged_by or ""), card="hidden"),
        Column("at", lazy("Merged"), "merged_at", sort="newest"),
    )
    sorts = (Sort("newest", lazy("Merged"), "merged_at", descending=True, nullable=False),)
    views = (
        View("all", pgettext_lazy("feminine", "All")),
        View("done", lazy("Standing"), {"state": "done"}),
        View("undone", pgettext_lazy("merges", "Undone"), {"state": "undone"}),
    )
    empty = EmptyState(
        lazy("No merges yet"),
        lazy("When two records become one it stands here, and can be undone at any time."),
        icon="git-merge",
    )

    def queryset(self) -> "QuerySet[Merge]":
        return Merge.objects.select_related("survivor", "loser", "merged_by")

    def row_label(self, row: Merge) -> str:
        return _("%(one)s and %(other)s") % {"one": row.survivor, "other": row.loser}

    def search(self, rows: "QuerySet[Merge]", text: str) -> "QuerySet[Merge]":
        try:
            return rows.filter(survivor__in=people_like(text))
        except DomainError:
            return rows.none()

    def actions(self) -> Sequence[Action]:
        return (Action(_("Possible duplicates"), reverse("customers:duplicates"), "users"),)

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s merge", "%(n)s merges", count) % {"n": formats.number(count)}
