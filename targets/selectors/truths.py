"""The truths of a rule for one person over time, with the SQL that decides memberships.

1. Edges of the rule's leaves, and of the targets inside, tell the instants at which time can flip
   a truth: ``instants_ahead``.
2. One statement answers every leaf at many instants; ``Course`` combines them bit by bit, a bit for
   each instant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from targets.catalog import Catalog
from targets.compiling.compiler import Compiled
from targets.compiling.edges import Edge
from targets.compiling.flips import ROUND, SLACK, crossings, moved_by, turnings
from targets.compiling.instant import Instant
from targets.compiling.scope import PEOPLE, Scope, literal_sql
from targets.nesting import slugs_in
from targets.registry import filters
from targets.rules.tree import Node, Rule, node_json
from targets.upkeep.bits import Bits, Truth, judge_of, read_truths
from targets.upkeep.program import some_instant

MOST_MOMENTS = 400
MOST_INSTANTS = 2_048
CHUNK = 256


class PersonRule:
    """A rule, and the targets inside it, compiled for one person at any instants."""

    def __init__(self, rule: Rule, person: int, catalog: Catalog) -> None:
        self.rule = rule
        self.person = person
        self.catalog = catalog
        scope = Scope(some_instant(), catalog, prefix="x", is_chosen=True)
        self._compiled = Compiled([rule], scope)
        self.leaves = [
            leaf for family in self._compiled.families.values() for leaf in family.values()
        ]
        self._moments = list(scope.moments.values())
        kept = {name: f"moment.m{place}" for place, name in enumerate(scope.moments)}
        self._sql = literal_sql(self._text(scope), scope.params, {PEOPLE: "$1", **kept})

    def _text(self, scope: Scope) -> str:
        expressions = [self._compiled.leaf_sql(leaf) for leaf in self.leaves]
        listed = ", ".join(f"{text} AS n{index}" for index, text in enumerate(expressions))
        told = ", ".join(
            f"string_agg(CASE n{index} WHEN true THEN '1' WHEN false THEN '0' ELSE '2' END, '')"
            for index in range(len(expressions))
        )
        facts = ", ".join(f"{one.name} AS MATERIALIZED ({one.sql})" for one in scope.facts.values())
        names = [f"m{place}" for place in range(len(self._moments))]
        arrays = ", ".join(f"${place}::text[]" for place in range(2, len(names) + 3))
        return (
            f"{f'WITH {facts} ' if facts else ''}SELECT ARRAY[{told}]::text[] FROM ("  # noqa: S608
            f"SELECT leaf.* FROM unnest({arrays}) WITH ORDINALITY "
            f"AS moment({', '.join([*names, 'at', 'place'])}) "
            f"CROSS JOIN LATERAL (SELECT {listed or '1'} FROM customers_customer AS person "
            f"{' '.join(scope.joins.values())} WHERE person.id = ANY(%({PEOPLE})s::bigint[])) "
            "AS leaf ORDER BY moment.place OFFSET 0) AS told"
        )

    def course(self, instants: Sequence[datetime]) -> "Course":
        """Every truth at each of these instants."""
        found: dict[str, str] = {leaf.key: "" for leaf in self.leaves}
        for start in range(0, len(instants), CHUNK):
            chunk = instants[start : start + CHUNK]
            for leaf, text in zip(self.leaves, self._told(chunk), strict=True):
                found[leaf.key] += text
        truths = {key: read_truths(text) for key, text in found.items()}
        bits = Bits((1 << len(instants)) - 1, truths, {})
        course = Course(list(instants), bits, self._compiled.nested)
        for slug in self._compiled.nested:
            course.is_member(slug)
        return course

    def _told(self, instants: Sequence[datetime]) -> list[str]:
        pinned = [Instant(at, settings.SITE_TIME_ZONE) for at in instants]
        columns = [[_text_of(one.find(at)) for at in pinned] for one in self._moments]
        connection.ensure_connection()
        with psycopg.RawCursor(connection.connection) as cursor:
            params = [[self.person], *columns, [at.text for at in pinned]]
            cursor.execute(self._sql.encode(), params)
            row = cursor.fetchone()
        found: list[str] = row[0] if row else []
        return found

    def edges(self) -> list[Edge]:
        """Whatever time moves over this rule's facts, events that are dated ahead among them."""
        found = []
        for leaf in self.leaves:
            known = filters[leaf.filter]
            found += [*known.edges(leaf, self.catalog), *known.arrivals(leaf, self.catalog)]
        return found


def _text_of(value: Any) -> str:
    return f"{{{','.join(map(str, value))}}}" if isinstance(value, list) else str(value)


@dataclass
class Course:
    """Truths at some instants, a bit for each; the first is the present one."""

    instants: list[datetime]
    bits: Bits
    nested: dict[str, Rule]

    def is_member(self, slug: str) -> bool:
        """Of a target inside, at the first instant."""
        if slug not in self.bits.members:
            root = self.nested[slug].root
            for inner in slugs_in(node_json(root)):
                self.is_member(inner)
            self.bits.members[slug] = judge_of(root)(self.bits)[0] & self.bits.everyone
        return bool(self.bits.members[slug] & 1)

    def truth(self, node: Node) -> bool | None:
        true, false = self._judged(node)
        return True if true & 1 else False if false & 1 else None

    def flip(self, node: Node) -> datetime | None:
        """The first of the instants at which it is true, false or unknown otherwise."""
        true, false = self._judged(node)
        return self._first(self._turned(true) | self._turned(false))

    def turns_member(self, node: Node) -> datetime | None:
        """The first of the instants at which a rule takes the person in, or lets them go."""
        return self._first(self._turned(self._judged(node)[0]))

    def _judged(self, node: Node) -> Truth:
        true, false = judge_of(node)(self.bits)
        return true & self.bits.everyone, false & self.bits.everyone

    def _turned(self, mask: int) -> int:
        return mask ^ self.bits.everyone if mask & 1 else mask

    def _first(self, mask: int) -> datetime | None:
        return self.instants[(mask & -mask).bit_length() - 1] if mask else None


@dataclass(frozen=True)
class Ahead:
    """``instants`` in order; ``until``: beyond it there may be more, None: there are none."""

    instants: list[datetime]
    until: datetime | None


def instants_ahead(edges: Iterable[Edge], person: int, start: Instant) -> Ahead:
    """When time alone can flip a truth about this person."""
    found: set[datetime] = set()
    horizons: list[datetime] = []
    scans: dict[tuple[str, ...], list[Edge]] = {}
    for edge in edges:
        scans.setdefault(edge.scan, []).append(edge)
    rounds: list[tuple[Edge, list[Any]]] = []
    for group in scans.values():
        for edge in group:
            moments = _moments(edge, person, start)
            if edge.find is None:
                rounds.append((edge, moments))
            elif len(moments) > MOST_MOMENTS:
                horizons.append(min(crossings(edge, moments[-1:], start), default=start.at))
                found |= crossings(edge, moments[:-1], start)
            else:
                found |= crossings(edge, moments, start)
    last = max(found, default=start.at) + ROUND
    for edge, moments in rounds:
        found |= turnings(edge, moments, start, last) if moments else set()
    instants = sorted(found)
    if len(instants) > MOST_INSTANTS:
        horizons.append(instants[MOST_INSTANTS])
    until = min(horizons, default=None)
    return Ahead([one for one in instants if until is None or one < until], until)


def _moments(edge: Edge, person: int, start: Instant) -> list[Any]:
    """The nearest of the person's moments that the edge may come to."""
    is_instant = edge.cast == "timestamptz"
    shown = edge.moment if is_instant or edge.cast == "int" else f"({edge.moment})::text"
    low: Any = None
    if edge.find is not None:
        low = edge.find(start)
        low = moved_by(
            datetime.fromisoformat(low) if is_instant and low[:1].isdigit() else low, -SLACK
        )
    after = f"AND {edge.moment} >= $2::{edge.cast}" if low is not None else "AND $2::text IS NULL"
    sql = (
        f"SELECT DISTINCT {shown} FROM {edge.table} WHERE {edge.person} = $1 "  # noqa: S608
        f"AND {edge.condition} AND {edge.moment} IS NOT NULL {after} ORDER BY 1 LIMIT $3"
    )
    connection.ensure_connection()
    with psycopg.RawCursor(connection.connection) as cursor:
        cursor.execute(sql.encode(), [person, None if low is None else str(low), MOST_MOMENTS + 1])
        return [row[0] for row in cursor.fetchall()]
