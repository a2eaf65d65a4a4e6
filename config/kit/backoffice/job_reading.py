"""Which jobs a member of staff sees, and how a job reads on the screen."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.access import StaffUser
from config.kit.jobs.registry import JobUndo, kinds
from config.kit.models import Job, JobError, JobFile
from config.kit.pages import formats
from config.kit.pages.pieces import Tone

SEE_ALL = "kit.change_job"
TRAY_LIFE = timedelta(minutes=15)
FAILED_LIFE = timedelta(days=7)
MOST_IN_TRAY = 3
TONES: dict[str, Tone] = {
    Job.State.QUEUED: "neutral",
    Job.State.RUNNING: "info",
    Job.State.SUCCEEDED: "ok",
    Job.State.FAILED: "danger",
    Job.State.CANCELLED: "slate",
}


def jobs_of(user: Any) -> QuerySet[Job]:
    """One's own jobs, and those of others whose kind one may see."""
    if user.has_perm(SEE_ALL):
        return Job.objects.all()
    open_kinds = [
        key for key, kind in kinds.items() if kind.permission and user.has_perm(kind.permission)
    ]
    return Job.objects.filter(Q(requested_by=user.pk) | Q(kind__in=open_kinds))


def job_of(user: Any, public_id: UUID) -> Job:
    """
    :raises Http404: there is none, or it is not for this person.
    """
    job = jobs_of(user).select_related("requested_by").filter(public_id=public_id).first()
    if job is None:
        raise Http404
    return job


def file_of(user: Any, public_id: UUID, file_id: UUID) -> JobFile:
    """A result file that has not expired.

    :raises Http404: there is none, its time is over, or it is not for this person.
    """
    job = job_of(user, public_id)
    file = JobFile.objects.filter(job=job, public_id=file_id, expires_at__gt=clock.now()).first()
    if file is None:
        raise Http404
    return file


def errors_of(job: Job) -> QuerySet[JobError]:
    return JobError.objects.filter(job=job).order_by("line", "pk")


def files_of(job: Job) -> QuerySet[JobFile]:
    return JobFile.objects.filter(job=job, expires_at__gt=clock.now()).order_by("pk")


@dataclass(frozen=True)
class TrayJob:
    job: Job
    icon: str
    progress: str
    left: str
    file: JobFile | None


def tray_of(user: Any) -> list[TrayJob]:
    """What runs for this person, and what ended within the last quarter of an hour."""
    recent = Q(state__in=Job.ACTIVE) | Q(finished_at__gt=clock.now() - TRAY_LIFE)
    rows = Job.objects.filter(recent, requested_by=user.pk).order_by("-created_at", "-pk")
    jobs = list(rows[:MOST_IN_TRAY])
    fresh = JobFile.objects.filter(job__in=jobs, expires_at__gt=clock.now()) if jobs else []
    files = {file.job_id: file for file in fresh}
    return [
        TrayJob(job, icon_of(job), progress_text(job), left_text(job), files.get(job.pk))
        for job in jobs
    ]


def tray_values(jobs: list[TrayJob]) -> dict[str, Any]:
    """What the tray's template needs; it asks again only while something runs."""
    return {"jobs": jobs, "is_running": any(one.job.is_active for one in jobs)}


def failed_jobs_of(user: Any, *, most: int = 3) -> list[Job]:
    """One's own work of the last week that failed, newest first."""
    rows = Job.objects.filter(
        requested_by=user.pk, state=Job.State.FAILED, finished_at__gt=clock.now() - FAILED_LIFE
    )
    return list(rows.order_by("-created_at", "-pk")[:most])


def icon_of(job: Job) -> str:
    kind = kinds.get(job.kind)
    return kind.icon if kind else "clock"


def progress_text(job: Job) -> str:
    if job.total:
        values = {"done": formats.number(job.done), "total": formats.number(job.total)}
        return _("%(done)s of %(total)s") % values
    return formats.number(job.done) if job.done else ""


def left_text(job: Job) -> str:
    """How long it still takes at the pace so far; empty when nobody can say."""
    if job.state != Job.State.RUNNING or not (job.total and job.done and job.started_at):
        return ""
    passed = (clock.now() - job.started_at).total_seconds()
    return formats.time_left(passed * (job.total - job.done) / job.done) if passed > 3 else ""


def subject_url(job: Job) -> str:
    """Where the thing is that the job worked on; empty when it says none."""
    kind = kinds.get(job.kind)
    return (kind.result_url(job.params) or "") if kind and kind.result_url else ""


def undo_of(job: Job, user: StaffUser) -> JobUndo | None:
    """How this job is taken back, if its kind can be and it did something."""
    kind = kinds.get(job.kind)
    return kind.undo(job, user) if kind and kind.undo else None


def outcome_of(job: Job) -> list[tuple[Any, int]]:
    """The numbers of a finished job with their words."""
    kind = kinds.get(job.kind)
    return kind.outcome(job.result) if kind and kind.outcome and job.result else []


def error_groups(job: Job) -> list[tuple[str, int]]:
    """The commonest reasons and how many rows each refused."""
    rows = errors_of(job).order_by().values_list("reason").annotate(rows=Count("pk"))
    return [(reason, count) for reason, count in rows.order_by("-rows", "reason")[:5]]
