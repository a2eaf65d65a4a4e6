"""How far upkeep is: what screens and operations ask."""

from datetime import datetime

from django.db.models import Sum

from targets.models import Drift, Target
from targets.upkeep.database import fetch


def stands_at(target: Target) -> datetime | None:
    """The instant up to which the memberships stand; None before the first evaluation."""
    if target.evaluated_at is None:
        return None
    followed: datetime = fetch("SELECT min(stands_at) FROM targets_shard")[0][0]
    return max(target.evaluated_at, followed)


def open_drift(target: Target) -> int:
    """People whom an audit found wrong and no evaluation has put right yet."""
    waiting = Drift.objects.filter(target=target, repaired_at=None)
    return int(waiting.aggregate(number=Sum("number"))["number"] or 0)


def drifted_targets() -> list[Target]:
    """Targets with an incident that is not put right yet."""
    return list(Target.objects.filter(drifts__repaired_at=None).distinct().order_by("name")[:20])
