"""A rule while it is being edited: a tree that may be unfinished. Pure, no database.

Groups are *all*, *any* or *none*: the negation of a part is the group *none* around it.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal, cast

GroupKind = Literal["all", "any", "none"]
KINDS: tuple[GroupKind, ...] = ("all", "any", "none")


@dataclass
class DraftLeaf:
    """``raw`` is the leaf's JSON as typed; without a filter it waits for one to be chosen."""

    raw: dict[str, Any]
    is_open: bool = False


@dataclass
class DraftGroup:
    kind: GroupKind = "all"
    parts: list["DraftNode"] = field(default_factory=list)


DraftNode = DraftLeaf | DraftGroup
Trail = list[tuple[DraftGroup, int]]


def from_rule(rule: dict[str, Any]) -> DraftGroup:
    """The draft of a checked rule; the root is always a group."""
    node = _from_json(rule)
    return node if isinstance(node, DraftGroup) else DraftGroup("all", [node])


def _from_json(node: dict[str, Any]) -> DraftNode:
    if "not" in node:
        part = node["not"]
        if isinstance(part, dict) and "any" in part:
            return DraftGroup("none", [_from_json(one) for one in part["any"]])
        return DraftGroup("none", [_from_json(part)])
    for kind in ("all", "any"):
        if kind in node:
            parts = [_from_json(one) for one in node[kind]]
            return DraftGroup(cast("GroupKind", kind), parts)
    return DraftLeaf(node)


def to_rule(group: DraftGroup, *, without: frozenset[int] = frozenset()) -> dict[str, Any]:
    """The JSON of the rule, less the leaves whose ``id()`` is in ``without``."""
    found = _to_json(group, without)
    return found if found is not None else {"all": []}


def _to_json(node: DraftNode, without: frozenset[int]) -> dict[str, Any] | None:
    if isinstance(node, DraftLeaf):
        return None if id(node) in without else node.raw
    parts = [one for one in (_to_json(part, without) for part in node.parts) if one is not None]
    if node.parts and not parts:
        return None
    return {"not": {"any": parts}} if node.kind == "none" else {node.kind: parts}


def pointers(
    group: DraftGroup, *, without: frozenset[int] = frozenset(), at: str = "/rule"
) -> Iterator[tuple[DraftNode, str]]:
    """Each node that ``to_rule`` keeps, with its JSON Pointer there."""
    yield group, at
    inside = f"{at}/not/any" if group.kind == "none" else f"{at}/{group.kind}"
    place = 0
    for part in group.parts:
        if _to_json(part, without) is None:
            continue
        if isinstance(part, DraftGroup):
            yield from pointers(part, without=without, at=f"{inside}/{place}")
        else:
            yield part, f"{inside}/{place}"
        place += 1


def leaves(group: DraftGroup) -> Iterator[DraftLeaf]:
    for part in group.parts:
        if isinstance(part, DraftLeaf):
            yield part
        else:
            yield from leaves(part)


# Changing the tree. A path is the places of the parts from the root, such as (2, 0).

Path = tuple[int, ...]


def path_of(text: str) -> Path:
    """``n2_0`` → (2, 0); ``n`` is the root. What is no path leads to the root."""
    places = text.removeprefix("n").split("_")
    return tuple(int(place) for place in places if place.isdecimal() and len(place) < 5)


def name_of(path: Path) -> str:
    return "n" + "_".join(str(place) for place in path)


def node_at(root: DraftGroup, path: Path) -> DraftNode | None:
    node: DraftNode = root
    for place in path:
        if not isinstance(node, DraftGroup) or place >= len(node.parts):
            return None
        node = node.parts[place]
    return node


def act(root: DraftGroup, verb: str, path: Path) -> DraftNode | None:
    """Do what a button says; answers the node that was moved or made, to lead there."""
    node = node_at(root, path)
    if node is None:
        return None
    if isinstance(node, DraftGroup) and verb in ("add", "group"):
        return _add(root, node, verb)
    if isinstance(node, DraftLeaf) and verb in ("open", "close"):
        _close_all(root)
        node.is_open = verb == "open"
    elif path and verb in ("up", "down"):
        _move(root, path, -1 if verb == "up" else 1)
        return node
    elif path and verb in SHAPING:
        return SHAPING[verb](root, path, node)
    return None


def _add(root: DraftGroup, group: DraftGroup, verb: str) -> DraftNode:
    """A new condition, alone or in a group of its own; one goes on at the condition."""
    fresh = DraftLeaf({}, is_open=True)
    _close_all(root)
    group.parts.append(fresh if verb == "add" else DraftGroup(_other(group.kind), [fresh]))
    return fresh


def _close_all(root: DraftGroup) -> None:
    for leaf in leaves(root):
        leaf.is_open = False


def put(root: DraftGroup, path: Path, group: Path, place: int) -> DraftNode | None:
    """Where it was dropped: before the part at this place of a group, or at its end."""
    node, into = node_at(root, path), node_at(root, group)
    if not path or node is None or not isinstance(into, DraftGroup) or group[: len(path)] == path:
        return None
    before = into.parts[place] if place < len(into.parts) else None
    if before is node:
        return node
    old = cast("DraftGroup", node_at(root, path[:-1]))
    old.parts.pop(path[-1])
    into.parts.insert(_index(into.parts, before), node)
    _drop_if_empty(root, old)
    return node


def _index(parts: list[DraftNode], before: DraftNode | None) -> int:
    places = [index for index, one in enumerate(parts) if one is before]
    return places[0] if places else len(parts)


def _drop_if_empty(root: DraftGroup, group: DraftGroup) -> None:
    """Take out a group that a move has left empty, and those around it."""
    while not group.parts and group is not root:
        outer = _outer(root, group)
        if outer is None:
            return
        outer.parts.pop(_index(outer.parts, group))
        group = outer


def _outer(root: DraftGroup, wanted: DraftGroup) -> DraftGroup | None:
    waiting = [root]
    while waiting:
        group = waiting.pop()
        if any(part is wanted for part in group.parts):
            return group
        waiting += [part for part in group.parts if isinstance(part, DraftGroup)]
    return None


def _take_out(root: DraftGroup, path: Path, _node: DraftNode) -> None:
    """Remove a node, and the groups around it that it leaves empty."""
    parent = cast("DraftGroup", node_at(root, path[:-1]))
    parent.parts.pop(path[-1])
    _drop_if_empty(root, parent)


def _copy(root: DraftGroup, path: Path, node: DraftNode) -> DraftNode:
    """The same again, below it."""
    made = deepcopy(node)
    for leaf in leaves(DraftGroup("all", [made])):
        leaf.is_open = False
    parent = cast("DraftGroup", node_at(root, path[:-1]))
    parent.parts.insert(path[-1] + 1, made)
    return made


def _wrap(root: DraftGroup, path: Path, node: DraftNode) -> DraftNode:
    """A group of its own around it."""
    parent = cast("DraftGroup", node_at(root, path[:-1]))
    made = DraftGroup(_other(parent.kind), [node])
    parent.parts[path[-1]] = made
    return made


def _negate(root: DraftGroup, path: Path, node: DraftNode) -> DraftNode:
    """The group *none* around it; the opposite of such a group is what stands in it."""
    parent = cast("DraftGroup", node_at(root, path[:-1]))
    made: DraftNode = DraftGroup("none", [node])
    if isinstance(node, DraftGroup) and node.kind == "none":
        made = node.parts[0] if len(node.parts) == 1 else DraftGroup("any", node.parts)
    parent.parts[path[-1]] = made
    return made


def _dissolve(root: DraftGroup, path: Path, node: DraftNode) -> DraftNode | None:
    """What stands in a group, in its place."""
    if not isinstance(node, DraftGroup) or not node.parts:
        return None
    parent = cast("DraftGroup", node_at(root, path[:-1]))
    parent.parts[path[-1] : path[-1] + 1] = node.parts
    return node.parts[0]


def require(root: DraftGroup, path: Path, presence: dict[str, Any]) -> DraftNode | None:
    """Beside a condition, that its datum is there: both are false of whom it is missing for."""
    node, parent = node_at(root, path), node_at(root, path[:-1])
    if not path or not isinstance(node, DraftLeaf) or not isinstance(parent, DraftGroup):
        return None
    made = DraftLeaf(presence)
    if parent.kind == "all":
        parent.parts.insert(path[-1] + 1, made)
    else:
        parent.parts[path[-1]] = DraftGroup("all", [node, made])
    _close_all(root)
    return made


def required(group: DraftGroup) -> Iterator[tuple[DraftLeaf, dict[str, Any]]]:
    """Each condition with the JSON of each that must hold beside it."""
    for part in group.parts:
        if isinstance(part, DraftGroup):
            yield from required(part)
        elif group.kind == "all":
            for one in group.parts:
                if isinstance(one, DraftLeaf) and one is not part:
                    yield part, one.raw


SHAPING: dict[str, Callable[[DraftGroup, Path, DraftNode], DraftNode | None]] = {
    "remove": _take_out,
    "copy": _copy,
    "wrap": _wrap,
    "negate": _negate,
    "dissolve": _dissolve,
}


def _other(kind: GroupKind) -> GroupKind:
    return "all" if kind == "any" else "any"


def _move(root: DraftGroup, path: Path, step: int) -> None:
    """One place up or down: past a condition, into a group, or out of the one it is in."""
    parent = cast("DraftGroup", node_at(root, path[:-1]))
    place, beside = path[-1], path[-1] + step
    node = parent.parts[place]
    if 0 <= beside < len(parent.parts):
        neighbour = parent.parts[beside]
        parent.parts.pop(place)
        if isinstance(neighbour, DraftGroup):
            neighbour.parts.insert(len(neighbour.parts) if step < 0 else 0, node)
        else:
            parent.parts.insert(beside, node)
    elif len(path) > 1:
        outer = cast("DraftGroup", node_at(root, path[:-2]))
        parent.parts.pop(place)
        outer.parts.insert(path[-2] + (1 if step > 0 else 0), node)
        if not parent.parts:
            outer.parts.remove(parent)
