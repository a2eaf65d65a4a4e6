"""Delivery of the outbox: at least once, in order per key."""

import logging
from datetime import timedelta

from django.db import connection, transaction

from config.kit import clock
from config.kit.events import event_types, handlers_of
from config.kit.models import OutboxEvent

logger = logging.getLogger(__name__)
LOCK = 7_301_001
MAX_BACKOFF = timedelta(minutes=10)


def dispatch(*, limit: int = 500) -> int:
    """Deliver what is due and return how many events were handled.

    1. One dispatcher at a time: a transaction-level advisory lock, else nothing is done.
    2. Take the oldest rows; a key whose earlier event waits for a retry waits with it.
    3. Run each handler in a savepoint; success deletes the row in the same transaction as the
       handlers' writes, failure keeps it with a later time.
    """
    with transaction.atomic():
        if not _try_lock():
            return 0
        now = clock.now()
        handled = 0
        blocked: set[str] = set()
        done: list[int] = []
        for row in OutboxEvent.objects.order_by("id")[:limit]:
            if row.key in blocked:
                continue
            if row.due_at is not None and row.due_at > now:
                blocked.add(row.key)
            elif _deliver(row):
                done.append(row.pk)
                handled += 1
            else:
                blocked.add(row.key)
        OutboxEvent.objects.filter(pk__in=done).delete()
        return handled


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])


def _deliver(row: OutboxEvent) -> bool:
    cls = event_types.get(row.name)
    if cls is None:
        logger.error("outbox: unknown event %s", row.name)
        return _postpone(row)
    try:
        with transaction.atomic():
            for handler in handlers_of(row.name):
                handler(cls(**row.payload))
    except Exception:
        logger.exception("outbox: %s (%s) failed", row.name, row.pk)
        return _postpone(row)
    return True


def _postpone(row: OutboxEvent) -> bool:
    row.attempts += 1
    row.due_at = clock.now() + min(timedelta(seconds=2**row.attempts), MAX_BACKOFF)
    row.save(update_fields=["attempts", "due_at"])
    return False
