"""How time flips truths: an *edge* moves over the moments of a table, and whom it passes may flip.

The edge of "in the last 30 days" is *t* minus 30 days. Between two instants it passes the moments
between its two places; it can go backwards (the clocks change, months end), so the lesser of the
two is the lower end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import sql

from targets.catalog import Catalog
from targets.compiling.instant import Instant
from targets.compiling.scope import Scope, literal_sql

PERSON = "customers_customer AS person"
Spans = Callable[[Instant, Instant], list[tuple[Any, Any]]]


@dataclass(frozen=True)
class Edge:
    """``moment``: an expression over ``table`` of type ``cast``; ``person``: whose it is.

    ``spans`` answers the places of the edge at two instants, nothing if it did not move.
    """

    table: str
    person: str
    moment: str
    cast: str
    spans: Spans
    condition: str = "TRUE"

    @property
    def scan(self) -> tuple[str, str, str, str, str]:
        """What edges share that one statement can follow."""
        return self.table, self.person, self.moment, self.cast, self.condition


def passing(find: Callable[[Instant], Any]) -> Spans:
    def spans(before: Instant, after: Instant) -> list[tuple[Any, Any]]:
        pair = (find(before), find(after))
        return [] if pair[0] == pair[1] else [pair]

    return spans


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
    spans = passing(lambda at: at.moved(-length, unit))
    return [Edge(table, "customer_id", moment, "timestamptz", spans, condition)]


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
        Edge(PERSON, "id", moment, one.cast, passing(one.find)) for one in scratch.moments.values()
    ]
