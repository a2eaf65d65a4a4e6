"""From rules to SQL: each distinct leaf is compiled once, families together.

1. Leaves of the rules, and of the targets that they refer to, are gathered by key.
2. Each filter compiles its leaves (a family) to three-valued expressions over ``person``.
3. Groups become AND, OR and NOT: SQL's logic is Kleene's.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from targets.compiling.scope import Scope
from targets.nesting import slugs_of, targets_by_slug
from targets.picks import with_picks
from targets.reading import rule_from_json
from targets.registry import filters
from targets.rules.problems import Problem, RuleRefused
from targets.rules.tree import Group, Leaf, Node, Not, Rule

LIVE = "person.trashed_at IS NULL AND person.merged_into_id IS NULL AND person.erased_at IS NULL"
LONGEST_SQL = 500_000


class Compiled:
    """SQL of some rules over one scope.

    ``nested`` are the targets that they refer to; ``families`` all leaves that name no target.
    """

    def __init__(self, rules: Iterable[Rule], scope: Scope) -> None:
        self.scope = scope
        scope.member = self._member
        self.nested: dict[str, Rule] = {}
        self.families: dict[str, dict[str, Leaf]] = {}
        self._leaves: dict[str, str] = {}
        for leaf in self._gathered(list(rules)):
            self.families.setdefault(leaf.filter, {}).setdefault(leaf.key, leaf)
        for name, family in self.families.items():
            expressions = filters[name].compile(list(family.values()), scope)
            self._leaves.update(zip(family, expressions, strict=True))

    def _gathered(self, rules: list[Rule]) -> list[Leaf]:
        """Leaves of these rules and of the targets inside; those that name targets come later."""
        plain: list[Leaf] = []
        while rules:
            for leaf in rules.pop().leaves:
                named = slugs_of(leaf.values)
                rules.extend(self._load(slug) for slug in named if slug not in self.nested)
                if not named:
                    plain.append(leaf)
        return plain

    def _load(self, slug: str) -> Rule:
        found = targets_by_slug(self.scope.catalog)[slug]
        rule = rule_from_json(found.rule, self.scope.catalog)
        self.nested[slug] = with_picks(rule, slug, self.scope.catalog)
        return self.nested[slug]

    def _member(self, slug: str) -> str:
        return f"({self.sql(self.nested[slug].root)} IS TRUE)"

    def leaf_sql(self, leaf: Leaf) -> str:
        if leaf.key not in self._leaves:
            self._leaves[leaf.key] = filters[leaf.filter].compile([leaf], self.scope)[0]
        return self._leaves[leaf.key]

    def sql(self, node: Node) -> str:
        """A node as an expression over ``person``: true, false or NULL.

        :raises RuleRefused: when targets inside targets multiply each other beyond measure.
        """
        if isinstance(node, Leaf):
            return self.leaf_sql(node)
        if isinstance(node, Not):
            return f"(NOT {self.sql(node.part)})"
        found = grouped(node, [self.sql(part) for part in node.parts])
        if len(found) > LONGEST_SQL:
            raise RuleRefused(
                [Problem("/rule", _("Together with the targets inside, this rule is too large."))]
            )
        return found

    def from_people(self) -> str:
        """The live people with what the leaves need; ``AND`` may follow."""
        joins = " ".join(self.scope.joins.values())
        return f"FROM customers_customer AS person {joins} WHERE {LIVE}"


def grouped(group: Group, parts: list[str]) -> str:
    """The SQL of a group out of that of its parts."""
    if not parts:
        return "TRUE" if group.kind == "all" else "FALSE"
    return f"({(' AND ' if group.kind == 'all' else ' OR ').join(parts)})"
