"""What a role may do, in plain words: which permissions a box of the roles' matrix stands for.

Each app registers one group per part of the product from its ``plugins.py``. A permission stands
behind one box at most; those behind none come with the role's default alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.registry import Registry

Text = str | Promise
VERBS: Final[dict[str, Text]] = {
    "see": _("See"),
    "add": _("Add"),
    "change": _("Change"),
    "delete": _("Delete"),
}


@dataclass(frozen=True, kw_only=True)
class Thing:
    """A row of the matrix; ``rights`` are the permissions behind each verb that it has."""

    label: Text
    rights: Mapping[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class Power:
    """A right that is none of the verbs, as a phrase: "Send campaigns"."""

    label: Text
    permissions: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class AbilityGroup:
    label: Text
    order: int = 100
    things: Mapping[str, Thing] = field(default_factory=dict)
    powers: Mapping[str, Power] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Box:
    """One box of the matrix. ``label`` is its whole phrase ("Notes: delete")."""

    key: str
    label: str
    permissions: frozenset[str]


groups: Registry[AbilityGroup] = Registry("abilities")


def permissions_of(app: str, verbs: str, models: str) -> frozenset[str]:
    """``permissions_of("customers", "view", "note noterevision")``."""
    return frozenset(f"{app}.{verb}_{model}" for verb in verbs.split() for model in models.split())


def groups_in_order() -> list[tuple[str, AbilityGroup]]:
    return sorted(groups.items(), key=lambda one: one[1].order)


def boxes() -> dict[str, Box]:
    """Every box by its key: ``group.thing.verb`` or ``group.power``."""
    found = {}
    for name, group in groups_in_order():
        for thing, row in group.things.items():
            for verb, permissions in row.rights.items():
                key = f"{name}.{thing}.{verb}"
                words = gettext("%(thing)s: %(verb)s") % {
                    "thing": row.label,
                    "verb": str(VERBS[verb]).lower(),
                }
                found[key] = Box(key=key, label=words, permissions=permissions)
        for power, right in group.powers.items():
            key = f"{name}.{power}"
            found[key] = Box(key=key, label=str(right.label), permissions=right.permissions)
    return found


def held_boxes(permissions: set[str]) -> set[str]:
    """The boxes that are wholly held."""
    return {key for key, box in boxes().items() if box.permissions <= permissions}


def covered() -> frozenset[str]:
    """All permissions that stand behind some box."""
    return frozenset().union(*(box.permissions for box in boxes().values()))
