"""The filters of the customers list as a rule, as far as rules can say them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from config.kit.pages.filtering.fields import Blank, Picked
from config.kit.pages.filtering.spans import Op, Span, Unit

Node = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """``without``: the names of the filters that a rule cannot say."""

    rule: Node
    without: list[str]


def rule_of(values: Mapping[str, Any]) -> Said:
    """All of the filters together; one alone is a bare condition or group."""
    found, without = [], []
    for name, value in values.items():
        node = RULES[name](value) if name in RULES else None
        if node is None:
            without.append(name)
        else:
            found.append(node)
    return Said(found[0] if len(found) == 1 else {"all": found}, without)


def _picked(leaf: Node, keys: Callable[[Any], Any] = str) -> Callable[[Picked], Node]:
    def say(value: Picked) -> Node:
        parts: list[Node] = []
        if value.values:
            parts.append({**leaf, "op": "any", "value": [keys(one) for one in value.values]})
        parts += [{**leaf, "op": "empty"}] if value.empty else []
        parts += [{**leaf, "op": "not_empty"}] if value.filled else []
        return parts[0] if len(parts) == 1 else {"any": parts}

    return say


def _span(name: str) -> Callable[[Span], Node | None]:
    def say(span: Span) -> Node | None:
        leaf: Node = {"filter": name}
        if span.op in (Op.LAST, Op.OLDER):
            size = {"n": span.count, "unit": span.unit or Unit.DAYS.name.lower()}
            recent = {**leaf, "op": "last", "value": size}
            return recent if span.op == Op.LAST else {"not": recent}
        if span.op == Op.EMPTY:
            return {**leaf, "op": "never"}
        if span.op == Op.FILLED:
            return {"not": {**leaf, "op": "never"}}
        return _days(leaf, span)

    return say


def _days(leaf: Node, span: Span) -> Node | None:
    """Fixed days. Those that move, such as "this week", no rule can say."""
    if span.op in (Op.ON, Op.BEFORE, Op.AFTER) and span.first:
        return {**leaf, "op": span.op.value, "value": span.first.isoformat()}
    if span.op != Op.BETWEEN:
        return None
    if span.first and span.last:
        ends = [span.first.isoformat(), span.last.isoformat()]
        return {**leaf, "op": "between", "value": ends}
    if span.first:
        day = span.first - timedelta(days=1)
        return {**leaf, "op": "after", "value": day.isoformat()}
    if span.last:
        day = span.last + timedelta(days=1)
        return {**leaf, "op": "before", "value": day.isoformat()}
    return None


def _city(value: str | Blank) -> Node:
    leaf = {"filter": "field", "field": "city"}
    if isinstance(value, Blank):
        return {**leaf, "op": "empty" if value == Blank.EMPTY else "not_empty"}
    return {**leaf, "op": "starts_with", "value": value}


def _consent(value: str) -> Node | None:
    """Who was never asked is not told apart from who was asked and has not answered."""
    asked = {"filter": "consent", "channel": "email", "op": "any", "value": [value]}
    return None if value == "none" else asked


RULES: dict[str, Callable[[Any], Node | None]] = {
    "stage": _picked({"filter": "lifecycle"}),
    "status": _picked({"filter": "field", "field": "status"}),
    "verified": lambda value: {"filter": "verified", "op": "is", "value": value == "yes"},
    "tag": _picked({"filter": "tags"}, lambda tag: tag.name),
    "category": _picked({"filter": "category"}, lambda category: category.code),
    "last_login": _span("last_login"),
    "registered": _span("registered_at"),
    "consent": _consent,
    "city": _city,
    "source": _picked({"filter": "field", "field": "source"}),
    "target": lambda chosen: {
        "filter": "target",
        "op": "any",
        "value": [one.slug for one in chosen],
    },
    "rule": lambda asked: asked.rule.to_json()["rule"],
}
