"""The database as upkeep uses it: prepared statements, one snapshot for a batch, its locks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction

# Held in common by a batch, alone by whoever switches versions or deletes a target.
SWITCH_LOCK = 7_304_001
MOST_PREPARED = 400
Row = tuple[Any, ...]


def ids(values: Iterable[int]) -> str:
    """A parameter for ``$n::bigint[]``: as a text its type never depends on the numbers."""
    return f"{{{','.join(map(str, values))}}}"


def fetch(sql: str, *params: Any) -> list[Row]:
    """Run a statement with ``$1`` … as a prepared one; rows if it answers any."""
    connection.ensure_connection()
    raw = connection.connection
    assert raw is not None  # noqa: S101  ensure_connection made it
    raw.prepare_threshold, raw.prepared_max = 0, MOST_PREPARED
    with psycopg.RawCursor(raw) as cursor:
        cursor.execute(sql.encode(), params, prepare=True)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def one_snapshot(*, is_read_only: bool = False) -> Iterator[None]:
    """A transaction that sees the database at one instant; inside another one, a part of it."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                mode = "READ ONLY" if is_read_only else "READ WRITE"
                cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, {mode}")
        yield


@contextmanager
def shared_lock() -> Iterator[None]:
    """No version is switched meanwhile. Taken before the snapshot, so that none is missed."""
    fetch("SELECT pg_advisory_lock_shared($1)", SWITCH_LOCK)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            fetch("SELECT pg_advisory_unlock_shared($1)", SWITCH_LOCK)


@contextmanager
def one_at_a_time(lock_class: int, number: int) -> Iterator[None]:
    """A lock of the session, so that transactions begin after it is held."""
    fetch("SELECT pg_advisory_lock($1, $2)", lock_class, number)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            fetch("SELECT pg_advisory_unlock($1, $2)", lock_class, number)


def lock_switching() -> None:
    """Until the end of the transaction no batch runs; waits for the one that does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWITCH_LOCK])


def wait_for_batches() -> None:
    """Until every batch that runs now has ended."""
    fetch("SELECT pg_advisory_lock($1)", SWITCH_LOCK)
    fetch("SELECT pg_advisory_unlock($1)", SWITCH_LOCK)
