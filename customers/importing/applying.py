"""Applying a reviewed plan, exactly, in chunks.

1. Tags, categories and registration codes that the file brings are made.
2. Chunk by chunk, in one transaction each: the records are locked; rows whose record changed
   since the review are held back; customers are created and updated; their tags, codes,
   addresses, notes, consents and activity are written; what was done is kept for the undo; the
   lane remembers the line that it reached. A killed worker's chunk leaves no trace, a committed
   one is never done again.
3. At the end the batch says what came of it, and the apps above hear of it.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, count
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.events import emit, emit_select
from config.kit.jobs.run import JobRun, RowError
from customers.events import AccountMailRequested, CustomersImported
from customers.importing import apply_sql as sql
from customers.importing import sharing_sql
from customers.models import Category, ImportBatch
from customers.services.codes import GRACE
from customers.services.history import history_announce

CHUNK = 5000
TRIES = 5
LANES = 2
LANES_FROM = 40_000
MAX_LINE = 2**62
COUNTED = ("created", "updated", "conflict")
Lane = dict[str, int]


def plan_apply(batch: ImportBatch, run: JobRun, *, chunk: int = CHUNK) -> dict[str, int]:
    """Apply what is left of the plan; returns the counts of the whole batch.

    A large batch is applied in two lanes, each with its own half of the lines, its own connection
    and its own checkpoint.
    """
    _make_words(batch)
    if "lanes" not in run.state:
        run.save_state(lanes=_lanes(batch))
    lanes: dict[str, Lane] = run.state["lanes"]
    works = [LaneWork(batch, run, name, lanes, chunk) for name in lanes]
    if len(works) == 1:
        works[0].run_to_end()
    else:
        _together(works)
    return _finish(batch, run)


def _lanes(batch: ImportBatch) -> dict[str, Lane]:
    rows = batch.counts.get("rows", 0)
    whole = {"line": 0, "until": MAX_LINE, "done": 0, **dict.fromkeys(COUNTED, 0)}
    if rows < LANES_FROM:
        return {"0": whole}
    with connection.cursor() as cursor:
        cursor.execute(sql.MIDDLE_LINE, {"batch": batch.pk, "rows": rows // LANES})
        row = cursor.fetchone()
    middle = row[0] if row else MAX_LINE
    return {"0": {**whole, "until": middle}, "1": {**whole, "line": middle}}


def _together(works: list["LaneWork"]) -> None:
    """Run the lanes at once; when one of them stops, so do the others after their chunk."""
    language = get_language() or "es"
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=len(works), thread_name_prefix="import") as pool:
        futures = [pool.submit(work.run_in_thread, language, stop) for work in works]
    for future in futures:
        future.result()


class LaneWork:
    """The chunks of one lane, one after the other."""

    def __init__(
        self, batch: ImportBatch, run: JobRun, name: str, lanes: dict[str, Lane], chunk: int
    ) -> None:
        self._batch, self._run, self._chunk = batch, run, chunk
        self._name, self._lanes = name, lanes
        self._statements = _statements(batch)

    def run_in_thread(self, language: str, stop: threading.Event) -> None:
        try:
            with override(language):
                self.run_to_end(stop)
        except BaseException:
            stop.set()
            raise
        finally:
            connection.close()

    def run_to_end(self, stop: threading.Event | None = None) -> None:
        while not (stop and stop.is_set()):
            high, rows = self._next()
            if not rows:
                return
            self._apply_chunk(high, rows)
            done = sum(lane["done"] for lane in self._lanes.values())
            self._run.progress(done, self._batch.counts.get("rows", 0))

    @property
    def _lane(self) -> Lane:
        return self._lanes[self._name]

    def _next(self) -> tuple[int, int]:
        """The last line of the next chunk and the number of its rows."""
        lane = self._lane
        params = {"low": lane["line"], "until": lane["until"], "rows": self._chunk}
        with connection.cursor() as cursor:
            cursor.execute(sql.NEXT_LINE, {"batch": self._batch.pk, **params})
            row = cursor.fetchone()
        return (row[0] or 0, row[1]) if row else (0, 0)

    def _apply_chunk(self, high: int, rows: int) -> None:
        """Somebody may take an address after the review: then hold such rows and try again."""
        for attempt in range(TRIES):
            try:
                with transaction.atomic():
                    after = self._apply_range(high, rows, is_retry=attempt > 0)
            except IntegrityError:
                if attempt == TRIES - 1:
                    raise
            else:
                self._lanes[self._name] = after
                return

    def _apply_range(self, high: int, rows: int, *, is_retry: bool) -> Lane:
        batch, lane = self._batch, self._lane
        params: dict[str, Any] = {
            "batch": batch.pk,
            "low": lane["line"],
            "high": high,
            "now": clock.now(),
            "grace": clock.now() + GRACE,
            "actor": batch.uploaded_by_id,
            "origin": json.dumps({"import": str(batch.public_id)}),
            "reason": _("The record changed after the review."),
        }
        history_announce(by=batch.uploaded_by, origin="import")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
            cursor.execute(sql.LOCK, params)
            held: list[int] = []
            for statement in [sql.HOLD_CHANGED, *([sql.HOLD_TAKEN] if is_retry else [])]:
                cursor.execute(statement, params)
                held += [row[0] for row in cursor.fetchall()]
            for statement in self._statements:
                cursor.execute(statement, params)
            # After the changes, so that the record at this moment has them.
            cursor.execute(sql.ACTIVITY, {**params, "now": clock.now()})
            cursor.execute(sql.COUNTS, params)
            created, updated = cursor.fetchone() or (0, 0)
        if batch.options.get("mail"):
            emit_select(AccountMailRequested, sql.MAILS, params)
        if held:
            self._run.errors(RowError(line=line, reason=params["reason"]) for line in held)
        after = {
            **lane,
            "line": high,
            "done": lane["done"] + rows,
            "created": lane["created"] + created,
            "updated": lane["updated"] + updated,
            "conflict": lane["conflict"] + len(held),
        }
        self._run.save_part("lanes", self._name, after)
        return after


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
        *([sql.CODES] if "registration_code" in used else []),
        *(sharing_sql.APPLY if "sharing_code" in used else []),
        *([sql.CONSENTS, sql.CONSENT_ACTIVITY] if _asks_consent(batch) else []),
        *([sql.SESSIONS] if "status" in used else []),
        *([sql.STAGES] if "lifecycle" in used else []),
    ]


def _asks_consent(batch: ImportBatch) -> bool:
    return str(batch.options.get("consent", {}).get("mode", "no")) != "no"


def _make_words(batch: ImportBatch) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.MISSING_TAGS, {"batch": batch.pk})
        cursor.execute(sql.MISSING_CODES, {"batch": batch.pk})
        cursor.execute(sql.CATEGORY_WORDS, {"batch": batch.pk})
        words = [row[0] for row in cursor.fetchall()]
    for word in words:
        Category.objects.get_or_create(name=word[:120], defaults={"code": _free_code(word)})


def _free_code(word: str) -> str:
    """A code for a category of this name: names that differ are two categories."""
    plain = slugify(word)[:50] or "category"
    used = set(Category.objects.filter(code__startswith=plain).values_list("code", flat=True))
    numbered = (f"{plain}-{number}" for number in count(2))
    return next(code for code in chain([plain], numbered) if code not in used)


@transaction.atomic
def _finish(batch: ImportBatch, run: JobRun) -> dict[str, int]:
    lanes: dict[str, Lane] = run.state["lanes"]
    done = {name: sum(lane[name] for lane in lanes.values()) for name in COUNTED}
    planned = batch.counts
    counts = {
        "rows": planned.get("rows", 0),
        "create": done["created"],
        "update": done["updated"],
        "unchanged": planned.get("unchanged", 0),
        "conflict": planned.get("conflict", 0) + done["conflict"],
        "reject": planned.get("reject", 0),
    }
    is_new = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.APPLYING).update(
        state=ImportBatch.State.APPLIED, applied_at=clock.now(), counts=counts
    )
    if is_new:
        emit(CustomersImported(batch_id=batch.pk))
        audit.record(
            "customers.import.applied",
            actor=batch.uploaded_by,
            subject=batch,
            data={"counts": counts, "options": batch.options},
        )
    return counts
