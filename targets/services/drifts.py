"""Repairing what an audit found wrong."""

from config.kit import clock
from targets.models import Drift
from targets.services.refresh import target_refresh


def drifts_repair() -> int:
    """Evaluate anew every target with an open incident; returns how many incidents that closed."""
    waiting = Drift.objects.filter(repaired_at=None).select_related("target").order_by("id")
    closed = 0
    for drift in waiting:
        if target_refresh(target=drift.target) is not None:
            closed += Drift.objects.filter(pk=drift.pk).update(repaired_at=clock.now())
    return closed
