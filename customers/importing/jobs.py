"""The jobs of imports. Each can be killed at any instant and runs again from where it was."""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit import clock
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun, RowError
from config.kit.models import Job
from customers.importing import files
from customers.importing.applying import plan_apply
from customers.importing.batches import APPLY, STAGE, UNDO
from customers.importing.planning import rows_plan
from customers.importing.staging import rows_are_lost, rows_forget, rows_stage
from customers.importing.undoing import plan_undo
from customers.models import ImportBatch

State = ImportBatch.State
PERMISSION = "customers.import_customers"
ERRORS_KEPT = 100_000
ABANDONED_AFTER = timedelta(days=7)


def _result_url(params: dict[str, Any]) -> str | None:
    return reverse("imports:detail", args=[params["batch"]])


@job_kind(
    STAGE, title=_("Check an import"), icon="upload", permission=PERMISSION, result_url=_result_url
)
def stage(run: JobRun) -> dict[str, Any]:
    batch = _batch(run)
    rows_stage(batch, run)
    counts = rows_plan(batch)
    with transaction.atomic():
        _keep_errors(batch, run)
        ImportBatch.objects.filter(pk=batch.pk, state=State.STAGING).update(
            state=State.REVIEW, counts=counts, staged_at=clock.now()
        )
        run.save_state(is_staged=True)
    return counts


@job_kind(
    APPLY, title=_("Import customers"), icon="upload", permission=PERMISSION, result_url=_result_url
)
def apply(run: JobRun) -> dict[str, Any]:
    batch = _batch(run)
    if rows_are_lost(batch) and batch.state == State.APPLYING:
        _read_again(batch, run)
    return plan_apply(batch, run)


def _read_again(batch: ImportBatch, run: JobRun) -> None:
    """The database server crashed and the plan is gone: make it again.

    Whoever changed after the review is held back, since nobody saw what would happen to them.
    """
    reviewed_at = batch.staged_at.isoformat() if batch.staged_at else None
    batch.options = {**batch.options, "reviewed_at": reviewed_at}
    rows_stage(batch, run)
    rows_plan(batch)


@job_kind(
    UNDO,
    title=_("Undo an import"),
    icon="arrow-back-up",
    permission=PERMISSION,
    result_url=_result_url,
)
def undo(run: JobRun) -> dict[str, Any]:
    return plan_undo(_batch(run), run)


def _batch(run: JobRun) -> ImportBatch:
    return ImportBatch.objects.select_related("uploaded_by").get(public_id=run.params["batch"])


def _keep_errors(batch: ImportBatch, run: JobRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line, told ->> 'column', told ->> 'reason' FROM customers_importrow, "
            "jsonb_array_elements(errors) AS told WHERE batch_id = %s "
            "AND result IN ('reject', 'conflict') ORDER BY line LIMIT %s",
            [batch.pk, ERRORS_KEPT],
        )
        found = cursor.fetchall()
    run.errors(RowError(line=row[0], column=row[1] or "", reason=row[2]) for row in found)


def imports_tidy() -> int:
    """Files and staged rows of what is over: undoable no more, or left lying for a week."""
    now = clock.now()
    over = ImportBatch.objects.exclude(path="").filter(created_at__lt=now - ABANDONED_AFTER)
    gone = 0
    for batch in over.exclude(job__state__in=Job.ACTIVE)[:100]:
        rows_forget(batch)
        files.forget(batch)
        batch.path = ""
        batch.save(update_fields=["path"])
        gone += 1
    return gone
