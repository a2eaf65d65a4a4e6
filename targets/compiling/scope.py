"""What filters write their SQL into: bound values, the pinned instant, and shared joins."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg import sql

from targets.catalog import Catalog
from targets.compiling.instant import Instant

PEOPLE = "people"
Timed = Callable[[Instant], Any]
PLACEHOLDER = re.compile(r"%(?:%|\((\w+)\)s)")


@dataclass(frozen=True)
class Moment:
    """A parameter that follows from the instant."""

    find: Timed
    cast: str


@dataclass(frozen=True)
class Facts:
    """Rows of a table about the chosen people, read once for a statement."""

    name: str
    sql: str


class Scope:
    """One statement in the making.

    ``person`` is the alias of ``customers_customer``. Texts of users only enter by ``bind``; what
    follows from the instant by ``timed``, so that ``params_at`` can pin the same SQL to another.
    ``member(slug)`` is the SQL of membership of another target, never NULL. ``is_chosen``: the
    statement is about the people of the parameter ``people`` only.
    """

    def __init__(
        self,
        instant: Instant,
        catalog: Catalog,
        *,
        prefix: str = "rule",
        is_chosen: bool = False,
    ) -> None:
        self.instant = instant
        self.catalog = catalog
        self.params: dict[str, Any] = {}
        self.joins: dict[str, str] = {}
        self.facts: dict[str, Facts] = {}
        self.moments: dict[str, Moment] = {}
        self.member: Callable[[str], str] = _no_members
        self.is_chosen = is_chosen
        self._prefix = prefix

    def bind(self, value: Any, cast: str = "") -> str:
        """A placeholder for the value; lists need a cast such as ``text[]``."""
        name = f"{self._prefix}_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{cast}" if cast else f"%({name})s"

    def timed(self, find: Timed, cast: str) -> str:
        """A placeholder for what follows from the instant."""
        name = f"{self._prefix}_{len(self.params)}"
        self.moments[name] = Moment(find, cast)
        self.params[name] = find(self.instant)
        return f"%({name})s::{cast}"

    def params_at(self, instant: Instant) -> dict[str, Any]:
        """The parameters of the same statement at another instant."""
        return self.params | {name: one.find(instant) for name, one in self.moments.items()}

    def join(self, name: str, source: str, *, on: str = "customer_id") -> str:
        """Left-join a source with at most one row per person; returns its alias."""
        alias = f"{self._prefix}_{name}_{len(self.joins)}"
        self.joins[alias] = f"LEFT JOIN {source} AS {alias} ON {alias}.{on} = person.id"
        return alias

    def source(self, table: str, *, person: str = "customer_id") -> str:
        """The table to read rows from: where people are chosen, only their rows, read once."""
        if not self.is_chosen:
            return table
        name = f"facts_of_{table}"
        self.facts[table] = Facts(
            name,
            f"SELECT * FROM {table} WHERE {person} = ANY(%({PEOPLE})s::bigint[])",  # noqa: S608
        )
        return name

    @property
    def now(self) -> str:
        return self.timed(lambda at: at.text, "timestamptz")

    def day_start(self, day: date) -> str:
        """The instant at which a day begins in the site's zone."""
        return self.bind(self.instant.day_start(day), "timestamptz")

    def moved(self, length: int, unit: str) -> str:
        """*t* moved by so many units (negative: back), as PostgreSQL adds intervals in the zone."""
        return self.timed(lambda at: at.moved(length, unit), "timestamptz")


def _no_members(slug: str) -> str:
    raise LookupError(slug)


def literal_sql(text: str, params: Mapping[str, Any], kept: Mapping[str, str] | None = None) -> str:
    """The SQL with its values written out, but for those that are ``kept`` as something else."""

    def written(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "%"
        return kept[name] if kept and name in kept else sql.Literal(params[name]).as_string()

    return PLACEHOLDER.sub(written, text)


def window_sql(column: str, window: dict[str, Any] | None, scope: Scope) -> str:
    """That an event's instant lies in the window; events later than *t* never do."""
    conditions = [f"{column} <= {scope.now}"]
    if window and "last" in window:
        conditions.append(f"{column} > {scope.moved(-window['last'], window['unit'])}")
    elif window:
        if "from" in window:
            start = date.fromisoformat(window["from"])
            conditions.append(f"{column} >= {scope.day_start(start)}")
        if "to" in window:
            after = date.fromisoformat(window["to"]) + timedelta(days=1)
            conditions.append(f"{column} < {scope.day_start(after)}")
    return " AND ".join(conditions)
