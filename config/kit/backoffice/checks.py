"""Checking what must always hold, as a job; the last answer stays readable with its time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit import audit
from config.kit.invariants import invariants, words
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job

KIND: Final = "kit.check_invariants"
PERMISSION: Final = "kit.check_invariants"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule and how many rows broke it; None: it was not asked then."""

    name: str
    text: str | Promise
    count: int | None
    url: str

    @property
    def tone(self) -> str:
        return "slate" if self.count is None else "danger" if self.count else "ok"


@dataclass(frozen=True, kw_only=True)
class LastCheck:
    at: datetime
    job: Job
    checks: list[Check]

    @property
    def broken(self) -> int:
        return sum(bool(one.count) for one in self.checks)


def _outcome(result: dict[str, Any]) -> list[tuple[str | Promise, int]]:
    found = result["violations"]
    return [(_("Checked"), len(found)), (_("Broken"), sum(bool(one) for one in found.values()))]


@job_kind(
    KIND,
    title=_("Check what must always hold"),
    icon="shield-check",
    permission=PERMISSION,
    result_url=lambda _params: reverse("kit:invariants"),
    outcome=_outcome,
)
def run_checks(run: JobRun) -> dict[str, Any]:
    """One rule after the other; a job that was killed goes on where it was."""
    names = list(invariants)
    found: dict[str, int] = dict(run.state.get("found", {}))
    for name in names:
        if name not in found:
            found[name] = invariants[name]()
            run.save_state(found=found)
        run.progress(len(found), len(names))
    return {"violations": found}


@transaction.atomic
def check_start(*, by: AbstractBaseUser | None = None, request: HttpRequest | None = None) -> Job:
    """Start a check; while one is under way, that one."""
    under_way = Job.objects.select_for_update().filter(kind=KIND, state__in=Job.ACTIVE).first()
    if under_way is not None:
        return under_way
    job = job_start(kind=KIND, params={}, by=by)
    audit.record("kit.invariants.asked", actor=by, subject=job, request=request)
    return job


def check_under_way() -> Job | None:
    return Job.objects.filter(kind=KIND, state__in=Job.ACTIVE).order_by("-id").first()


def last_check() -> LastCheck | None:
    """The newest check that came to its end; broken rules first."""
    rows = Job.objects.filter(kind=KIND, state=Job.State.SUCCEEDED, finished_at__isnull=False)
    job = rows.order_by("-id").first()
    if job is None or job.finished_at is None:
        return None
    found: dict[str, int] = job.result.get("violations", {})
    checks = [_check(name, found.get(name)) for name in invariants]
    return LastCheck(
        at=job.finished_at, job=job, checks=sorted(checks, key=lambda one: -(one.count or 0))
    )


def _check(name: str, count: int | None) -> Check:
    kept = words[name]
    url = reverse(kept.url_name) if kept.url_name else ""
    return Check(name=name, text=kept.text, count=count, url=url)
