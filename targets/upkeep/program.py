"""All targets under upkeep, compiled: leaves in families, judges of rules, what depends on what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from typing import Any

from django.conf import settings
from django.db.models import F

from targets.capture import PERSON_TABLE
from targets.catalog import Catalog
from targets.compiling.edges import Edge
from targets.compiling.instant import Instant
from targets.compiling.scope import PEOPLE, Moment, Scope, literal_sql
from targets.models import Target
from targets.nesting import slugs_in, slugs_of, targets_by_slug
from targets.picks import with_picks
from targets.reading import rule_from_json
from targets.registry import filters
from targets.rules.problems import RuleRefused
from targets.rules.tree import Leaf, Rule
from targets.upkeep.bits import Judge, judge_of

MOST_LEAVES = 250
MOST_PARTS = 200
TIME = "time"
# The table that changed, or TIME, and a key by which leaves tell its changes apart.
Source = tuple[str, str]


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


@dataclass(frozen=True, eq=False)
class Part:
    """What some changes ask for: targets to judge, inner ones first, and the truths for that."""

    targets: Sequence[Tracked]
    statements: Sequence[Statement]


@dataclass
class Program:
    """``targets`` in an order in which inner ones come first.

    Which targets a change may concern follows from its source. Only their leaves are evaluated:
    a part of the program is compiled when the first change of its kind comes.
    """

    catalog: Catalog
    targets: list[Tracked] = field(default_factory=list)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    # source, or source:key -> slugs of the targets whose truth may follow from its changes
    dependents: dict[str, set[str]] = field(default_factory=dict)
    concerned: dict[Source, frozenset[str]] = field(default_factory=dict)
    parts: dict[frozenset[str], Part] = field(default_factory=dict)

    def parts_of(self, sources: Iterable[Source]) -> list[Part]:
        """What these changes of one person ask for: one part, of many odd mixtures several."""
        wanted = {slugs for source in sources if (slugs := self.affected(source))}
        if len(wanted) > 1:
            together = frozenset[str]().union(*wanted)
            if together in self.parts or len(self.parts) < MOST_PARTS:
                wanted = {together}
        return [self._part(slugs) for slugs in wanted]

    def idle(self, changes: Iterable[set[Source]]) -> list[Source]:
        """Of these sources those that concern no target."""
        return [source for source in set().union(*changes) if not self.affected(source)]

    def affected(self, source: Source) -> frozenset[str]:
        """Slugs of the targets that a change of this source may concern.

        A change of the record names its columns; one that does not concerns all of them.
        """
        if source not in self.concerned:
            table, key = source
            keys = key.split("+") if table == PERSON_TABLE else [key]
            keyed = set[str]().union(*(self.dependents.get(f"{table}:{one}", ()) for one in keys))
            found = self.dependents.get(table, set()) | keyed
            if (table == PERSON_TABLE and not key) or (table == TIME and not keyed):
                found = {one.slug for one in self.targets}
            self.concerned[source] = frozenset(found)
        return self.concerned[source]

    def _part(self, slugs: frozenset[str]) -> Part:
        if slugs not in self.parts:
            wanted: set[str] = set()
            for one in reversed(self.targets):
                if one.slug in slugs or one.slug in wanted:
                    wanted.update((one.slug, *one.inner))
            targets = [one for one in self.targets if one.slug in wanted]
            keys = set().union(*(one.leaves for one in targets))
            leaves = [self.leaves[key] for key in sorted(keys)]
            self.parts[slugs] = Part(targets, _statements(leaves, self.catalog))
        return self.parts[slugs]


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


def with_inner(target: Target) -> list[tuple[int, str, dict[str, Any]]]:
    """The target and those inside it, as ``program_of`` takes them."""
    known = targets_by_slug(Catalog())
    waiting, seen, found = [target.slug], {target.slug}, []
    while waiting:
        one = known[waiting.pop()]
        found.append((one.pk, one.slug, one.rule))
        inner = (slugs_in(one.rule) & known.keys()) - seen
        seen |= inner
        waiting.extend(inner)
    return found


def program_of(rows: Sequence[tuple[int, str, dict[str, object]]], catalog: Catalog) -> Program:
    saved = {slug: (pk, rule) for pk, slug, rule in rows}
    graph = {slug: slugs_in(rule) for slug, (_pk, rule) in saved.items()}
    program = Program(catalog)
    tracked: dict[str, Tracked] = {}
    for slug in TopologicalSorter(graph).static_order():
        if slug not in saved or not graph[slug] <= tracked.keys():
            continue
        try:
            rule = with_picks(rule_from_json(saved[slug][1], catalog), slug, catalog)
        except RuleRefused:
            continue
        own = {leaf.key: leaf for leaf in rule.leaves if not slugs_of(leaf.values)}
        program.leaves.update(own)
        tracked[slug] = _tracked(saved[slug][0], slug, rule, own.keys(), tracked)
    program.targets = list(tracked.values())
    _connect(program)
    return program


def _tracked(
    pk: int, slug: str, rule: Rule, own: Iterable[str], known: dict[str, Tracked]
) -> Tracked:
    named = {inner for leaf in rule.leaves for inner in slugs_of(leaf.values)}
    inner = tuple(named | {deep for one in named for deep in known[one].inner})
    below = set().union(*(known[one].leaves for one in named)) if named else set()
    return Tracked(pk, slug, judge_of(rule.root), frozenset({*own, *below}), inner)


def _connect(program: Program) -> None:
    """What depends on which source, and which truths time can flip."""
    users: dict[str, set[str]] = {key: set() for key in program.leaves}
    for one in program.targets:
        for key in one.leaves:
            users[key].add(one.slug)
        program.dependents[rebuilt(one.pk)] = {one.slug}
    for key, leaf in program.leaves.items():
        known = filters[leaf.filter]
        edges = known.edges(leaf, program.catalog)
        program.edges += edges
        for source in [*known.sources(leaf), *(f"{TIME}:{edge.key}" for edge in edges)]:
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
