"""Checking a target when somebody asks, and repairing what an audit found wrong."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit import clock
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from targets.models import Drift, Target
from targets.selectors.audits import CHECK_JOB
from targets.services.refresh import target_refresh
from targets.upkeep.auditing import targets_audit


def check_start(*, target: Target, by: AbstractBaseUser | None = None) -> Job:
    """Queue the comparison of a target's people with a fresh evaluation of its rule."""
    return job_start(
        kind=CHECK_JOB,
        params={"target": target.slug},
        by=by,
        title=_("Check the people of %(name)s") % {"name": target.name},
    )


@job_kind(
    CHECK_JOB,
    title=gettext_lazy("Check the people of a target"),
    icon="target",
    permission="targets.view_target",
)
def run_check(run: JobRun) -> dict[str, int]:
    """Whatever drifted is stored, and evaluated anew."""
    found = targets_audit(slugs=[run.params["target"]])
    drifts_repair()
    return {"targets": found.checked, "pending": found.pending, "drift": found.drift}


def drifts_repair() -> int:
    """Evaluate anew every target with an open incident; returns how many incidents that closed."""
    waiting = Drift.objects.filter(repaired_at=None).select_related("target").order_by("id")
    closed = 0
    for drift in waiting:
        if target_refresh(target=drift.target) is not None:
            closed += Drift.objects.filter(pk=drift.pk).update(repaired_at=clock.now())
    return closed
