"""What must always hold: each app adds a query that counts the rows that break a rule."""

from collections.abc import Callable

from django.db import connection

from config.kit import audit
from config.kit.registry import Registry

# name -> how many rows break it (0 is well)
invariants: Registry[Callable[[], int]] = Registry("invariants")
invariants.register("audit_chain_broken", audit.broken_seals)
invariants.register("audit_entries_without_seal", audit.forgotten_entries)


def by_sql(name: str, query: str) -> None:
    """Register a query of ours that answers one number."""

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    invariants.register(name, count)


def violations() -> dict[str, int]:
    return {name: count() for name, count in invariants.items()}
