"""Whom staff put into a target, or left out of it, by hand: two lists that lie on top of its rule.

What is evaluated everywhere is ``all[any[rule, included], not excluded]``. A list is made with the
first person on it; before that nothing is asked.
"""

from typing import Final

from targets.catalog import Catalog
from targets.models import StaticList
from targets.rules.tree import Group, Leaf, Node, Rule

STATIC_FILTER: Final = "static_list"
INCLUDED: Final = StaticList.Side.INCLUDED.value
EXCLUDED: Final = StaticList.Side.EXCLUDED.value


def slug_of(target_slug: str, side: str) -> str:
    """The slug of such a list; no list of its own can have it."""
    return f"{target_slug}+{side}"


def side_of(slug: str) -> str:
    """Which side of a target a list is; empty for a list of its own."""
    return slug.rpartition("+")[2] if "+" in slug else ""


def known_picks(catalog: Catalog) -> set[str]:
    """The slugs of the lists that lie on targets."""
    return catalog.load("picks", _load)


def _load() -> set[str]:
    return set(StaticList.objects.exclude(target=None).values_list("slug", flat=True))


def with_picks(rule: Rule, target_slug: str, catalog: Catalog | None = None) -> Rule:
    """The rule that is evaluated for a target: with those put in, without those left out."""
    return Rule(_composed(rule.root, target_slug, known_picks(catalog or Catalog())))


def _composed(root: Node, target_slug: str, known: set[str]) -> Node:
    included, excluded = slug_of(target_slug, INCLUDED), slug_of(target_slug, EXCLUDED)
    if included in known:
        root = Group("any", (root, _leaf("any", included)))
    if excluded in known:
        root = Group("all", (root, _leaf("none", excluded)))
    return root


def rule_place(target_slug: str, catalog: Catalog) -> str:
    """Where the rule itself stands in what ``with_picks`` answers, as a JSON Pointer."""
    known = known_picks(catalog)
    place = "/rule"
    for side, step in ((EXCLUDED, "/all/0"), (INCLUDED, "/any/0")):
        place += step if slug_of(target_slug, side) in known else ""
    return place


def _leaf(op: str, slug: str) -> Leaf:
    return Leaf.of({"filter": STATIC_FILTER, "op": op, "value": [slug]})
