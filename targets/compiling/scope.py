"""What filters write their SQL into: bound values, the pinned instant, and shared joins."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from targets.catalog import Catalog

EXACT = {"minutes": 60, "hours": 3600}
INTERVAL_ARGUMENT = {"days": "days", "weeks": "weeks", "months": "months", "years": "years"}


@dataclass(frozen=True)
class Instant:
    """The instant *t* of an evaluation and the zone whose days count."""

    at: datetime
    zone: str

    @property
    def today(self) -> date:
        return self.at.astimezone(ZoneInfo(self.zone)).date()


class Scope:
    """One statement in the making.

    ``person`` is the alias of ``customers_customer``. Texts of users only enter by ``bind``.
    ``member(slug)`` is the SQL of membership of another target, never NULL.
    """

    def __init__(self, instant: Instant, catalog: Catalog, *, prefix: str = "rule") -> None:
        self.instant = instant
        self.catalog = catalog
        self.params: dict[str, Any] = {}
        self.joins: dict[str, str] = {}
        self.member: Callable[[str], str] = _no_members
        self._prefix = prefix

    def bind(self, value: Any, cast: str = "") -> str:
        """A placeholder for the value; lists need a cast such as ``text[]``."""
        name = f"{self._prefix}_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{cast}" if cast else f"%({name})s"

    def join(self, name: str, source: str, *, on: str = "customer_id") -> str:
        """Left-join a source with at most one row per person; returns its alias."""
        alias = f"{self._prefix}_{name}_{len(self.joins)}"
        self.joins[alias] = f"LEFT JOIN {source} AS {alias} ON {alias}.{on} = person.id"
        return alias

    @property
    def now(self) -> str:
        return self.bind(self.instant.at.isoformat(), "timestamptz")

    def day_start(self, day: date) -> str:
        """The instant at which a day begins in the site's zone."""
        midnight = self.bind(day.isoformat(), "timestamp")
        return f"({midnight} AT TIME ZONE {self.bind(self.instant.zone)})"

    def moved(self, length: int, unit: str) -> str:
        """*t* moved by so many units (negative: back), as PostgreSQL adds intervals in the zone."""
        if unit in EXACT:
            exact = self.instant.at + timedelta(seconds=EXACT[unit] * length)
            return self.bind(exact.isoformat(), "timestamptz")
        interval = f"make_interval({INTERVAL_ARGUMENT[unit]} => {self.bind(abs(length))})"
        moved = f"{self._local_now()} {'+' if length >= 0 else '-'} {interval}"
        return f"(({moved}) AT TIME ZONE {self.bind(self.instant.zone)})"

    def today_moved(self, length: int, unit: str) -> date:
        """The site's today moved by so many days, weeks, months or years (negative: back)."""
        today = self.instant.today
        if unit in ("days", "weeks"):
            return today + timedelta(days=length * (7 if unit == "weeks" else 1))
        index = today.year * 12 + today.month - 1 + length * (12 if unit == "years" else 1)
        year, month = index // 12, index % 12 + 1
        return date(year, month, min(today.day, monthrange(year, month)[1]))

    def _local_now(self) -> str:
        local = self.instant.at.astimezone(ZoneInfo(self.instant.zone)).replace(tzinfo=None)
        return self.bind(local.isoformat(), "timestamp")


def _no_members(slug: str) -> str:
    raise LookupError(slug)


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
