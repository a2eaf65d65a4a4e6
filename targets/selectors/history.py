"""Targets over time, out of the log of memberships: who was in, who came and went, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from config.kit import clock
from customers.models import Customer
from targets.models import MembershipChange, Target, TargetVersion

THEN = """
SELECT customer_id, occurred_at FROM (
    SELECT DISTINCT ON (customer_id) customer_id, is_entry, occurred_at
    FROM targets_membershipchange WHERE target_id = %s AND occurred_at <= %s
    ORDER BY customer_id, occurred_at DESC, id DESC) AS last
WHERE is_entry
"""


def ids_then(target: Target, at: datetime) -> RawSQL:
    """Ids of the members at a past instant, for ``pk__in``: the log is read once."""
    return RawSQL(f"SELECT customer_id FROM ({THEN}) AS held", (target.pk, at))  # noqa: S608, S611


@dataclass(frozen=True)
class Then:
    """The members at a past instant, a page of them by key. None: the record is gone since."""

    at: datetime
    total: int
    rows: list[tuple[Customer | None, datetime]]
    after: int | None
    version: TargetVersion | None


def then(target: Target, at: datetime, *, after: int = 0, size: int = 25) -> Then:
    """Who was in at an instant, since when, and by which version of the rule."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({THEN}) AS held", [target.pk, at])  # noqa: S608
        [total] = cursor.fetchone()
        cursor.execute(
            f"{THEN} AND customer_id > %s ORDER BY customer_id LIMIT %s",
            [target.pk, at, after, size + 1],
        )
        rows = cursor.fetchall()
    people = Customer.objects.in_bulk([pk for pk, _since in rows[:size]])
    saved = TargetVersion.objects.filter(target=target, saved_at__lte=at)
    return Then(
        at=at,
        total=total,
        rows=[(people.get(pk), since) for pk, since in rows[:size]],
        after=rows[size - 1][0] if len(rows) > size else None,
        version=saved.order_by("-number").first(),
    )


@dataclass(frozen=True)
class Movements:
    """What the log holds between two instants, the newest first; ``has_more`` than the rows."""

    entered: int
    left: int
    causes: list[tuple[str, int, int]]
    rows: list[tuple[MembershipChange, Customer | None]]
    has_more: bool


def changes_between(target: Target, since: datetime, until: datetime) -> QuerySet[MembershipChange]:
    """Entries and exits after ``since``, up to ``until``, in their order."""
    return MembershipChange.objects.filter(
        target_id=target.pk, occurred_at__gt=since, occurred_at__lte=until
    ).order_by("occurred_at", "id")


def movements(target: Target, since: datetime, until: datetime, *, limit: int = 50) -> Movements:
    found = changes_between(target, since, until)
    counted = (
        found.order_by()
        .values("cause")
        .annotate(
            entered=Count("pk", filter=Q(is_entry=True)), left=Count("pk", filter=Q(is_entry=False))
        )
    )
    causes = [(one["cause"], one["entered"], one["left"]) for one in counted]
    newest = list(found.reverse()[: limit + 1])
    people = Customer.objects.in_bulk([one.customer_id for one in newest[:limit]])
    return Movements(
        entered=sum(entered for _cause, entered, _left in causes),
        left=sum(left for _cause, _entered, left in causes),
        causes=sorted(causes, key=lambda one: -one[1] - one[2]),
        rows=[(one, people.get(one.customer_id)) for one in newest[:limit]],
        has_more=len(newest) > limit,
    )


BY_DAY = """
SELECT (occurred_at AT TIME ZONE %(zone)s)::date AS day,
    count(*) FILTER (WHERE is_entry), count(*) FILTER (WHERE NOT is_entry)
FROM targets_membershipchange WHERE target_id = %(target)s AND occurred_at > %(since)s
GROUP BY 1
"""


def movements_by_day(target: Target, *, days: int) -> list[tuple[datetime, int, int]]:
    """For each of the site's days up to today: its end or now, who entered, who left."""
    today = clock.today()
    first = today - timedelta(days=days - 1)
    since, _end = clock.span_of(first, today)
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, {"zone": clock.site_zone().key, "target": target.pk, "since": since})
        found = {day: (entered, left) for day, entered, left in cursor.fetchall()}
    shown = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        shown.append((clock.span_of(day, day)[0], *found.get(day, (0, 0))))
    return shown
