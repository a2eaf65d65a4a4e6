"""The published JSON Schema of the rule, made from the registered filters."""

from typing import Any

from targets.reading import MOST_PARTS
from targets.registry import filters
from targets.rules.tree import VERSION


def rule_schema() -> dict[str, Any]:
    """JSON Schema 2020-12. Names, depth and the order of ranges are checked beyond it."""
    leaves = {f"filter_{name}": one.schema() for name, one in filters.items()}
    parts = {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": MOST_PARTS}
    groups = [_group("all", parts), _group("any", parts), _group("not", {"$ref": "#/$defs/node"})]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rule of a target",
        "type": "object",
        "properties": {"version": {"const": VERSION}, "rule": {"$ref": "#/$defs/node"}},
        "required": ["version", "rule"],
        "additionalProperties": False,
        "$defs": {
            **leaves,
            "node": {"oneOf": [*groups, *({"$ref": f"#/$defs/{name}"} for name in leaves)]},
        },
    }


def _group(kind: str, parts: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {kind: parts},
        "required": [kind],
        "additionalProperties": False,
    }
