"""The matrix of a role as rows that a template draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from config.kit import abilities
from config.kit.abilities import VERBS, AbilityGroup, Text
from customers.selectors.roles import ListedRole

PREFIX = "may:"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A box; ``key`` empty where the thing has no such verb. ``was``: another tick than stored."""

    key: str
    verb: Text
    is_ticked: bool = False
    was: str = ""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.key}"


@dataclass(frozen=True, kw_only=True)
class Row:
    label: Text
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class MatrixGroup:
    label: Text
    verbs: list[Text]
    rows: list[Row]
    powers: list[Row]


def matrix_of(held: frozenset[str], *, present: frozenset[str]) -> list[MatrixGroup]:
    return [
        MatrixGroup(
            label=group.label,
            verbs=list(VERBS.values()),
            rows=[
                Row(
                    label=thing.label,
                    cells=[
                        _cell(f"{name}.{key}.{verb}", words, held, present)
                        if verb in thing.rights
                        else Cell(key="", verb=words)
                        for verb, words in VERBS.items()
                    ],
                )
                for key, thing in group.things.items()
            ],
            powers=[
                Row(label=power.label, cells=[_cell(f"{name}.{key}", power.label, held, present)])
                for key, power in group.powers.items()
            ],
        )
        for name, group in abilities.groups_in_order()
    ]


def _cell(key: str, verb: Text, held: frozenset[str], present: frozenset[str]) -> Cell:
    is_ticked, is_stored = key in held, key in present
    stored = _("now on") if is_stored else _("now off")
    return Cell(
        key=key, verb=verb, is_ticked=is_ticked, was="" if is_ticked == is_stored else stored
    )


def ticked(posted: Mapping[str, Any]) -> frozenset[str]:
    """The boxes of a sent form."""
    return frozenset(key.removeprefix(PREFIX) for key in posted if key.startswith(PREFIX))


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    label: Text
    texts: list[str]


def compared(roles: Sequence[ListedRole]) -> list[tuple[Text, list[ComparedRow]]]:
    """Per group and thing, what each role may, in words; empty for nothing."""
    return [(group.label, _compared_rows(name, group, roles)) for name, group in _groups()]


def _groups() -> list[tuple[str, AbilityGroup]]:
    return abilities.groups_in_order()


def _compared_rows(
    name: str, group: AbilityGroup, roles: Sequence[ListedRole]
) -> list[ComparedRow]:
    rows = [
        ComparedRow(
            label=thing.label,
            texts=[_verbs(f"{name}.{key}", tuple(thing.rights), one.boxes) for one in roles],
        )
        for key, thing in group.things.items()
    ]
    return rows + [
        ComparedRow(
            label=power.label,
            texts=[_("Yes") if f"{name}.{key}" in one.boxes else "" for one in roles],
        )
        for key, power in group.powers.items()
    ]


def _verbs(start: str, verbs: tuple[str, ...], held: frozenset[str]) -> str:
    names = [str(VERBS[verb]).lower() for verb in verbs if f"{start}.{verb}" in held]
    if len(names) == len(verbs) > 1:
        return _("Everything")
    return capfirst(", ".join(names))
