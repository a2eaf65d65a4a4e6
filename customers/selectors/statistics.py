"""Visits, interaction and who comes back: counted over all people, read as a page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count

from config.kit import clock
from customers.models import Customer, RegistrationCode, Statistics
from customers.registry import counted_as
from customers.selectors.activity_kinds import own_interactions
from customers.selectors.customers import activities_by_day

PERIOD: Final = 28
MONTHS: Final = 6
MOST_CODES: Final = 8
# One row a person: what they did in the last 28 days and in the 28 before.
PERIODS = """
WITH person AS (
    SELECT customer_id,
        count(*) FILTER (WHERE kind = ANY(%(visits)s) AND occurred_at >= %(middle)s) AS visits,
        count(*) FILTER (WHERE kind = ANY(%(visits)s) AND occurred_at < %(middle)s) AS visits_old,
        count(*) FILTER (WHERE kind <> ALL(%(visits)s) AND occurred_at >= %(middle)s) AS acts,
        count(*) FILTER (WHERE kind <> ALL(%(visits)s) AND occurred_at < %(middle)s) AS acts_old
    FROM customers_activity
    WHERE kind = ANY(%(kinds)s) AND occurred_at >= %(first)s AND occurred_at < %(until)s
    GROUP BY customer_id)
SELECT coalesce(sum(visits), 0), coalesce(sum(visits_old), 0),
    count(*) FILTER (WHERE visits > 0), count(*) FILTER (WHERE visits_old > 0),
    coalesce(sum(acts), 0), coalesce(sum(acts_old), 0),
    count(*) FILTER (WHERE acts > 0), count(*) FILTER (WHERE acts_old > 0),
    count(*) FILTER (WHERE visits + acts > 0), count(*) FILTER (WHERE visits_old + acts_old > 0),
    count(*) FILTER (WHERE visits + acts > 0 AND visits_old + acts_old > 0)
FROM person
"""
# Of those who registered in a month, how many did something in it and in each later one.
COHORTS = """
WITH people AS (
    SELECT id, date_trunc('month', registered_at AT TIME ZONE %(zone)s)::date AS joined
    FROM customers_customer WHERE registered_at >= %(since)s AND registered_at < %(until)s
        AND trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL),
active AS (
    SELECT DISTINCT customer_id,
        date_trunc('month', occurred_at AT TIME ZONE %(zone)s)::date AS month
    FROM customers_activity
    WHERE kind = ANY(%(kinds)s) AND occurred_at >= %(since)s AND occurred_at < %(until)s)
SELECT people.joined, active.month, count(*)
FROM people JOIN active ON active.customer_id = people.id AND active.month >= people.joined
GROUP BY people.joined, active.month
"""
SIZES = """
SELECT date_trunc('month', registered_at AT TIME ZONE %(zone)s)::date, count(*)
FROM customers_customer WHERE registered_at >= %(since)s AND registered_at < %(until)s
    AND trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL
GROUP BY 1 ORDER BY 1
"""
NAMES = (
    "visits", "visits_old", "visitors", "visitors_old", "interactions", "interactions_old",
    "interacting", "interacting_old", "active", "active_old", "stayed",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Who registered in a month, and how many of them were active in it and in each month after."""

    month: date
    people: int
    active: list[int] = field(default_factory=list)


def kinds_counted() -> tuple[list[str], list[str]]:
    """Kinds of activity that are visits, and those that are interactions."""
    visits = sorted(key for key, kind in counted_as.items() if kind == "visit")
    others = sorted(key for key, kind in counted_as.items() if kind == "interaction")
    return visits, [*others, *own_interactions()]


def statistics_of(now: datetime) -> dict[str, Any]:
    """Everything, counted: seconds for millions of activities."""
    visits, interactions = kinds_counted()
    today = now.astimezone(clock.site_zone()).date()
    middle = _midnight(today - timedelta(days=PERIOD - 1))
    params = {
        "visits": visits,
        "kinds": [*visits, *interactions],
        "first": middle - timedelta(days=PERIOD),
        "middle": middle,
        "until": now,
        "since": _midnight(_months_back(today, MONTHS - 1)),
        "zone": str(clock.site_zone()),
    }
    numbers = dict(zip(NAMES, _rows(PERIODS, params)[0], strict=True))
    return {
        **{name: int(value) for name, value in numbers.items()},
        "cohorts": _cohorts(params, today),
        "sources": _sources(middle),
        "codes": _codes(middle),
    }


def _cohorts(params: dict[str, Any], today: date) -> list[dict[str, Any]]:
    found = {(joined, month): n for joined, month, n in _rows(COHORTS, params)}
    sizes = dict(_rows(SIZES, params))
    months = [_months_back(today, back) for back in range(MONTHS - 1, -1, -1)]
    return [
        {
            "month": month.isoformat(),
            "people": sizes.get(month, 0),
            "active": [found.get((month, later), 0) for later in months[number:]],
        }
        for number, month in enumerate(months)
    ]


def _sources(since: datetime) -> list[list[Any]]:
    rows = Customer.objects.live().filter(registered_at__gte=since).values_list("source")
    return [list(one) for one in rows.annotate(n=Count("pk")).order_by("-n", "source")]


def _codes(since: datetime) -> list[list[Any]]:
    """Ids of the codes by which most people came; of those that people share all together."""
    used = RegistrationCode.objects.filter(
        uses__used_at__gte=since, uses__voided_at=None, uses__customer__in=Customer.objects.live()
    )
    shared = used.filter(customer__isnull=False).aggregate(n=Count("uses"))["n"]
    given = used.filter(customer=None).values_list("pk").annotate(n=Count("uses"))
    rows = [list(one) for one in given.order_by("-n", "pk")[:MOST_CODES]]
    return [*rows, [None, shared]] if shared else rows


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _months_back(day: date, months: int) -> date:
    """The first day of the month so many months ago."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return clock.span_of(day, day)[0]


def statistics_held() -> Statistics | None:
    """What was counted last."""
    return Statistics.objects.filter(pk=1).first()


def cohorts_of(data: dict[str, Any]) -> list[Cohort]:
    return [
        Cohort(month=date.fromisoformat(one["month"]), people=one["people"], active=one["active"])
        for one in data.get("cohorts", [])
    ]


def code_names(ids: Sequence[int]) -> dict[int, str]:
    return dict(RegistrationCode.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def visits_by_day(first: date, last: date) -> dict[date, int]:
    return activities_by_day(*kinds_counted()[0])(first, last)


def interactions_by_day(first: date, last: date) -> dict[date, int]:
    return activities_by_day(*kinds_counted()[1])(first, last)
