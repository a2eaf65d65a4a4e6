"""Phrases that several filters share."""

from targets.operands.base import Operand
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase


def value_phrase(
    leaf: Leaf, operand: Operand, template: str, *, absent: str, present: str
) -> Phrase:
    """The phrase of a condition over a value: ``absent`` and ``present`` where absence is asked."""
    op = leaf.values["op"]
    if op in ("empty", "never"):
        return phrase(absent)
    if op == "not_empty":
        return phrase(present)
    return phrase(template, value=operand.words(op, leaf.values["value"]))
