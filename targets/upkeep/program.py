"""All targets under upkeep, compiled: leaves in families, judges of rules, what depends on what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from graphlib import TopologicalSorter

from django.conf import settings
from django.db.models import F

from targets.catalog import Catalog
from targets.compiling.edges import Edge
from targets.compiling.instant import Instant
from targets.compiling.scope import PEOPLE, Moment, Scope, literal_sql
from targets.models import Target
from targets.nesting import slugs_in, slugs_of
from targets.picks import with_picks
from targets.reading import rule_from_json
from targets.registry import filters
from targets.rules.problems import RuleRefused
from targets.rules.tree import Leaf, Rule
from targets.upkeep.bits import Judge, judge_of

MOST_LEAVES = 250
PERSON_TABLE = "customers_customer"
TIME = "time"


@dataclass(frozen=True)
class Tracked:
    """A target under upkeep. ``leaves``: those of the targets inside too."""

    pk: int
    slug: str
    judge: Judge
    leaves: frozenset[str]
    inner: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """Truths of a family for the people of ``$1``: a text of characters for each of ``keys``."""

    sql: str
    keys: tuple[str, ...]
    moments: tuple[Moment, ...]

    def params(self, at: Instant) -> list[object]:
        return [one.find(at) for one in self.moments]


@dataclass
class Program:
    """``targets`` in an order in which inner ones come first."""

    targets: list[Tracked] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    # source, or source:key -> slugs of the targets whose truth may follow from its changes
    dependents: dict[str, set[str]] = field(default_factory=dict)

    def affected(self, sources: Iterable[tuple[str, str]]) -> set[str]:
        """Slugs of the targets that these changes may concern."""
        found: set[str] = set()
        for source, key in sources:
            if source == PERSON_TABLE:
                return {one.slug for one in self.targets}
            found |= self.dependents.get(source, set())
            found |= self.dependents.get(f"{source}:{key}", set())
        return found

    def needed(self, slugs: set[str]) -> tuple[list[Tracked], list[Statement]]:
        """The targets to judge for these, those inside them too, and the statements for that."""
        wanted: set[str] = set()
        for one in reversed(self.targets):
            if one.slug in slugs or one.slug in wanted:
                wanted.update((one.slug, *one.inner))
        targets = [one for one in self.targets if one.slug in wanted]
        keys = set().union(*(one.leaves for one in targets)) if targets else set()
        return targets, [one for one in self.statements if not keys.isdisjoint(one.keys)]


def some_instant() -> Instant:
    """For compiling what is pinned later; fixed days are the site's from the beginning."""
    return Instant(datetime(2000, 1, 1, tzinfo=UTC), settings.SITE_TIME_ZONE)


def rebuilt(pk: int) -> str:
    """The source of people whom a build of this target could not see."""
    return f"targets_target:{pk}"


def load_program() -> Program:
    """Compile every target whose memberships follow its saved rule.

    Left out: versions that are still to be built, rules that can no longer be evaluated, and
    whatever names one of those.
    """
    catalog = Catalog()
    rows = Target.objects.filter(evaluated_version=F("version")).values_list("pk", "slug", "rule")
    return program_of(list(rows), catalog)


def program_of(rows: Sequence[tuple[int, str, dict[str, object]]], catalog: Catalog) -> Program:
    saved = {slug: (pk, rule) for pk, slug, rule in rows}
    graph = {slug: slugs_in(rule) for slug, (_pk, rule) in saved.items()}
    program = Program()
    tracked: dict[str, Tracked] = {}
    leaves: dict[str, Leaf] = {}
    for slug in TopologicalSorter(graph).static_order():
        if slug not in saved or not graph[slug] <= tracked.keys():
            continue
        try:
            rule = with_picks(rule_from_json(saved[slug][1], catalog), slug, catalog)
        except RuleRefused:
            continue
        own = {leaf.key: leaf for leaf in rule.leaves if not slugs_of(leaf.values)}
        leaves.update(own)
        tracked[slug] = _tracked(saved[slug][0], slug, rule, own.keys(), tracked)
    program.targets = list(tracked.values())
    program.statements = _statements(leaves.values(), catalog)
    _connect(program, leaves, catalog)
    return program


def _tracked(
    pk: int, slug: str, rule: Rule, own: Iterable[str], known: dict[str, Tracked]
) -> Tracked:
    named = {inner for leaf in rule.leaves for inner in slugs_of(leaf.values)}
    inner = tuple(named | {deep for one in named for deep in known[one].inner})
    below = set().union(*(known[one].leaves for one in named)) if named else set()
    return Tracked(pk, slug, judge_of(rule.root), frozenset({*own, *below}), inner)


def _connect(program: Program, leaves: dict[str, Leaf], catalog: Catalog) -> None:
    """What depends on which source, and which truths time can flip."""
    users: dict[str, set[str]] = {key: set() for key in leaves}
    for one in program.targets:
        for key in one.leaves:
            users[key].add(one.slug)
        program.dependents[rebuilt(one.pk)] = {one.slug}
    for key, leaf in leaves.items():
        known = filters[leaf.filter]
        edges = known.edges(leaf, catalog)
        program.edges += edges
        for source in [*known.sources(leaf), *([TIME] if edges else [])]:
            program.dependents.setdefault(source, set()).update(users[key])


def _statements(leaves: Iterable[Leaf], catalog: Catalog) -> list[Statement]:
    """Leaves that stand on the same tables go together, up to some hundred."""
    groups: dict[tuple[str, ...], list[Leaf]] = {}
    for leaf in sorted(leaves, key=lambda one: one.filter):
        sources = filters[leaf.filter].sources(leaf)
        tables = tuple(sorted({one.partition(":")[0] for one in sources}))
        groups.setdefault(tables, []).append(leaf)
    return [
        family_statement(group[start : start + MOST_LEAVES], catalog)
        for group in groups.values()
        for start in range(0, len(group), MOST_LEAVES)
    ]


def family_statement(leaves: Sequence[Leaf], catalog: Catalog) -> Statement:
    """One statement for the truths of these leaves, for chosen people in the order of their ids."""
    scope = Scope(some_instant(), catalog, prefix="x", is_chosen=True)
    families: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        families.setdefault(leaf.filter, []).append(leaf)
    columns: dict[str, str] = {}
    for name, family in families.items():
        compiled = filters[name].compile(family, scope)
        columns.update(zip((leaf.key for leaf in family), compiled, strict=True))
    listed = ", ".join(f"{text} AS n{index}" for index, text in enumerate(columns.values()))
    told = ", ".join(
        f"string_agg(CASE n{index} WHEN true THEN '1' WHEN false THEN '0' ELSE '2' END, '')"
        for index in range(len(columns))
    )
    facts = ", ".join(f"{one.name} AS MATERIALIZED ({one.sql})" for one in scope.facts.values())
    text = (
        f"{f'WITH {facts} ' if facts else ''}SELECT array_to_string(ARRAY[{told}], ',') "  # noqa: S608
        f"FROM (SELECT {listed} FROM {PERSON_TABLE} AS person {' '.join(scope.joins.values())} "
        f"WHERE person.id = ANY(%({PEOPLE})s::bigint[]) ORDER BY person.id OFFSET 0) AS leaf"
    )
    kept = {name: f"${place}" for place, name in enumerate(scope.moments, start=2)}
    sql = literal_sql(text, scope.params, {PEOPLE: "$1", **kept})
    return Statement(sql, tuple(columns), tuple(scope.moments.values()))
