"""The library of ready-made conditions, in the builder."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from targets.backoffice.draft import DraftGroup, DraftLeaf, from_rule, leaves
from targets.presets import Preset, presets
from targets.registry import SECTIONS

SLOT = "%(n)s"


@dataclass(frozen=True)
class Line:
    """A ready-made condition: the words around its number, and the number that stands there."""

    key: str
    before: str
    after: str
    number: int
    most: int


@dataclass(frozen=True)
class Shelf:
    label: Any
    lines: list[Line]


def shelves(posted: Mapping[str, str]) -> list[Shelf]:
    """The library by section, with the numbers that were typed."""
    found = []
    for section, label in SECTIONS.items():
        ours = [(key, one) for key, one in presets.items() if one.section == section]
        if ours:
            found.append(Shelf(label, [_line(key, one, posted) for key, one in ours]))
    return found


def _line(key: str, preset: Preset, posted: Mapping[str, str]) -> Line:
    before, _slot, after = str(preset.label).partition(SLOT)
    number = number_of(key, preset, posted)
    return Line(key, before.strip(), after.strip(), number, preset.most)


def number_of(key: str, preset: Preset, posted: Mapping[str, str]) -> int:
    """What was typed, within what makes sense; else the number to begin with."""
    typed = posted.get(f"preset-{key}", "")
    if not (preset.start and typed.isdecimal() and len(typed) < 10):
        return preset.start
    return max(1, min(int(typed), preset.most))


def add_preset(root: DraftGroup, key: str, posted: Mapping[str, str]) -> None:
    """The ready-made condition comes on top of what the draft asks already."""
    preset = presets.get(key)
    if preset is None:
        return
    for leaf in leaves(root):
        leaf.is_open = False
    made = from_rule(preset.rule(number_of(key, preset, posted)))
    asked = [part for part in root.parts if not (isinstance(part, DraftLeaf) and not part.raw)]
    if root.kind != "all" and asked:
        asked = [DraftGroup(root.kind, asked)]
    new = made.parts if made.kind == "all" else [made]
    root.kind, root.parts = "all", [*asked, *new]
