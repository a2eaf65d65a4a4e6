"""Families of event leaves: one grouped pass over a ledger answers many conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from targets.compiling.scope import Scope
from targets.operands.number import COUNT, holds_for_zero

LARGE = 16


@dataclass(frozen=True)
class Measure:
    """What one leaf counts: rows of the source for which ``condition`` holds.

    ``base`` is the part of it that many leaves share; a large family reads by that alone.
    ``op`` and ``value`` say which counts satisfy the leaf.
    """

    condition: str
    counted: str = "*"
    base: str = "TRUE"
    op: str = "gte"
    value: Any = 1

    @property
    def whole(self) -> str:
        return f"{self.base} AND {self.condition}"

    @property
    def existence(self) -> str:
        """``EXISTS`` where only some or none matters, else empty."""
        if self.counted != "*" or isinstance(self.value, list):
            return ""
        return EXISTENCE.get((self.op, self.value), "")


EXISTENCE: dict[tuple[str, Any], str] = {
    ("gte", 1): "EXISTS",
    ("gt", 0): "EXISTS",
    ("lt", 1): "NOT EXISTS",
    ("lte", 0): "NOT EXISTS",
    ("eq", 0): "NOT EXISTS",
}


def often(count: dict[str, Any] | None) -> dict[str, Any]:
    """``op`` and ``value`` of a measure, out of the ``count`` of a leaf: none means once."""
    return {"op": count["op"], "value": count["value"]} if count else {}


def family(
    name: str,
    source: str,
    measures: Sequence[Measure],
    scope: Scope,
    *,
    person: str = "customer_id",
) -> list[str]:
    """A condition for each measure, never unknown.

    Many measures share one grouped pass over the source. One alone that asks for some or none is
    a semi-join, which all the processes of a parallel plan build together; the grouped pass would
    be made again by each of them.
    """
    if len(measures) == 1 and not scope.is_chosen and measures[0].existence:
        [one] = measures
        return [
            f"{one.existence} (SELECT FROM {scope.source(source, person=person)} "
            f"WHERE {one.whole} AND {person} = person.id)"
        ]
    columns = _columns(name, source, measures, scope, person)
    return [
        _compared(column, one.op, one.value, scope)
        for column, one in zip(columns, measures, strict=True)
    ]


def _columns(
    name: str, source: str, measures: Sequence[Measure], scope: Scope, person: str
) -> list[str]:
    """Join the source once, grouped by person; one column a measure, NULL or 0 for none."""
    alone = len(measures) == 1 and not scope.is_chosen
    columns = ", ".join(
        f"count({one.counted}) AS n{index}"
        if alone
        else f"count({one.counted}) FILTER (WHERE {one.whole}) AS n{index}"
        for index, one in enumerate(measures)
    )
    is_large = len(measures) > LARGE or scope.is_chosen
    told = dict.fromkeys(one.base if is_large else one.whole for one in measures)
    wanted = " OR ".join(f"({condition})" for condition in told)
    alias = scope.join(
        name,
        f"(SELECT {person} AS customer_id, {columns} "  # noqa: S608
        f"FROM {scope.source(source, person=person)} "
        f"WHERE ({wanted}) AND {person} IS NOT NULL GROUP BY {person})",
    )
    return [f"{alias}.n{index}" for index in range(len(measures))]


def _compared(column: str, op: str, value: Any, scope: Scope) -> str:
    """A comparison of a count that is NULL for none.

    The form without ``coalesce`` lets the planner turn the outer join into an inner one.
    """
    if holds_for_zero(op, value):
        return COUNT.sql(f"coalesce({column}, 0)", op, value, scope)
    return f"({column} IS NOT NULL AND {COUNT.sql(column, op, value, scope)})"
