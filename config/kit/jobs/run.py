"""What a running job sees: its parameters, progress, errors, files and the wish to stop."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F

from config.kit import clock
from config.kit.models import Job, JobError, JobFile

LEASE = timedelta(seconds=20)
FILE_LIFE = timedelta(hours=24)
MAX_ERRORS_KEPT = 100_000


class JobCancelled(Exception):
    """Somebody asked the job to stop."""


class LeaseLost(Exception):
    """Another worker owns the job now; this one must write nothing more."""


@dataclass(frozen=True, kw_only=True)
class RowError:
    reason: str
    line: int | None = None
    column: str = ""


class JobRun:
    """One attempt at a job. All writes are conditional on its epoch."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.state: dict[str, Any] = dict(job.checkpoint)
        self._epoch = job.epoch

    def check(self) -> None:
        """Call it between steps.

        :raises JobCancelled: the person who waits no longer wants it.
        :raises LeaseLost: another worker took over.
        """
        row = Job.objects.filter(pk=self.job.pk).values_list("epoch", "is_cancel_requested").first()
        if row is None or row[0] != self._epoch:
            raise LeaseLost
        if row[1]:
            raise JobCancelled

    def progress(self, done: int, total: int | None = None, *, stage: str | None = None) -> None:
        """Show how far the work is, extend the lease, and stop if asked to."""
        values: dict[str, Any] = {"done": done, "lease_until": clock.now() + LEASE}
        if total is not None:
            values["total"] = total
        if stage is not None:
            values["stage"] = stage
        self._update(**values)
        self.check()

    def save_state(self, **changes: Any) -> None:
        """Remember how far the work is; inside the transaction of that work, where there is one."""
        self.state.update(changes)
        self._update(checkpoint=self.state)

    def save_part(self, key: str, part: str, value: dict[str, Any]) -> None:
        """Remember ``state[key][part]`` alone: threads that share a job each keep their own part.

        ``state`` itself is not touched, so that what a thread has not committed is never saved by
        another one.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE kit_job SET checkpoint = jsonb_set(checkpoint, ARRAY[%s, %s], %s::jsonb) "
                "WHERE id = %s AND epoch = %s",
                [key, part, json.dumps(value), self.job.pk, self._epoch],
            )
            if not cursor.rowcount:
                raise LeaseLost

    def errors(self, rows: Iterable[RowError]) -> int:
        """Keep refused rows (at most 100,000 of them; all are counted)."""
        found = list(rows)
        room = max(0, MAX_ERRORS_KEPT - self.job.error_count)
        JobError.objects.bulk_create(
            [
                JobError(job=self.job, line=row.line, column=row.column[:200], reason=row.reason)
                for row in found[:room]
            ],
            batch_size=2000,
        )
        self.job.error_count += len(found)
        self._update(error_count=F("error_count") + len(found))
        return len(found)

    def error(self, reason: str, *, line: int | None = None, column: str = "") -> None:
        self.errors([RowError(reason=reason, line=line, column=column)])

    def new_file(self, name: str) -> Path:
        """A path for a result file; tell ``keep_file`` when it is written."""
        folder = Path(settings.FILES_DIR) / "jobs" / str(self.job.public_id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / Path(name).name

    def keep_file(self, path: Path, *, content_type: str, name: str | None = None) -> JobFile:
        """Offer a written file for download for 24 hours."""
        return JobFile.objects.create(
            job=self.job,
            name=name or path.name,
            path=str(path.relative_to(settings.FILES_DIR)),
            content_type=content_type,
            size=path.stat().st_size,
            expires_at=clock.now() + FILE_LIFE,
        )

    def _update(self, **values: Any) -> None:
        if not Job.objects.filter(pk=self.job.pk, epoch=self._epoch).update(**values):
            raise LeaseLost


class Heartbeat(threading.Thread):
    """Extends the lease while a long statement keeps the job's own thread busy."""

    def __init__(self, run: JobRun) -> None:
        super().__init__(daemon=True, name=f"job-{run.job.pk}")
        self._pk, self._epoch = run.job.pk, run.job.epoch
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(LEASE.total_seconds() / 4):
            Job.objects.filter(pk=self._pk, epoch=self._epoch, state=Job.State.RUNNING).update(
                lease_until=clock.now() + LEASE
            )
        connection.close()

    def stop(self) -> None:
        self._stopped.set()
        self.join()
