"""Taking a whole batch back, within 30 days, where nobody touched the record since.

Customers whom the batch created go to the trash; on the others the values of before return, and
tags, codes, addresses and notes that it added go. In chunks, each in one transaction, resumable.
"""

import json
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.jobs.run import JobRun, RowError
from customers.importing import undo_sql as sql
from customers.models import ImportBatch
from customers.services.codes import GRACE
from customers.services.history import history_announce

CHUNK = 5000
UNDO_WITHIN = timedelta(days=30)


def plan_undo(batch: ImportBatch, run: JobRun, *, chunk: int = CHUNK) -> dict[str, int]:
    """Undo what is left; returns how many records went back and how many were held."""
    total = batch.counts.get("create", 0) + batch.counts.get("update", 0)
    while True:
        with connection.cursor() as cursor:
            low = run.state.get("line", 0)
            cursor.execute(sql.NEXT_LINE, {"batch": batch.pk, "low": low, "rows": chunk})
            high, rows = cursor.fetchone() or (0, 0)
        if not rows:
            break
        _undo_range(batch, run, high, rows)
        run.progress(run.state["done"], total)
    return _finish(batch, run)


@transaction.atomic
def _undo_range(batch: ImportBatch, run: JobRun, high: int, rows: int) -> None:
    params: dict[str, Any] = {
        "batch": batch.pk,
        "low": run.state.get("line", 0),
        "high": high,
        "now": clock.now(),
        "grace": clock.now() + GRACE,
        "actor": run.job.requested_by_id,
        "origin": json.dumps({"import": str(batch.public_id), "undone": True}),
        "evidence": _("The import %(name)s was undone.") % {"name": batch.file_name},
    }
    history_announce(by=run.job.requested_by, origin="import")
    with connection.cursor() as cursor:
        cursor.execute(sql.LOCK, params)
        for statement in sql.STATEMENTS:
            cursor.execute(statement, params)
        cursor.execute(sql.ACTIVITY, {**params, "now": clock.now()})
        cursor.execute(sql.CONFLICTS, params)
        held = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE import_undo")
    if held:
        reason = _("The record changed after the import; it stays as it is.")
        run.errors(RowError(line=line, reason=reason) for line in held)
    state = run.state
    run.save_state(
        line=high,
        done=state.get("done", 0) + rows,
        held=state.get("held", 0) + len(held),
    )


@transaction.atomic
def _finish(batch: ImportBatch, run: JobRun) -> dict[str, int]:
    done, held = run.state.get("done", 0), run.state.get("held", 0)
    result = {"undone": done - held, "held": held}
    changed = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.UNDOING).update(
        state=ImportBatch.State.UNDONE,
        undone_at=clock.now(),
        counts=batch.counts | result,
    )
    if changed:
        audit.record(
            "customers.import.undone", actor=run.job.requested_by, subject=batch, data=result
        )
    return result
