"""The history of imports."""

from collections.abc import Sequence

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

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
from customers.importing.batches import state_of
from customers.models import ImportBatch
from customers.selectors.staff import staff_named

State = ImportBatch.State
TONES: dict[str, Tone] = {
    State.UPLOADED: "neutral",
    State.STAGING: "info",
    State.REVIEW: "warning",
    State.APPLYING: "info",
    State.APPLIED: "ok",
    State.UNDOING: "info",
    State.UNDONE: "neutral",
    State.FAILED: "danger",
}


def state_label(batch: ImportBatch) -> str:
    return str(State(state_of(batch)).label)


def import_status(batch: ImportBatch) -> Status:
    percent = batch.job.percent if batch.job and batch.job.is_active else None
    return Status(
        TONES[state_of(batch)],
        state_label(batch),
        formats.percent(percent / 100, 0) if percent is not None else "",
    )


def _number(name: str) -> Column[ImportBatch]:
    labels = {
        "rows": lazy("Rows"),
        "create": pgettext_lazy("rows of an import", "Created"),
        "update": lazy("Updated"),
        "reject": lazy("Rejected"),
    }
    return Column(
        name,
        labels[name],
        lambda row: row.counts.get(name),
        align="end",
        card="aside" if name in {"rows", "reject"} else "hidden",
        card_label=labels[name],
    )


class ImportFilter(django_filters.FilterSet):
    state = AnyOfFilter(label=lazy("State"), choices=State.choices)
    who = AnyOfRowsFilter(
        label=lazy("Who"),
        queryset=staff_named(),
        field_name="uploaded_by",
    )
    created = WhenFilter(label=lazy("Uploaded"), field_name="created_at", is_nullable=False)

    class Meta:
        model = ImportBatch
        fields: tuple[str, ...] = ()


class ImportIndex(IndexPage[ImportBatch]):
    key = "imports"
    title = lazy("Imports")
    search_label = lazy("Name of the file")
    permission = "customers.import_customers"
    export_permission = "customers.import_customers"
    filterset_class = ImportFilter
    columns = (
        Column(
            "name",
            lazy("File"),
            lambda row: TwoLines(
                row.file_name,
                str(row.uploaded_by or ""),
                url=reverse("imports:detail", args=[row.public_id]),
            ),
            sort="name",
            card="title",
        ),
        Column("state", lazy("State"), import_status, sort="state"),
        Column("created", lazy("Uploaded"), "created_at", sort="newest"),
        _number("rows"),
        _number("create"),
        _number("update"),
        _number("reject"),
    )
    sorts = (
        Sort("newest", lazy("Uploaded"), "created_at", descending=True, nullable=False),
        Sort("name", lazy("File"), "file_name", nullable=False),
        Sort("state", lazy("State"), "state", nullable=False),
    )
    views = (
        View("all", pgettext_lazy("feminine", "All")),
        View("review", lazy("To be reviewed"), {"state": State.REVIEW}),
        View("applied", pgettext_lazy("imports", "Applied"), {"state": State.APPLIED}),
        View("failed", pgettext_lazy("imports", "Failed"), {"state": State.FAILED}),
    )
    empty = EmptyState(
        lazy("Bring your customers"),
        lazy(
            "Upload a CSV or XLSX file of your shop, your till or your mail program. You see what "
            "would change before anything does, and can undo it for 30 days."
        ),
        icon="file-import",
        actions=(Action(lazy("Import a file"), "/backoffice/imports/new/", style="primary"),),
    )

    def row_label(self, row: ImportBatch) -> str:
        return row.file_name

    def queryset(self) -> "QuerySet[ImportBatch]":
        return ImportBatch.objects.select_related("uploaded_by", "job")

    def search(self, rows: "QuerySet[ImportBatch]", text: str) -> "QuerySet[ImportBatch]":
        return rows.filter(file_name__icontains=text)

    def actions(self) -> Sequence[Action]:
        return (
            Action(_("Import a file"), reverse("imports:upload"), "file-import", style="primary"),
            Action(_("Saved mappings"), reverse("imports:mappings"), "columns"),
        )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s import", "%(n)s imports", count) % {"n": formats.number(count)}
