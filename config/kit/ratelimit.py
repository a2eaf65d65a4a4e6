"""Limits per subject and span of time, counted in PostgreSQL so that all processes share them.

Attempts are counted in slices of a fifteenth of the span, and a span looks back over all the slices
that it touches: nobody gets a second budget where one slice ends and the next begins.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, models

from config.kit import clock
from config.kit.models import RateLimit

SLICES = 15


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What is left of a span; in ``resets_in`` seconds the oldest attempts are forgotten."""

    is_allowed: bool
    remaining: int
    resets_in: int


def allow(scope: str, subject: str, *, limit: int, per: timedelta) -> bool:
    """Count one attempt; False when the subject had more than ``limit`` in the last ``per``.

    The subject (an address, an account) is stored as a keyed digest only.
    """
    return spend(scope, subject, limit=limit, per=per).is_allowed


def spend(scope: str, subject: str, *, limit: int, per: timedelta) -> Allowance:
    """Count one attempt, and say what is left."""
    now, width = int(clock.now().timestamp()), max(1, int(per.total_seconds()) // SLICES)
    current = datetime.fromtimestamp(now // width * width, tz=UTC)
    count, oldest = _count(scope, subject, current, per)
    return Allowance(
        is_allowed=count <= limit,
        remaining=max(0, limit - count),
        resets_in=int((oldest + per).timestamp()) + width - now,
    )


def is_spent(scope: str, subject: str, *, limit: int, per: timedelta) -> bool:
    """Whether the next attempt would be refused; counts nothing."""
    rows = RateLimit.objects.filter(
        scope=scope, subject=_key(scope, subject), window_start__gte=clock.now() - per
    )
    return (rows.aggregate(n=models.Sum("count"))["n"] or 0) >= limit


def clear(scope: str, subject: str) -> bool:
    """Forget the attempts of this subject; False when there were none."""
    rows = RateLimit.objects.filter(scope=scope, subject=_key(scope, subject))
    return bool(rows.delete()[0])


def _key(scope: str, subject: str) -> str:
    text = f"{scope}:{subject}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _count(scope: str, subject: str, current: datetime, per: timedelta) -> tuple[int, datetime]:
    """The attempts in the span, this one too, and its oldest slice."""
    key = _key(scope, subject)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_ratelimit (scope, subject, window_start, count) "
            "VALUES (%s, %s, %s, 1) ON CONFLICT (scope, subject, window_start) "
            "DO UPDATE SET count = kit_ratelimit.count + 1",
            [scope, key, current],
        )
    # A statement of its own: it sees what others counted while ours waited.
    rows = RateLimit.objects.filter(scope=scope, subject=key, window_start__gte=current - per)
    found = rows.aggregate(n=models.Sum("count"), oldest=models.Min("window_start"))
    return int(found["n"] or 0), found["oldest"] or current


def forget(*, older_than: timedelta = timedelta(days=2)) -> int:
    deleted, _by_model = RateLimit.objects.filter(
        window_start__lt=clock.now() - older_than
    ).delete()
    return deleted
