"""How time flips truths: an *edge* moves over the moments of a table, and whom it passes may flip.

The edge of "in the last 30 days" is *t* minus 30 days. Between two instants it passes the moments
between its two places; it can go backwards (the clocks change, months end), so the lesser of the
two is the lower end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from psycopg import sql

from targets.catalog import Catalog
from targets.compiling.instant import Instant
from targets.compiling.scope import Scope, literal_sql

PERSON = "customers_customer AS person"
Span = tuple[Any, Any]
Spans = Callable[[Instant, Instant], list[Span]]


@dataclass(frozen=True, kw_only=True)
class Edge:
    """``moment``: an expression over ``table`` of type ``cast``; ``person``: whose it is.

    ``find`` answers its place at an instant. An edge that comes round every year has ``turns``
    instead: the moments that it passes between two instants, nothing within a day.
    """

    table: str
    person: str
    moment: str
    cast: str
    find: Callable[[Instant], Any] | None = None
    turns: Spans | None = None
    condition: str = "TRUE"

    @property
    def scan(self) -> tuple[str, str, str, str, str]:
        """What edges share that one statement can follow."""
        return self.table, self.person, self.moment, self.cast, self.condition

    @property
    def key(self) -> str:
        """Short for the scan, the same in every process."""
        return scan_key(self.scan)

    def spans(self, before: Instant, after: Instant) -> list[Span]:
        """Between which places it passes moments; nothing if it did not move."""
        if self.find is None:
            return self.turns(before, after) if self.turns else []
        pair = (self.find(before), self.find(after))
        return [] if pair[0] == pair[1] else [pair]


def scan_key(scan: tuple[str, ...]) -> str:
    return blake2b("\n".join(scan).encode(), digest_size=8).hexdigest()


def window_edges(
    table: str,
    moment: str,
    window: dict[str, Any] | None,
    condition: str = "TRUE",
) -> list[Edge]:
    """Events leave a window of the last so many units; those that come are changes of data."""
    if not window or "last" not in window:
        return []
    length, unit = window["last"], window["unit"]
    return [event_edge(table, moment, lambda at: at.moved(-length, unit), condition)]


def arrival_edge(table: str, moment: str, condition: str = "TRUE") -> Edge:
    """Events that are dated ahead count when their instant comes."""
    return event_edge(table, moment, lambda at: at.text, condition)


def event_edge(table: str, moment: str, find: Callable[[Instant], Any], condition: str) -> Edge:
    return Edge(
        table=table,
        person="customer_id",
        moment=moment,
        cast="timestamptz",
        find=find,
        condition=condition,
    )


def by_moment(condition: str) -> str:
    """The same where no index answers it: a span of time is short, a kind of event is not."""
    return f"({condition}) IS TRUE"


def kind_condition(kind: str) -> str:
    return f"kind = {sql.Literal(kind).as_string()}"


def record_edges(
    expression: Callable[[Scope], str], leaf_sql: Callable[[Scope], str], catalog: Catalog
) -> list[Edge]:
    """Edges over an expression of the record: whatever its SQL takes from the instant."""
    scratch = Scope(Instant(datetime(2000, 1, 1, tzinfo=UTC), "UTC"), catalog)
    leaf_sql(scratch)
    if not scratch.moments:
        return []
    own = Scope(scratch.instant, catalog)
    moment = literal_sql(expression(own), own.params)
    return [
        Edge(table=PERSON, person="id", moment=moment, cast=one.cast, find=one.find)
        for one in scratch.moments.values()
    ]
