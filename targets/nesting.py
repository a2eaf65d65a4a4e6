"""Targets inside rules of targets: who refers to whom. Works on stored JSON, of any depth."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from targets.catalog import Catalog
from targets.models import Target

TARGET_FILTER = "target"


@dataclass(frozen=True)
class Named:
    """A saved target as rules see it."""

    pk: int
    slug: str
    name: str
    rule: dict[str, Any]


def targets_by_slug(catalog: Catalog) -> dict[str, Named]:
    """All targets but the one being saved, by slug, in order of their names."""
    found = catalog.load("targets", _load)
    return {slug: one for slug, one in found.items() if slug != catalog.own_slug}


def _load() -> dict[str, Named]:
    rows = Target.objects.order_by("name", "id").values_list("pk", "slug", "name", "rule")
    return {slug: Named(pk, slug, name, rule) for pk, slug, name, rule in rows}


def slugs_of(values: dict[str, Any]) -> list[str]:
    """The targets that a leaf names."""
    if values.get("filter") != TARGET_FILTER or not isinstance(values.get("value"), list):
        return []
    return [slug for slug in values["value"] if isinstance(slug, str)]


def slugs_in(document: Any) -> set[str]:
    """The targets that a stored rule names."""
    return {slug for leaf in leaves_in(document) for slug in slugs_of(leaf)}


def leaves_in(document: Any) -> Iterator[dict[str, Any]]:
    """The conditions of a stored rule, of any depth."""
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            if isinstance(node.get("filter"), str):
                yield node
            waiting.extend(value for key, value in node.items() if key != "value")


def would_cycle(slug: str, catalog: Catalog) -> bool:
    """Whether the target ``slug`` leads back to the one that is being saved."""
    if not catalog.own_slug:
        return False
    known = catalog.load("targets", _load)
    seen: set[str] = set()
    waiting = [slug]
    while waiting:
        one = waiting.pop()
        if one == catalog.own_slug:
            return True
        if one not in seen and one in known:
            seen.add(one)
            waiting.extend(slugs_in(known[one].rule))
    return False


def in_order(slugs: Iterable[str] | None = None) -> list[str]:
    """Slugs with each target after those that its rule names; all targets by default."""
    known = _load()
    wanted = known.keys() if slugs is None else set(slugs) & known.keys()
    graph = {slug: slugs_in(known[slug].rule) & known.keys() for slug in known}
    return [slug for slug in TopologicalSorter(graph).static_order() if slug in wanted]


def dependents_of(slug: str) -> set[str]:
    """Every target whose rule refers to this one, directly or through others."""
    known = _load()
    users: dict[str, set[str]] = {}
    for one in known.values():
        for named in slugs_in(one.rule):
            users.setdefault(named, set()).add(one.slug)
    found: set[str] = set()
    waiting = [slug]
    while waiting:
        for user in users.get(waiting.pop(), set()) - found:
            found.add(user)
            waiting.append(user)
    return found
