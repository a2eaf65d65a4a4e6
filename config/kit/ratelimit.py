"""Limits per subject and window, counted in PostgreSQL so that all processes share them."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

from config.kit import clock
from config.kit.models import RateLimit


def allow(scope: str, subject: str, *, limit: int, per: timedelta) -> bool:
    """Count one attempt; False when the subject had more than ``limit`` in this window.

    The subject (an address, an account) is stored as a keyed digest only.
    """
    return _count(scope, subject, per) <= limit


def _count(scope: str, subject: str, per: timedelta) -> int:
    seconds = int(per.total_seconds())
    start = datetime.fromtimestamp(int(clock.now().timestamp()) // seconds * seconds, tz=UTC)
    key = hmac.new(settings.SECRET_KEY.encode(), f"{scope}:{subject}".encode(), hashlib.sha256)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_ratelimit (scope, subject, window_start, count) "
            "VALUES (%s, %s, %s, 1) ON CONFLICT (scope, subject, window_start) "
            "DO UPDATE SET count = kit_ratelimit.count + 1 RETURNING count",
            [scope, key.hexdigest(), start],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def forget(*, older_than: timedelta = timedelta(days=2)) -> int:
    deleted, _by_model = RateLimit.objects.filter(
        window_start__lt=clock.now() - older_than
    ).delete()
    return deleted
