"""The list of jobs."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from config.kit.backoffice import job_reading
from config.kit.backoffice import trail_reading as reading
from config.kit.jobs.registry import kinds
from config.kit.models import Job
from config.kit.pages import Column, EmptyState, IndexPage, Sort, Status, TwoLines, View, formats
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter


def _kind_choices() -> list[tuple[str, Any]]:
    return [(key, kind.title) for key, kind in kinds.items()]


class JobFilter(django_filters.FilterSet):
    state = AnyOfFilter(label=_("State"), choices=Job.State.choices)
    kind = AnyOfFilter(label=_("Kind"), choices=_kind_choices)
    created = WhenFilter(label=_("Asked for"), field_name="created_at", is_nullable=False)
    who = AnyOfRowsFilter(
        label=_("Who"),
        queryset=reading.staff(),
        field_name="requested_by",
        empty_label=_("the system"),
    )
    finished = WhenFilter(
        label=_("Ended"),
        field_name="finished_at",
        empty_label=_("not yet"),
        filled_label=_("has ended"),
    )

    class Meta:
        model = Job
        fields: list[str] = []


def _title(job: Job) -> TwoLines:
    who = str(job.requested_by) if job.requested_by_id else _("The system")
    return TwoLines(job.title, who, reverse("jobs:detail", args=[job.public_id]))


def _state(job: Job) -> Status:
    return Status(
        job_reading.TONES[job.state], Job.State(job.state).label, job_reading.progress_text(job)
    )


def _took(job: Job) -> str:
    if not (job.started_at and job.finished_at):
        return ""
    return formats.span((job.finished_at - job.started_at).total_seconds())


class JobIndex(IndexPage[Job]):
    key = "jobs"
    title = _("Jobs")
    search_label = _("Title of the job")
    filterset_class = JobFilter
    export_permission = "kit.view_job"
    columns = (
        Column("title", _("Job"), _title, card="title"),
        Column("state", _("State"), _state),
        Column("errors", _("Errors"), "error_count", card="aside", card_label=_("Errors")),
        Column("created", _("Asked for"), "created_at", sort="created"),
        Column("finished", _("Ended"), "finished_at", default=False, card="hidden"),
        Column("took", _("Took"), _took, align="end"),
    )
    sorts = (Sort("created", _("Asked for"), "created_at", descending=True),)
    views = (
        View("all", _("All")),
        View("active", _("Running"), {"state": ["queued", "running"]}),
        View("failed", pgettext_lazy("jobs", "Failed"), {"state": "failed"}),
    )
    empty = EmptyState(
        _("No work has been asked for yet"),
        _("Imports, exports and bulk changes show up here while they run and after they end."),
    )

    def queryset(self) -> QuerySet[Job]:
        return job_reading.jobs_of(self.user).select_related("requested_by")

    def search(self, rows: QuerySet[Job], text: str) -> QuerySet[Job]:
        return rows.filter(title__icontains=text)

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s job", "%(n)s jobs", count) % {"n": formats.number(count)}
