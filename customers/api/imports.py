"""Between the wizard of imports and what programs send and get."""

from typing import Any

from django.utils.translation import gettext as _

from config.kit.api.problems import Problems, Wrong
from config.kit.models import Job
from customers.api.schemas_imports import PlanIn
from customers.importing.batches import state_of
from customers.importing.reports import PlannedRow
from customers.models import ImportBatch


def columns_of(batch: ImportBatch, sent: PlanIn) -> list[dict[str, str]]:
    """The columns of the file, with what was said of some of them.

    :raises Problems: a column that the file has not.
    """
    said = {one.name: (number, one) for number, one in enumerate(sent.columns)}
    names = {str(column["name"]) for column in batch.columns}
    wrongs = [
        Wrong(
            pointer=f"/columns/{number}/name",
            code="column_unknown",
            detail=_("The file has no column “%(name)s”.") % {"name": name},
        )
        for name, (number, _one) in said.items()
        if name not in names
    ]
    if wrongs:
        raise Problems(wrongs)
    found = []
    for column in batch.columns:
        _number, one = said.get(str(column["name"]), (0, None))
        field = column["field"] if one is None or one.field is None else one.field
        policy = column["policy"] if one is None or one.policy is None else one.policy
        found.append({"field": field, "policy": policy})
    return found


def format_of(sent: PlanIn) -> dict[str, Any]:
    return sent.format.model_dump(exclude_none=True)


def options_of(sent: PlanIn) -> dict[str, Any]:
    return sent.model_dump(
        include={"update", "activate", "mail", "tag", "category", "consent", "match"}
    )


def told(batch: ImportBatch) -> dict[str, Any]:
    job = batch.job
    return {
        "id": batch.public_id,
        "file_name": batch.file_name,
        "state": state_of(batch),
        "columns": batch.columns,
        "counts": batch.counts,
        "progress": _progress(job) if job else None,
        "created_at": batch.created_at,
        "staged_at": batch.staged_at,
        "applied_at": batch.applied_at,
        "undone_at": batch.undone_at,
    }


def _progress(job: Job) -> dict[str, Any]:
    return {
        "state": job.state,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "failure": job.failure,
    }


def told_row(row: PlannedRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "result": row.result,
        "email": row.values["email"] or "",
        "before": row.values["before"] or {},
        "after": row.values["after"] or {},
        "errors": [
            {"column": one.get("column") or "", "reason": one["reason"]} for one in row.errors
        ],
    }
