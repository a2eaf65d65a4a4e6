"""Families of event leaves: one grouped pass over a ledger answers many conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from targets.compiling.scope import Scope
from targets.operands.number import NumberOperand, holds_for_zero

LARGE = 16
COUNT = NumberOperand(can_be_missing=False, whole=True)


@dataclass(frozen=True)
class Measure:
    """What one leaf counts: rows of the source for which ``condition`` holds.

    ``base`` is the part of it that many leaves share; a large family reads by that alone.
    """

    condition: str
    counted: str = "*"
    base: str = "TRUE"

    @property
    def whole(self) -> str:
        return f"{self.base} AND {self.condition}"


def count_columns(
    name: str,
    source: str,
    measures: Sequence[Measure],
    scope: Scope,
    *,
    person: str = "customer_id",
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


def count_sql(column: str, op: str, value: Any, scope: Scope) -> str:
    """A comparison of a count that is NULL for none; never unknown.

    The form without ``coalesce`` lets the planner turn the outer join into an inner one.
    """
    if holds_for_zero(op, value):
        return COUNT.sql(f"coalesce({column}, 0)", op, value, scope)
    return f"({column} IS NOT NULL AND {COUNT.sql(column, op, value, scope)})"


def often_enough(column: str, count: dict[str, Any] | None, scope: Scope) -> str:
    """The ``count`` of an event filter; without it, at least one."""
    if count is None:
        return f"({column} IS NOT NULL AND {column} >= 1)"
    return count_sql(column, count["op"], count["value"], scope)
