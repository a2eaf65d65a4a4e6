"""Rules over many people at once: an integer for "true" and one for "false", a bit for each person.

Kleene's logic: neither bit is set where it is unknown. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from targets.nesting import slugs_of
from targets.rules.tree import Leaf, Node, Not

Truth = tuple[int, int]
UNKNOWN_AS_FALSE = str.maketrans("2", "0")
ONLY_FALSE = str.maketrans("012", "100")


@dataclass
class Bits:
    """Truths of leaves by key and members of targets by slug; ``everyone`` has every bit."""

    everyone: int
    leaves: dict[str, Truth]
    members: dict[str, int]


Judge = Callable[[Bits], Truth]


def read_truths(text: str) -> Truth:
    """From a character for each person: 1 true, 0 false, 2 unknown; the first is the lowest bit."""
    backwards = text[::-1]
    return (
        int(backwards.translate(UNKNOWN_AS_FALSE) or "0", 2),
        int(backwards.translate(ONLY_FALSE) or "0", 2),
    )


def judge_of(node: Node) -> Judge:
    """A function from the truths of leaves to that of the node."""
    if isinstance(node, Leaf):
        return _leaf(node)
    if isinstance(node, Not):
        part = judge_of(node.part)
        return lambda bits: part(bits)[::-1]
    parts = [judge_of(part) for part in node.parts]
    return _all(parts) if node.kind == "all" else _any(parts)


def _leaf(leaf: Leaf) -> Judge:
    named = slugs_of(leaf.values)
    if named:
        return _member(named, is_negated=leaf.values["op"] == "none")
    key = leaf.key
    return lambda bits: bits.leaves[key]


def _member(slugs: Sequence[str], *, is_negated: bool) -> Judge:
    def judge(bits: Bits) -> Truth:
        inside = 0
        for slug in slugs:
            inside |= bits.members[slug]
        outside = bits.everyone & ~inside
        return (outside, inside) if is_negated else (inside, outside)

    return judge


def _all(parts: Sequence[Judge]) -> Judge:
    def judge(bits: Bits) -> Truth:
        true, false = bits.everyone, 0
        for part in parts:
            is_true, is_false = part(bits)
            true &= is_true
            false |= is_false
        return true, false

    return judge


def _any(parts: Sequence[Judge]) -> Judge:
    def judge(bits: Bits) -> Truth:
        true, false = 0, bits.everyone
        for part in parts:
            is_true, is_false = part(bits)
            true |= is_true
            false &= is_false
        return true, false

    return judge


def places(mask: int) -> list[int]:
    """The positions of the bits that are set."""
    found: list[int] = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 1)
        mask ^= lowest
    return found


def masks(held: Sequence[Sequence[int]]) -> dict[int, int]:
    """Members of targets, from the targets of each person."""
    found: dict[int, int] = {}
    for place, targets in enumerate(held):
        for target in targets:
            found[target] = found.get(target, 0) | 1 << place
    return found
