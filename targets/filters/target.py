"""TG27: membership of another target, by its rule at the same instant. Cycles are refused."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.evidence import MOST_WITNESSES, Asking, Evidence, Witness
from targets.filter import Filter
from targets.inputs import Choice
from targets.nesting import targets_by_slug, would_cycle
from targets.operands.choice import ChoiceOperand
from targets.rules.problems import Report
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, both, phrase


class TargetOperand(ChoiceOperand):
    """``catalog.own_slug`` cannot be reached through a target that the rule names."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(lambda: offered(catalog), can_be_missing=False)
        self.catalog = catalog

    def read_value(self, op: str, raw: Any, report: Report) -> list[str]:
        slugs: list[str] = super().read_value(op, raw, report)
        for slug in slugs:
            if would_cycle(slug, self.catalog):
                report.add(
                    _("“%(value)s” refers back to this target: a target cannot contain itself.")
                    % {"value": slug}
                )
        return slugs


class InTarget(Filter):
    id = "target"
    label = gettext_lazy("Another target")
    section = "groups"
    facts = ("targets_membership",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> TargetOperand:
        return TargetOperand(catalog)

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        expressions = []
        for leaf in leaves:
            some = " OR ".join(scope.member(slug) for slug in leaf.values["value"])
            expressions.append(f"({some})" if leaf.values["op"] == "any" else f"(NOT ({some}))")
        return expressions

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        """Which of the targets the person is in, by their rules at the instant."""
        inside = [slug for slug in leaf.values["value"] if asking.is_member(slug)]
        known = targets_by_slug(asking.catalog)
        witnesses = [
            Witness(kind="target", id=known[slug].pk, label=known[slug].name)
            for slug in leaf.values["value"]
        ]
        return Evidence(
            value=inside,
            shown=both([known[slug].name for slug in inside])
            if inside
            else _("none of these targets"),
            witnesses=tuple(witnesses[:MOST_WITNESSES]),
            more=max(0, len(witnesses) - MOST_WITNESSES),
        )

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        words = self.operand({}, catalog).words("any", leaf.values["value"])
        if leaf.values["op"] == "any":
            return phrase(_("are in the target %(targets)s"), targets=words)
        return phrase(_("are not in the target %(targets)s"), targets=words)


def offered(catalog: Catalog) -> list[Choice]:
    return [Choice(slug, target.name) for slug, target in targets_by_slug(catalog).items()]


FILTER = InTarget()
