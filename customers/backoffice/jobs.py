"""Jobs over a selection of the list, and how they are taken back."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.access import StaffUser
from config.kit.jobs.registry import JobUndo, job_kind
from config.kit.jobs.run import JobRun
from config.kit.models import Job
from customers.backoffice.index import CustomerIndex
from customers.models import BulkRun, User
from customers.services.bulk import change_selected
from customers.services.bulk_undo import undo_changes, undo_refusal


def _undo_of(job: Job, user: StaffUser) -> JobUndo | None:
    """The way back of a bulk action, or why there is none any more."""
    run = BulkRun.objects.select_related("undo_job").filter(job=job).first()
    if run is None or not isinstance(user, User):
        return None
    done_by = reverse("jobs:detail", args=[run.undo_job.public_id]) if run.undo_job else ""
    return JobUndo(
        url=reverse("customers:bulk_undo", args=[job.public_id]),
        until=run.undo_until,
        refusal=undo_refusal(run, user),
        done_url=done_by,
    )


def _changed(result: dict[str, Any]) -> list[tuple[str | Promise, int]]:
    return [(_("Changed"), result["changed"]), (_("Left as they were"), result["unchanged"])]


def _given_back(result: dict[str, Any]) -> list[tuple[str | Promise, int]]:
    return [(_("Given back"), result["undone"]), (_("Left as they are"), result["held"])]


@job_kind(
    "customers.change_many",
    title=_("Changing customers"),
    icon="users",
    undo=_undo_of,
    outcome=_changed,
)
def change_many(job: JobRun) -> dict[str, Any]:
    """Change the selected people; see ``customers.services.bulk``."""
    return change_selected(job, CustomerIndex.selected(job.params["selection"]))


@job_kind(
    "customers.undo_many",
    title=_("Undoing a change of customers"),
    icon="arrow-back-up",
    outcome=_given_back,
)
def undo_many(job: JobRun) -> dict[str, Any]:
    """Give back what a bulk action changed; see ``customers.services.bulk_undo``."""
    return undo_changes(job)
