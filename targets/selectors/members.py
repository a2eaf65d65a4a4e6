"""Who is in a target, and how it grew."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from config.kit import clock
from customers.models import Customer
from targets.models import Membership, MembershipChange, Target, TargetSize
from targets.selectors.history import ids_then


def members(target: Target) -> QuerySet[Customer]:
    """The live members, as the memberships stand."""
    held = Membership.objects.filter(target_id=target.pk, customer_id=OuterRef("pk"))
    return Customer.objects.live().filter(Exists(held))


def members_as_of(target: Target, at: datetime) -> QuerySet[Customer]:
    """Who was a member at a past instant, by the log; also those who are gone since."""
    return Customer.objects.filter(pk__in=ids_then(target, at))


def targets_of(customer: Customer) -> QuerySet[Target]:
    """The targets that a person is in."""
    held = Membership.objects.filter(customer_id=customer.pk, target_id=OuterRef("pk"))
    return Target.objects.filter(Exists(held)).order_by("name", "id")


def standing(
    customer: Customer, *, inside: bool, name: str = "", limit: int
) -> list[tuple[Target, datetime | None]]:
    """The targets that a person is in, with since when, or those that they are not in."""
    held = Membership.objects.filter(customer_id=customer.pk, target_id=OuterRef("pk"))
    rows = Target.objects.annotate(since=Subquery(held.values("entered_at")[:1]))
    rows = rows.filter(since__isnull=not inside, name__icontains=name)
    return [(one, one.since) for one in rows.order_by("name", "id")[:limit]]


def members_among(target: Target, customers: list[Customer]) -> set[int]:
    """The ids of those of these people who are members."""
    held = Membership.objects.filter(
        target_id=target.pk, customer_id__in=[one.pk for one in customers]
    )
    return set(held.values_list("customer_id", flat=True))


@dataclass(frozen=True)
class Size:
    at: datetime
    members: int
    entered: int
    left: int


def sizes(target: Target, *, days: int) -> list[Size]:
    """One size for each day: the last one known at its end; before the first, none."""
    now = clock.now()
    since = now - timedelta(days=days)
    rows = list(TargetSize.objects.filter(target=target, at__gt=since).order_by("at", "id"))
    before = TargetSize.objects.filter(target=target, at__lte=since).order_by("-at", "-id").first()
    found: list[Size] = []
    current = before.members if before else None
    place = 0
    for offset in range(days - 1, -1, -1):
        end = now - timedelta(days=offset)
        entered = left = 0
        while place < len(rows) and rows[place].at <= end:
            current = rows[place].members
            entered += rows[place].entered
            left += rows[place].left
            place += 1
        if current is not None:
            found.append(Size(end, current, entered, left))
    return found


def sparks(targets: list[Target], *, points: int = 30) -> dict[int, list[int]]:
    """The last sizes of the targets of a page, oldest first, by one query."""
    rows: dict[int, list[int]] = {target.pk: [] for target in targets}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT target_id, members FROM ("
            "SELECT target_id, members, at, id, "
            "row_number() OVER (PARTITION BY target_id ORDER BY at DESC, id DESC) AS place "
            "FROM targets_targetsize WHERE target_id = ANY(%s)) AS newest "
            "WHERE place <= %s ORDER BY target_id, at, id",
            [list(rows), points],
        )
        for pk, members_then in cursor.fetchall():
            rows[pk].append(members_then)
    return rows


def last_changes(target: Target, *, limit: int = 12) -> list[tuple[MembershipChange, Any]]:
    """The newest entries and exits with the people they are about (None: gone)."""
    changes = list(
        MembershipChange.objects.filter(target_id=target.pk).order_by("-occurred_at", "-id")[:limit]
    )
    people = Customer.objects.in_bulk([one.customer_id for one in changes])
    return [(one, people.get(one.customer_id)) for one in changes]


@dataclass(frozen=True)
class MembersPage:
    """Members in the order of their registration; ``after`` and ``before`` lead to the others."""

    rows: list[tuple[Customer, datetime]]
    before: int | None
    after: int | None


def members_page(
    target: Target, *, after: int | None = None, before: int | None = None, size: int = 25
) -> MembersPage:
    """A page of members by key, forwards from ``after`` or backwards from ``before``."""
    held = Membership.objects.filter(target_id=target.pk)
    if before is not None:
        found = list(held.filter(customer_id__lt=before).order_by("-customer_id")[: size + 1])
        rows = found[:size][::-1]
        has_before, has_after = len(found) > size, True
    else:
        found = list(held.filter(customer_id__gt=after or 0).order_by("customer_id")[: size + 1])
        rows = found[:size]
        has_before, has_after = after is not None, len(found) > size
    people = Customer.objects.live().in_bulk([one.customer_id for one in rows])
    return MembersPage(
        rows=[
            (people[one.customer_id], one.entered_at) for one in rows if one.customer_id in people
        ],
        before=rows[0].customer_id if rows and has_before else None,
        after=rows[-1].customer_id if rows and has_after else None,
    )


@dataclass(frozen=True)
class Growth:
    """``change`` is against the first size known in the period; None: only one is known."""

    target: Target
    change: int | None


def grown_most(*, days: int, limit: int) -> list[Growth]:
    """The targets whose size changed most, up or down, by two queries.

    The size at the period's start is the last one before it, or the first within it.
    """
    since = clock.now() - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT target.id, target.members_count - coalesce(before.members, first.members) "
            "FROM targets_target AS target "
            "LEFT JOIN LATERAL (SELECT members FROM targets_targetsize WHERE target_id = target.id "
            "AND at <= %s ORDER BY at DESC, id DESC LIMIT 1) AS before ON true "
            "LEFT JOIN LATERAL (SELECT members FROM targets_targetsize WHERE target_id = target.id "
            "ORDER BY at, id LIMIT 1) AS first ON true "
            "WHERE target.evaluated_at IS NOT NULL "
            "ORDER BY abs(target.members_count - coalesce(before.members, first.members)) "
            "DESC NULLS LAST, target.name LIMIT %s",
            [since, limit],
        )
        changes = dict(cursor.fetchall())
    held = Target.objects.in_bulk(changes)
    return [Growth(held[pk], change) for pk, change in changes.items() if pk in held]
