"""Data that nobody needs any more goes by itself, class by class, after the time that staff chose.

1. An app registers a class: what it is, what happens to it, how many rows are over now.
2. Staff set its days; the page shows first how many that would be today.
3. ``retention_run_due`` (beat, hourly) takes each policy that is on, one worker a policy, and lets
   its class work in bounded passes; the trail says how many went, and nobody's name.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.registry import Registry
from customers.models import RetentionPolicy, User

MOST_DAYS: Final = 36_500
LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('retention'), hashtext(%s))"
UNLOCK: Final = "SELECT pg_advisory_unlock(hashtext('retention'), hashtext(%s))"


@dataclass(frozen=True, kw_only=True)
class Over:
    """How many rows are older than a policy allows; about so many where a sample told it."""

    number: int
    is_exact: bool = True


@dataclass(frozen=True, kw_only=True)
class RetentionClass:
    """One kind of data. ``count(before)``: how many rows are older, in well under a second.

    ``run(before)`` removes some of them in transactions of its own and answers how many; 0 when
    nothing is left that may go. A row that something holds up (a legal hold, a mail in flight) is
    passed over. ``least`` days cannot be undercut. ``is_people``: what goes are people, and not
    entries about them.
    """

    label: str | Promise
    what: str | Promise
    count: Callable[[datetime], Over]
    run: Callable[[datetime], int]
    least: int = 1
    is_people: bool = True


retention: Registry[RetentionClass] = Registry("retention")
# Kinds of activity by which a person shows that they are still there, with who says so.
signs_of_life: Registry[str] = Registry("signs of life")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A class with its policy. ``over``: what would go now; None without a number of days."""

    key: str
    rule: RetentionClass
    days: int | None
    over: Over | None
    policy: RetentionPolicy | None


def retention_state(asked: dict[str, int | None] | None = None) -> list[Kept]:
    """Every class as it is, or as it would be with the ``asked`` days (nothing is written)."""
    policies = {one.key: one for one in RetentionPolicy.objects.all()}
    found = []
    for key, rule in retention.items():
        policy = policies.get(key)
        days = asked.get(key) if asked is not None else policy.days if policy else None
        over = None if days is None else rule.count(_before(days))
        found.append(Kept(key=key, rule=rule, days=days, over=over, policy=policy))
    return found


def _before(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


@transaction.atomic
def retention_set(
    *, days: dict[str, int | None], by: User | None = None, request: HttpRequest | None = None
) -> list[str]:
    """Keep each class for so many days (None: for ever); answers the keys that changed.

    :raises DomainError: ``retention_days`` with the class as ``field``: too short or too long.
    """
    changed = []
    for key, value in sorted(days.items()):
        rule = retention[key]
        if value is not None and not rule.least <= value <= MOST_DAYS:
            text = _("From %(least)s to %(most)s days, or empty.")
            raise DomainError(
                "retention_days", text % {"least": rule.least, "most": MOST_DAYS}, field=key
            )
        RetentionPolicy.objects.get_or_create(key=key)
        policy = RetentionPolicy.objects.select_for_update().get(key=key)
        if policy.days == value:
            continue
        before, policy.days = policy.days, value
        policy.updated_by, policy.updated_at = by, clock.now()
        policy.save(update_fields=["days", "updated_by", "updated_at"])
        audit.record(
            "customers.retention.changed",
            actor=by,
            request=request,
            data={"class": key, "before": before, "after": value},
        )
        changed.append(key)
    return changed


def retention_run_due() -> dict[str, int]:
    """One pass of every policy that is on; how many went, by class."""
    return {key: _run(key) for key in retention}


def _run(key: str) -> int:
    """No transaction spans the pass: each row that goes is committed by itself."""
    policy = RetentionPolicy.objects.filter(key=key, days__isnull=False).first()
    if policy is None or policy.days is None:
        return 0
    with _alone(key) as is_alone:
        return _pass(policy, policy.days) if is_alone else 0


def _pass(policy: RetentionPolicy, days: int) -> int:
    gone = retention[policy.key].run(_before(days))
    with transaction.atomic():
        RetentionPolicy.objects.filter(pk=policy.pk).update(
            last_run_at=clock.now(), last_count=gone
        )
        if gone:
            data = {"class": policy.key, "days": days, "rows": gone}
            audit.record("customers.retention.ran", data=data)
    return gone


@contextmanager
def _alone(key: str) -> Iterator[bool]:
    """Whether no other worker is at this class; the lock is the session's, and ends with it."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [key])
        [is_alone] = cursor.fetchone() or [False]
    try:
        yield bool(is_alone)
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute(UNLOCK, [key])
