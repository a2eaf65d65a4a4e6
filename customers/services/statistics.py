"""Counting the statistics, behind the back of whoever reads them."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from config.kit import clock
from customers.models import Statistics
from customers.selectors.statistics import statistics_held, statistics_of

LASTS: Final = timedelta(minutes=55)


@transaction.atomic
def statistics_count() -> Statistics:
    """Count everything and keep it, in the place of what was counted before."""
    now = clock.now()
    held, _is_new = Statistics.objects.update_or_create(
        pk=1, defaults={"data": statistics_of(now), "counted_at": now}
    )
    return held


def statistics_current() -> Statistics:
    """What was counted last; only what nobody has counted yet is counted there and then."""
    return statistics_held() or statistics_count()


def statistics_count_due() -> bool:
    """Once an hour; False when that is not over."""
    held = statistics_held()
    if held is not None and held.counted_at > clock.now() - LASTS:
        return False
    statistics_count()
    return True
