"""Applying a reviewed plan, exactly, in chunks.

1. Tags and categories that the file brings are made.
2. Chunk by chunk, in one transaction each: the records are locked; rows whose record changed
   since the review are held back; customers are created and updated; their tags, codes,
   addresses, notes, consents and activity are written; what was done is kept for the undo; the
   job remembers the line that it reached. A killed worker's chunk leaves no trace, a committed one
   is never done again.
3. At the end the batch says what came of it, and the apps above hear of it.
"""

import json
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.events import emit, emit_select
from config.kit.jobs.run import JobRun, RowError
from customers.events import AccountMailRequested, CustomersImported
from customers.importing import apply_sql as sql
from customers.models import Category, ImportBatch

CHUNK = 5000
TRIES = 5


def plan_apply(batch: ImportBatch, run: JobRun, *, chunk: int = CHUNK) -> dict[str, int]:
    """Apply what is left of the plan; returns the counts of the whole batch."""
    _make_words(batch)
    total = batch.counts.get("rows", 0)
    while True:
        high, rows = _next(batch, run.state.get("line", 0), chunk)
        if not rows:
            break
        _apply_chunk(batch, run, high, rows)
        run.progress(run.state["done"], total)
    return _finish(batch, run)


def _next(batch: ImportBatch, low: int, chunk: int) -> tuple[int, int]:
    """The last line of the next chunk and the number of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql.NEXT_LINE, {"batch": batch.pk, "low": low, "rows": chunk})
        row = cursor.fetchone()
    return (row[0] or 0, row[1]) if row else (0, 0)


def _apply_chunk(batch: ImportBatch, run: JobRun, high: int, rows: int) -> None:
    """Somebody may take an address between our look and our write: then look again."""
    for attempt in range(TRIES):
        before = dict(run.state)
        try:
            with transaction.atomic():
                _apply_range(batch, run, high, rows)
        except IntegrityError:
            run.state = before
            if attempt == TRIES - 1:
                raise
        else:
            return


def _apply_range(batch: ImportBatch, run: JobRun, high: int, rows: int) -> None:
    params: dict[str, Any] = {
        "batch": batch.pk,
        "low": run.state.get("line", 0),
        "high": high,
        "now": clock.now(),
        "actor": batch.uploaded_by_id,
        "origin": json.dumps({"import": str(batch.public_id)}),
        "reason": _("The record changed after the review."),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        cursor.execute(sql.LOCK, params)
        cursor.execute(sql.HOLD, params)
        held = [row[0] for row in cursor.fetchall()]
        for statement in _statements(batch):
            cursor.execute(statement, params)
        cursor.execute(sql.COUNTS, params)
        created, updated = cursor.fetchone() or (0, 0)
    if batch.options.get("mail"):
        emit_select(AccountMailRequested, sql.MAILS, params)
    if held:
        run.errors(RowError(line=line, reason=params["reason"]) for line in held)
    _remember(run, high, rows, created=created, updated=updated, conflict=len(held))


def _statements(batch: ImportBatch) -> list[str]:
    """What has to be written, without the statements for columns that the file has not."""
    used = {one["field"].partition(".")[0] for one in batch.columns}
    return [
        sql.CREATE,
        sql.UPDATE,
        *([sql.TAGS] if "tags" in used or batch.options.get("tag") else []),
        *([sql.CATEGORIES] if "categories" in used or batch.options.get("category") else []),
        *([sql.EXTERNALS] if "external" in used else []),
        *([sql.ADDRESSES] if "address" in used else []),
        *([sql.NOTES] if "note" in used else []),
        *([sql.CONSENTS, sql.CONSENT_ACTIVITY] if _asks_consent(batch) else []),
        sql.ACTIVITY,
    ]


def _asks_consent(batch: ImportBatch) -> bool:
    return str(batch.options.get("consent", {}).get("mode", "no")) != "no"


def _remember(run: JobRun, high: int, rows: int, **counts: int) -> None:
    state = run.state
    run.save_state(
        line=high,
        done=state.get("done", 0) + rows,
        **{name: state.get(name, 0) + count for name, count in counts.items()},
    )


def _make_words(batch: ImportBatch) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.MISSING_TAGS, {"batch": batch.pk})
        cursor.execute(sql.CATEGORY_WORDS, {"batch": batch.pk})
        words = [row[0] for row in cursor.fetchall()]
    for word in words:
        code = slugify(word)[:60]
        if not code:
            raise DomainError(
                "category_unnamable",
                _("A category needs letters or digits: %(name)s.") % {"name": word},
            )
        Category.objects.get_or_create(code=code, defaults={"name": word[:120]})


@transaction.atomic
def _finish(batch: ImportBatch, run: JobRun) -> dict[str, int]:
    state = run.state
    planned = batch.counts
    counts = {
        "rows": planned.get("rows", 0),
        "create": state.get("created", 0),
        "update": state.get("updated", 0),
        "unchanged": planned.get("unchanged", 0),
        "conflict": planned.get("conflict", 0) + state.get("conflict", 0),
        "reject": planned.get("reject", 0),
    }
    done = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.APPLYING).update(
        state=ImportBatch.State.APPLIED, applied_at=clock.now(), counts=counts
    )
    if done:
        emit(CustomersImported(batch_id=batch.pk))
        audit.record(
            "customers.import.applied",
            actor=batch.uploaded_by,
            subject=batch,
            data={"counts": counts, "options": batch.options},
        )
    return counts
