"""What an explanation shows beside a condition: the value found and the rows that decide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from targets.catalog import Catalog
from targets.compiling.instant import Instant
from targets.compiling.scope import PEOPLE, Scope
from targets.rules.words import both, shown_number

MOST_WITNESSES = 3


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A row that decides. ``kind`` is a key of ``registry.witnesses``, which makes the link."""

    kind: str
    id: int | str
    label: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """``value`` is plain JSON, ``shown`` the same in words; ``more`` witnesses are not listed."""

    value: Any
    shown: str
    witnesses: tuple[Witness, ...] = ()
    more: int = 0


class Asking:
    """Reads what the conditions of a rule found about one person at one instant."""

    def __init__(
        self,
        person: int,
        instant: Instant,
        catalog: Catalog,
        is_member: Callable[[str], bool] = lambda slug: False,
    ) -> None:
        self.person = person
        self.instant = instant
        self.catalog = catalog
        self.is_member = is_member

    def scope(self) -> Scope:
        return Scope(self.instant, self.catalog, prefix="asked", is_chosen=True)

    def value(self, expression: Callable[[Scope], str]) -> Any:
        """An expression over the person's record."""
        scope = self.scope()
        text = expression(scope)
        facts = ", ".join(f"{one.name} AS MATERIALIZED ({one.sql})" for one in scope.facts.values())
        rows = self._fetch(
            f"{f'WITH {facts} ' if facts else ''}SELECT {text} "  # noqa: S608
            f"FROM customers_customer AS person {' '.join(scope.joins.values())} "
            f"WHERE person.id = ANY(%({PEOPLE})s::bigint[])",
            scope,
        )
        return rows[0][0] if rows else None

    def newest(
        self,
        table: str,
        columns: Sequence[str],
        condition: Callable[[Scope], str],
        *,
        moment: str,
        counted: str = "*",
    ) -> tuple[int, list[tuple[Any, ...]]]:
        """How many of the person's rows satisfy the condition, and the newest of them."""
        scope = self.scope()
        wanted = f"customer_id = ANY(%({PEOPLE})s::bigint[]) AND {condition(scope)}"
        listed = ", ".join(columns)
        [(number,)] = self._fetch(f"SELECT count({counted}) FROM {table} WHERE {wanted}", scope)  # noqa: S608
        rows = self._fetch(
            f"SELECT {listed} FROM {table} WHERE {wanted} "  # noqa: S608
            f"ORDER BY {moment} DESC LIMIT {MOST_WITNESSES}",
            scope,
        )
        return number, rows

    def _fetch(self, sql: str, scope: Scope) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {**scope.params, PEOPLE: [self.person]})
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


def counted(number: int, witnesses: Sequence[Witness]) -> Evidence:
    """The evidence of a condition that counts rows."""
    shown = tuple(witnesses[:MOST_WITNESSES])
    return Evidence(
        value=number, shown=shown_number(number), witnesses=shown, more=max(0, number - len(shown))
    )


def named_evidence(witnesses: Sequence[Witness], *, nobody: str) -> Evidence:
    """The evidence of a condition over a set: those of its members that the person has."""
    shown = tuple(witnesses[:MOST_WITNESSES])
    return Evidence(
        value=[one.label for one in witnesses],
        shown=both([one.label for one in witnesses]) if witnesses else nobody,
        witnesses=shown,
        more=len(witnesses) - len(shown),
    )


def nothing() -> Evidence:
    """The datum is not on record."""
    return Evidence(value=None, shown=_("not on record"))


def plain(value: Any) -> Any:
    """A value of the database as JSON holds it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
