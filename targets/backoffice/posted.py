"""The posted form of the builder, read back into a draft."""

import json
from typing import Any

from django.http import QueryDict

from targets.backoffice.draft import KINDS, DraftGroup, DraftLeaf, DraftNode, GroupKind, path_of
from targets.catalog import Catalog
from targets.reading import MOST_PARTS
from targets.registry import filters


def draft_from_post(data: QueryDict, catalog: Catalog) -> DraftGroup:
    """The tree that the form shows: ``node`` lists its nodes by path, parents first.

    What does not fit is left out: the form is ours, so only forgers lose something.
    """
    root = DraftGroup(_kind(data.get("n-kind", "all")))
    groups: dict[tuple[int, ...], DraftGroup] = {(): root}
    for name in data.getlist("node")[:MOST_PARTS]:
        path = path_of(name)
        parent = groups.get(path[:-1]) if path else None
        if parent is None or path in groups:
            continue
        node = _node(data, name, catalog)
        parent.parts.append(node)
        if isinstance(node, DraftGroup):
            groups[path] = node
    return root


def _node(data: QueryDict, name: str, catalog: Catalog) -> DraftNode:
    if f"{name}-kind" in data:
        return DraftGroup(_kind(data.get(f"{name}-kind", "")))
    if f"{name}-filter" in data:
        return DraftLeaf(_open_leaf(data, name, catalog), is_open=True)
    return DraftLeaf(_closed_leaf(data.get(f"{name}-leaf", "")))


def _kind(text: str) -> GroupKind:
    return next((kind for kind in KINDS if kind == text), "all")


def _closed_leaf(text: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _open_leaf(data: QueryDict, name: str, catalog: Catalog) -> dict[str, Any]:
    """``was`` is the filter whose controls were shown: those of another mean nothing."""
    chosen = filters.get(data.get(f"{name}-filter", ""))
    if chosen is None:
        return {}
    if data.get(f"{name}-was", "") != chosen.id:
        return chosen.blank(catalog)
    return chosen.posted(data, f"{name}-", catalog)
