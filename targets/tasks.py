"""Celery tasks of the targets app: thin and idempotent."""

from celery import shared_task

from config.kit import wakeups
from targets.services.drifts import drifts_repair
from targets.services.refresh import sizes_keep, targets_refresh_due
from targets.upkeep.auditing import targets_audit
from targets.upkeep.worker import Upkeep

RUN_SECONDS = 50.0
AUDIT_SAMPLE = 5


@shared_task(name="targets.refresh_due")
def refresh_due() -> None:
    targets_refresh_due()
    sizes_keep()


@shared_task(name="targets.upkeep")
def upkeep(queue: str = "upkeep") -> None:
    """Follow changes and time for a while; ring again at the end, and beat rings anyway."""
    Upkeep().run(RUN_SECONDS)
    wakeups.ring("targets.upkeep", queue=queue)


@shared_task(name="targets.audit")
def audit() -> None:
    """A few targets, by chance; whatever drifted is stored, and evaluated anew."""
    targets_audit(sample=AUDIT_SAMPLE)
    drifts_repair()
