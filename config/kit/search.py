"""The global search and the command palette: each app offers its kinds of things."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from config.kit.access import StaffUser
from config.kit.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Hit:
    title: str
    detail: str
    url: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchKind:
    """``find(text, limit)`` answers fast: at most ``limit`` hits, best first.

    ``recall(keys)`` answers the hits of records by their public ids, for "recently opened"; those
    that are gone are left out.
    """

    label: str | Promise
    icon: str
    permission: str
    find: Callable[[str, int], list[Hit]]
    recall: Callable[[list[str]], list[Hit]] | None = None


kinds: Registry[SearchKind] = Registry("search")


def find(text: str, *, user: StaffUser, limit: int = 5) -> list[tuple[SearchKind, list[Hit]]]:
    """Hits of every kind that this member of staff may see."""
    cleaned = text.strip()[:200]
    if not cleaned:
        return []
    groups = [
        (kind, kind.find(cleaned, limit))
        for kind in kinds.values()
        if user.has_perm(kind.permission)
    ]
    return [(kind, hits) for kind, hits in groups if hits]
