"""TG14: the number of records in the activity log, of some kinds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.registry import timeline
from customers.selectors.activity_kinds import own_kind_label, own_kinds
from targets.catalog import Catalog
from targets.compiling.edges import Edge, arrival_edge, by_moment, kind_condition, window_edges
from targets.compiling.families import Measure, family, often
from targets.compiling.scope import Scope, window_sql
from targets.evidence import Asking, Evidence, counted
from targets.filter import Filter
from targets.inputs import Choice
from targets.operands.number import NumberOperand
from targets.parameters import NameParameter, NamesParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import (
    Phrase,
    both,
    either,
    number_words,
    phrase,
    shown_number,
    window_words,
)
from targets.witnesses import activity_witness

MODES = (
    Choice("any", gettext_lazy("any of these kinds")),
    Choice("all", gettext_lazy("each of these kinds")),
    Choice("sum", gettext_lazy("these kinds together")),
)


def find_kinds(catalog: Catalog) -> list[Choice]:
    known = [Choice(key, kind.label) for key, kind in timeline.items()]
    own = catalog.load("own kinds of activity", own_kinds)
    return known + [Choice(one.kind, own_kind_label(one)) for one in own]


class ActivityCount(Filter):
    id = "activity_count"
    label = gettext_lazy("Number of activity records")
    section = "visits"
    facts = ("customers_activity",)
    parameters = (
        NamesParameter("kinds", find_kinds, label=gettext_lazy("Kinds of activity")),
        NameParameter("mode", lambda catalog: MODES, label=gettext_lazy("Count"), default="any"),
        WindowParameter(),
    )

    def operand(self, values: dict[str, Any], catalog: Catalog) -> NumberOperand:
        return NumberOperand(can_be_missing=False, whole=True)

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        measures: list[Measure] = []
        widths: list[int] = []
        for leaf in leaves:
            made = self._measures(leaf.values, scope)
            measures += made
            widths.append(len(made))
        conditions = iter(family("activity", "customers_activity", measures, scope))
        return [
            self._combined(leaf.values, [next(conditions) for _index in range(width)])
            for leaf, width in zip(leaves, widths, strict=True)
        ]

    def _measures(self, values: dict[str, Any], scope: Scope) -> list[Measure]:
        within = window_sql("occurred_at", values.get("window"), scope)
        if values.get("mode") == "sum":
            kinds = scope.bind(values["kinds"], "text[]")
            return [Measure(within, base=f"kind = ANY({kinds})", **often(values))]
        return [
            Measure(within, base=f"kind = {scope.bind(kind)}", **often(values))
            for kind in values["kinds"]
        ]

    def _combined(self, values: dict[str, Any], parts: list[str]) -> str:
        word = " AND " if values.get("mode") == "all" else " OR "
        return f"({word.join(parts)})"

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        """Of several kinds each number; the newest records of any of them."""
        kinds = leaf.values["kinds"]
        found = [self._of_kind(kind, leaf.values, asking) for kind in kinds]
        numbers = {kind: number for kind, (number, _rows) in zip(kinds, found, strict=True)}
        rows = sorted((row for _number, rows in found for row in rows), key=lambda one: one[2])
        total = counted(
            sum(numbers.values()),
            [activity_witness(*row) for row in reversed(rows)],
        )
        if len(kinds) == 1:
            return total
        labels = {choice.value: str(choice.label) for choice in find_kinds(asking.catalog)}
        told = [f"{labels.get(kind, kind)}: {shown_number(n)}" for kind, n in numbers.items()]
        return replace(total, value=numbers, shown=", ".join(told))

    def _of_kind(
        self, kind: str, values: dict[str, Any], asking: Asking
    ) -> tuple[int, list[tuple[Any, ...]]]:
        def condition(scope: Scope) -> str:
            within = window_sql("occurred_at", values.get("window"), scope)
            return f"kind = {scope.bind(kind)} AND {within}"

        return asking.newest(
            "customers_activity", ("id", "kind", "occurred_at"), condition, moment="occurred_at"
        )

    def arrivals(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        return [
            arrival_edge("customers_activity", "occurred_at", kind_condition(kind))
            for kind in leaf.values["kinds"]
        ]

    def sources(self, leaf: Leaf) -> list[str]:
        return [f"customers_activity:{kind}" for kind in leaf.values["kinds"]]

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        return [
            edge
            for kind in leaf.values["kinds"]
            for edge in window_edges(
                "customers_activity",
                "occurred_at",
                leaf.values.get("window"),
                by_moment(kind_condition(kind)),
            )
        ]

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        values = leaf.values
        labels = {choice.value: str(choice.label) for choice in find_kinds(catalog)}
        named = [_("“%(text)s”") % {"text": labels.get(kind, kind)} for kind in values["kinds"]]
        templates = {
            "any": _("have %(number)s records of %(kinds)s %(when)s"),
            "all": _("have %(number)s records of each of %(kinds)s %(when)s"),
            "sum": _("have %(number)s records in all of %(kinds)s %(when)s"),
        }
        mode = values.get("mode", "any")
        return phrase(
            templates[mode],
            number=number_words(values["op"], values["value"]),
            kinds=either(named) if mode == "any" else both(named),
            when=window_words(values.get("window")),
        )


FILTER = ActivityCount()
