"""Counts by day of the site. A worker gathers them, so that a page with figures reads rows only.

1. An app registers a metric: how often something happened on each day of a range.
2. ``counts_gather`` (every two minutes) counts today and yesterday again, and what is missing of
   the last eight weeks.
3. ``series`` reads; only a day that nobody has counted yet is counted there and then.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from config.kit import clock
from config.kit.models import DailyCount
from config.kit.registry import Registry

WEEKS = 8
DAYS = WEEKS * 7


@dataclass(frozen=True, kw_only=True)
class DailyMetric:
    """``count(first, last)`` answers the number of each day; a day without is zero.

    ``is_quick``: an index answers, so today is counted at each reading.
    """

    count: Callable[[date, date], Mapping[date, int]]
    is_quick: bool = False


metrics: Registry[DailyMetric] = Registry("daily metrics")


def days_until_today(days: int) -> list[date]:
    today = clock.today()
    return [today - timedelta(days=back) for back in range(days - 1, -1, -1)]


def counts_gather() -> None:
    """Count the last two days of each metric again, and the days that are missing."""
    days = days_until_today(DAYS)
    held = _held(list(metrics), days)
    for name in metrics:
        missing = [day for day in days[:-2] if day not in held[name]]
        _count(name, missing)
        _count(name, days[-2:])


def series(names: Iterable[str], *, days: int = DAYS) -> dict[str, list[int]]:
    """The value of each day for each metric, oldest first."""
    wanted = days_until_today(days)
    held = _held(list(names), wanted)
    for name, values in held.items():
        missing = [day for day in wanted if day not in values]
        if missing:
            values.update(_count(name, missing))
        elif metrics[name].is_quick:
            values.update(_values(name, wanted[-1:]))
    return {name: [values[day] for day in wanted] for name, values in held.items()}


def _held(names: list[str], days: list[date]) -> dict[str, dict[date, int]]:
    held: dict[str, dict[date, int]] = {name: {} for name in names}
    rows = DailyCount.objects.filter(metric__in=names, day__gte=days[0], day__lte=days[-1])
    for metric, day, value in rows.values_list("metric", "day", "value"):
        held[metric][day] = value
    return held


def _values(name: str, days: list[date]) -> dict[date, int]:
    found = metrics[name].count(days[0], days[-1])
    return {day: found.get(day, 0) for day in days}


def _count(name: str, days: list[date]) -> dict[date, int]:
    if not days:
        return {}
    values = _values(name, days)
    now = clock.now()
    DailyCount.objects.bulk_create(
        [
            DailyCount(metric=name, day=day, value=value, counted_at=now)
            for day, value in values.items()
        ],
        update_conflicts=True,
        unique_fields=["metric", "day"],
        update_fields=["value", "counted_at"],
    )
    return values
