"""Believable data at bulk speed: each app adds its part, in the order of registration."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from config.kit.registry import Registry

BULK = 50_000
DAYS_A_MONTH = 30


@dataclass(frozen=True, kw_only=True)
class SeedPlan:
    """How much to write. Equal plans on empty databases write equal data.

    ``base`` is the highest customer id before; the new ones are ``base + 1 … base + customers``.
    """

    customers: int
    months: int
    seed: int
    until: datetime
    base: int
    campaigns: int

    @property
    def since(self) -> datetime:
        return self.until - timedelta(days=DAYS_A_MONTH * self.months)

    def chance(self, key: str, salt: int) -> str:
        """SQL for a number in [0, 1) that depends on an integer expression, salt and seed only."""
        return (
            f"((hashint8extended({key}, {self.seed * 1000 + salt}) & 9007199254740991)::float8"
            " / 9007199254740992)"
        )


Seeder = Callable[[SeedPlan], dict[str, int]]
seeders: Registry[Seeder] = Registry("seeders")


@contextmanager
def without_indexes(tables: list[str], *, rows: int) -> Iterator[None]:
    """For large loads into a development database: drop the plain indexes, make them again after.

    Indexes of constraints stay. Small loads leave everything as it is.
    """
    if rows < BULK:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid "
            "WHERE t.relname = ANY(%s) AND NOT i.indisprimary AND NOT i.indisunique "
            "AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)",
            [tables],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in found:
            cursor.execute(definition.replace(" ON ONLY ", " ON "))
        cursor.execute("RESET maintenance_work_mem")
