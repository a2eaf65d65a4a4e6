"""A rule as a frozen tree. Pure: no database."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

VERSION = 1


@dataclass(frozen=True)
class Leaf:
    """One condition. ``text`` is its JSON as saved; ``key`` is the same for equal conditions."""

    text: str

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Leaf":
        return cls(json.dumps(values, ensure_ascii=False, separators=(",", ":")))

    @cached_property
    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def filter(self) -> str:
        name: str = self.values["filter"]
        return name

    @cached_property
    def canonical(self) -> str:
        """Keys sorted, lists that are sets sorted: the form that equal conditions share."""
        values = {
            key: _sorted(value) if _is_set(key, self.values) else value
            for key, value in self.values.items()
        }
        return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def key(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Group:
    """True if ``all`` or ``any`` of its parts are, by Kleene's logic."""

    kind: Literal["all", "any"]
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    part: "Node"


Node = Leaf | Group | Not


@dataclass(frozen=True)
class Rule:
    root: Node

    @property
    def leaves(self) -> list[Leaf]:
        return [node for _pointer, node in walk(self.root) if isinstance(node, Leaf)]

    def to_json(self) -> dict[str, Any]:
        return {"version": VERSION, "rule": node_json(self.root)}

    @property
    def key(self) -> str:
        """The same for rules that are written alike, whatever the order inside a list of values."""
        return hashlib.sha256(canonical(self.root).encode()).hexdigest()[:32]


def _is_set(key: str, values: dict[str, Any]) -> bool:
    if not isinstance(values[key], list):
        return False
    return key != "value" or values.get("op") != "between"


def _sorted(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda one: (str(type(one)), one))


def walk(node: Node, pointer: str = "/rule") -> Iterator[tuple[str, Node]]:
    """Every node with its JSON Pointer, parents first."""
    yield pointer, node
    if isinstance(node, Group):
        for index, part in enumerate(node.parts):
            yield from walk(part, f"{pointer}/{node.kind}/{index}")
    elif isinstance(node, Not):
        yield from walk(node.part, f"{pointer}/not")


def node_json(node: Node) -> dict[str, Any]:
    if isinstance(node, Leaf):
        return dict(node.values)
    if isinstance(node, Not):
        return {"not": node_json(node.part)}
    return {node.kind: [node_json(part) for part in node.parts]}


def canonical(node: Node) -> str:
    if isinstance(node, Leaf):
        return node.canonical
    if isinstance(node, Not):
        return f'{{"not":{canonical(node.part)}}}'
    return f'{{"{node.kind}":[{",".join(canonical(part) for part in node.parts)}]}}'
