"""Starting, claiming, running, cancelling and retrying jobs. PostgreSQL is the queue."""

import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from config.kit import audit, clock, wakeups
from config.kit.errors import DomainError
from config.kit.jobs.registry import kinds
from config.kit.jobs.run import LEASE, Heartbeat, JobCancelled, JobRun, LeaseLost
from config.kit.models import Job, JobFile
from config.kit.notices import notice_give

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 20
LOOK_SECONDS = 0.2


@transaction.atomic
def job_start(
    *, kind: str, params: dict[str, Any], by: AbstractBaseUser | None = None, title: str = ""
) -> Job:
    """Queue work in the transaction of its cause; a worker is woken after the commit."""
    known = kinds[kind]
    job = Job.objects.create(
        kind=kind,
        title=title or str(known.title),
        queue=known.queue,
        params=params,
        requested_by_id=by.pk if by else None,
    )
    wakeups.after_commit("kit.run_jobs", queue=known.queue)
    return job


def job_claim(
    *, queue: str, kinds_only: list[str] | None = None, pk: int | None = None
) -> Job | None:
    """Take the oldest job that waits or whose worker is gone; None if there is none."""
    with transaction.atomic():
        now = clock.now()
        waiting = Job.objects.filter(queue=queue).filter(
            Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
        )
        if pk is not None:
            waiting = waiting.filter(pk=pk)
        if kinds_only is not None:
            waiting = waiting.filter(kind__in=kinds_only)
        job = waiting.select_for_update(skip_locked=True).order_by("id").first()
        if job is None:
            return None
        job.state = Job.State.RUNNING
        job.attempts += 1
        job.epoch += 1
        job.lease_until = now + LEASE
        job.started_at = job.started_at or now
        job.save(update_fields=["state", "attempts", "epoch", "lease_until", "started_at"])
        return job


def job_run(*, job: Job) -> Job:
    """Run a claimed job to its end and record how it ended."""
    run = JobRun(job)
    heartbeat = Heartbeat(run)
    heartbeat.start()
    try:
        with override(getattr(job.requested_by, "language", None) or settings.SITE_LANGUAGE):
            _run_to_end(job, run)
    finally:
        heartbeat.stop()
    job.refresh_from_db()
    return job


def _run_to_end(job: Job, run: JobRun) -> None:
    try:
        if job.attempts > MAX_ATTEMPTS:
            _finish(job, Job.State.FAILED, failure=_("It was started too many times."))
            return
        run.check()
        result = kinds[job.kind].run(run)
    except JobCancelled:
        _finish(job, Job.State.CANCELLED)
    except LeaseLost:
        logger.warning("job %s (%s): another worker took over", job.pk, job.kind)
    except DomainError as refusal:
        _finish(job, Job.State.FAILED, failure=refusal.message)
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        _finish(job, Job.State.FAILED, failure=_("An unexpected error stopped it."))
    else:
        _finish(job, Job.State.SUCCEEDED, result=result or {})


def _finish(
    job: Job, state: str, *, result: dict[str, Any] | None = None, failure: str = ""
) -> None:
    values: dict[str, Any] = {"state": state, "failure": failure, "finished_at": clock.now()}
    if result is not None:
        values["result"] = result
    if Job.objects.filter(pk=job.pk, epoch=job.epoch).update(lease_until=None, **values):
        _tell(job, state, failure)


def _tell(job: Job, state: str, failure: str) -> None:
    """Whoever asked for the work hears how it ended, in their language."""
    if job.requested_by_id is None or state == Job.State.CANCELLED:
        return
    is_done = state == Job.State.SUCCEEDED
    notice_give(
        user_id=job.requested_by_id,
        key=f"job:{job.pk}:{job.epoch}",
        title=job.title,
        detail=pgettext("job", "Finished") if is_done else failure,
        url=reverse("jobs:detail", args=[job.public_id]),
        icon="circle-check" if is_done else "alert-circle",
        tone="" if is_done else "danger",
    )


def jobs_run_due(*, queue: str, most: int = 20) -> int:
    """Claim and run jobs until none waits; returns how many ran."""
    ran = 0
    while ran < most and (job := job_claim(queue=queue)):
        job_run(job=job)
        ran += 1
    return ran


def job_run_now(*, job: Job) -> Job:
    """Run a queued job in this process (commands); wait for it if a worker was quicker."""
    while (claimed := job_claim(queue=job.queue, pk=job.pk)) is None:
        job.refresh_from_db()
        if job.state not in Job.ACTIVE:
            return job
        time.sleep(LOOK_SECONDS)
    return job_run(job=claimed)


@transaction.atomic
def job_cancel(*, job: Job, by: AbstractBaseUser | None = None) -> None:
    """Ask for the end: a waiting job ends at once, a running one at its next step."""
    audit.record("kit.job.cancelled", actor=by, subject=job, data={"kind": job.kind})
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if waiting.update(state=Job.State.CANCELLED, finished_at=clock.now()):
        return
    if not Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(is_cancel_requested=True):
        raise DomainError("job_is_over", _("This job has already ended."))


@transaction.atomic
def job_retry(*, job: Job, by: AbstractBaseUser | None = None) -> None:
    """Run a failed or cancelled job again from its checkpoint."""
    again = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    if not again.update(
        state=Job.State.QUEUED,
        is_cancel_requested=False,
        failure="",
        attempts=0,
        epoch=F("epoch") + 1,
        finished_at=None,
    ):
        raise DomainError(
            "job_is_not_over", _("Only a job that failed or was cancelled can run again.")
        )
    audit.record("kit.job.retried", actor=by, subject=job, data={"kind": job.kind})
    wakeups.after_commit("kit.run_jobs", queue=job.queue)


def job_files_expire() -> int:
    """Delete result files whose time has come; the database row goes last."""
    gone = 0
    for file in JobFile.objects.filter(expires_at__lt=clock.now())[:500]:
        (Path(settings.FILES_DIR) / file.path).unlink(missing_ok=True)
        file.delete()
        gone += 1
    return gone


def jobs_forget(*, older_than: timedelta = timedelta(days=90)) -> int:
    deleted, _by_model = Job.objects.filter(finished_at__lt=clock.now() - older_than).delete()
    return deleted
