"""Evaluating rules in the database: who, how many, and how many at each node."""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from targets.catalog import Catalog
from targets.compiling.compiler import LIVE, Compiled, grouped
from targets.compiling.instant import Instant
from targets.compiling.scope import PEOPLE, Scope
from targets.models import Target
from targets.picks import with_picks
from targets.reading import rule_from_json
from targets.rules.tree import Group, Leaf, Node, Not, Rule, walk

Query = tuple[str, dict[str, Any]]
PREVIEW_MS = 5_000
SAMPLE_PEOPLE = 2_000
SAMPLED = f"""
WITH part AS MATERIALIZED (
    SELECT least(1, %(size)s / greatest(reltuples, 1)) AS share FROM pg_class
    WHERE oid = 'customers_customer'::regclass
)
SELECT share, ARRAY(
    SELECT person.id FROM customers_customer AS person
    TABLESAMPLE SYSTEM ((SELECT 100 * share FROM part)) WHERE {LIVE}
) FROM part
"""  # noqa: S608
COUNT_MEMORY = "128MB"


def instant(at: datetime | None = None) -> Instant:
    """The instant of an evaluation: now, unless another is given."""
    return Instant(at or clock.now(), settings.SITE_TIME_ZONE)


def rule_of(target: Target, catalog: Catalog | None = None) -> Rule:
    """What is evaluated for a target: its saved rule, and whom staff put in or left out by hand.

    It is checked again: what it names may be gone.

    :raises RuleRefused: when it can no longer be evaluated.
    """
    catalog = catalog or Catalog()
    return with_picks(rule_from_json(target.rule, catalog), target.slug, catalog)


def target_sql(what: Target | Rule, at: datetime | None = None, *, prefix: str = "rule") -> Query:
    """A query of the ids of the live customers who satisfy a target's rule, and its parameters.

    The rule itself is evaluated, never the memberships. The placeholders are named and begin with
    ``prefix``: two queries in one statement need two prefixes. One column, ``id``, no repetitions.

    :raises RuleRefused: when the rule can no longer be evaluated.
    """
    scope, compiled, condition = _compiled(what, at, prefix)
    return f"SELECT person.id {compiled.from_people()} AND {condition}", scope.params


def audience_sql(
    include: Sequence[Target], exclude: Sequence[Target], at: datetime | None = None
) -> Query:
    """A query of the ids of the live customers in some of ``include`` and in none of ``exclude``.

    One pass: conditions that several targets share are evaluated once.

    :raises RuleRefused: when a rule can no longer be evaluated.
    """
    catalog = Catalog()
    scope = Scope(instant(at), catalog, prefix="audience")
    wanted = [rule_of(one, catalog) for one in include]
    unwanted = [rule_of(one, catalog) for one in exclude]
    compiled = Compiled([*wanted, *unwanted], scope)
    some = " OR ".join(compiled.sql(rule.root) for rule in wanted) or "FALSE"
    without = "".join(f" AND ({compiled.sql(rule.root)}) IS NOT TRUE" for rule in unwanted)
    return f"SELECT person.id {compiled.from_people()} AND ({some}){without}", scope.params


def _compiled(what: Target | Rule, at: datetime | None, prefix: str) -> tuple[Scope, Compiled, str]:
    catalog = Catalog()
    rule = rule_of(what, catalog) if isinstance(what, Target) else what
    scope = Scope(instant(at), catalog, prefix=prefix)
    compiled = Compiled([rule], scope)
    return scope, compiled, compiled.sql(rule.root)


def count(what: Target | Rule, at: datetime | None = None) -> int:
    """The exact number of people who satisfy a rule."""
    scope, compiled, condition = _compiled(what, at, "rule")
    found = _row(f"SELECT count(*) {compiled.from_people()} AND {condition}", scope.params)
    return int(found[0])


@dataclass(frozen=True)
class Counts:
    """``nodes``: JSON Pointer → people for whom that node is true.

    ``unknown``: pointer of a leaf → people of whom it cannot be said. ``is_estimate``: all of
    them are scaled up from a sample.
    """

    total: int
    people: int
    nodes: dict[str, int]
    unknown: dict[str, int]
    is_estimate: bool = False

    def times(self, factor: float) -> "Counts":
        """What a sample says about everybody."""
        return Counts(
            total=round(self.total * factor),
            people=round(self.people * factor),
            nodes={key: round(found * factor) for key, found in self.nodes.items()},
            unknown={key: round(found * factor) for key, found in self.unknown.items()},
            is_estimate=True,
        )


def counts(rule: Rule, at: datetime | None = None) -> Counts:
    """The exact number of people at every node, in one pass over the people."""
    return _counts(rule, Scope(instant(at), Catalog()))


def counts_estimated(rule: Rule, at: datetime | None = None) -> Counts:
    """About how many people are at every node, from some thousands of them.

    The sample is of whole blocks of the table; only its people's facts are read.
    """
    share, ids = sampled()
    scope = Scope(instant(at), Catalog(), is_chosen=True)
    scope.params[PEOPLE] = ids
    return _counts(rule, scope).times(1 / share)


def sampled() -> tuple[float, list[int]]:
    """Some thousands of live customers, out of whole blocks, and which share of all that is."""
    share, ids = _row(SAMPLED, {"size": SAMPLE_PEOPLE})
    return share, ids


def sampled_sql(rule: Rule) -> tuple[float, Query]:
    """``target_sql`` of a sample of the customers, and which share of all of them that is."""
    share, ids = sampled()
    scope = Scope(instant(), Catalog(), is_chosen=True)
    scope.params[PEOPLE] = ids
    compiled = Compiled([rule], scope)
    condition = compiled.sql(rule.root)
    facts = ", ".join(f"{one.name} AS MATERIALIZED ({one.sql})" for one in scope.facts.values())
    found = f"SELECT person.id {compiled.from_people()} AND {condition}"
    chosen = f"{found} AND person.id = ANY(%({PEOPLE})s::bigint[])"
    return share, (f"WITH {facts} {chosen}" if facts else chosen, scope.params)


def _counts(rule: Rule, scope: Scope) -> Counts:
    compiled = Compiled([rule], scope)
    leaves = {leaf.key: leaf for leaf in rule.leaves}
    columns = {key: f"l{index}" for index, key in enumerate(leaves)}
    listed = ", ".join(f"{compiled.sql(leaf)} AS {columns[key]}" for key, leaf in leaves.items())
    nodes = list(walk(rule.root))
    true = ", ".join(f"count(*) FILTER (WHERE {_node(node, columns)})" for _at, node in nodes)
    lacking = ", ".join(f"count(*) FILTER (WHERE {column} IS NULL)" for column in columns.values())
    # OFFSET 0 keeps each leaf's expression from being copied into every count.
    facts = ", ".join(f"{one.name} AS MATERIALIZED ({one.sql})" for one in scope.facts.values())
    begin = f"WITH {facts} SELECT" if facts else "SELECT"
    chosen = f"AND person.id = ANY(%({PEOPLE})s::bigint[])" if scope.is_chosen else ""
    row = _row(
        f"{begin} count(*), ARRAY[{true}], ARRAY[{lacking}]::bigint[] "
        f"FROM (SELECT {listed or '1'} {compiled.from_people()} {chosen} "
        "OFFSET 0) AS leaf",
        scope.params,
    )
    found = dict(zip((pointer for pointer, _node in nodes), row[1], strict=True))
    unknown = dict(zip(columns, row[2], strict=True))
    return Counts(
        total=found["/rule"],
        people=row[0],
        nodes=found,
        unknown={pointer: unknown[node.key] for pointer, node in nodes if isinstance(node, Leaf)},
    )


def _node(node: Node, columns: dict[str, str]) -> str:
    if isinstance(node, Leaf):
        return columns[node.key]
    if isinstance(node, Not):
        return f"(NOT {_node(node.part, columns)})"
    return grouped(node, [_node(part, columns) for part in node.parts])


def people_count() -> int:
    """All live customers."""
    return int(_row(f"SELECT count(*) FROM customers_customer AS person WHERE {LIVE}", {})[0])  # noqa: S608


def everyone() -> Rule:
    """The rule without conditions."""
    return Rule(Group("all", ()))


@contextlib.contextmanager
def preview(token: str = "", *, milliseconds: int = 0) -> Iterator[None]:
    """For evaluations that a person waits for: 5 seconds at most, one at a time for each token.

    ``milliseconds``: less time than that.

    :raises DomainError: ``preview_too_slow``, ``preview_superseded``.
    """
    milliseconds = milliseconds or PREVIEW_MS
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if token:
                _supersede(cursor, f"clientela preview {uuid.UUID(token).hex}")
            cursor.execute(f"SET LOCAL statement_timeout = {milliseconds}")
            cursor.execute(f"SET LOCAL work_mem = '{COUNT_MEMORY}'")
            yield
    except OperationalError as stopped:
        if "canceling statement due to user request" in str(stopped):
            raise DomainError("preview_superseded", _("A newer count replaced this one.")) from None
        if "canceling statement" not in str(stopped):
            raise
        raise DomainError(
            "preview_too_slow",
            _("Counting took longer than %(seconds)d seconds. The rule can still be saved.")
            % {"seconds": milliseconds // 1000},
        ) from None


def preview_token(token: str, what: str) -> str:
    """The name under which previews of one kind replace each other; none for a forged token."""
    try:
        return str(uuid.uuid5(uuid.UUID(token), what))
    except ValueError:
        return ""


def _supersede(cursor: Any, name: str) -> None:
    """Stop an earlier preview of the same builder: its answer is no longer wanted."""
    cursor.execute(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = %s AND state = 'active' AND pid <> pg_backend_pid()",
        [name],
    )
    cursor.execute("SELECT set_config('application_name', %s, true)", [name])


def _row(sql: str, params: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
