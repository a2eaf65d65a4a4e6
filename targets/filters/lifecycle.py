"""TG27: lead or customer."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.filter import ValueFilter
from targets.inputs import Choice
from targets.operands.choice import ChoiceOperand
from targets.phrases import value_phrase
from targets.rules.tree import Leaf
from targets.rules.words import Phrase

CHOICES = (
    Choice("lead", gettext_lazy("Lead")),
    Choice("customer", gettext_lazy("Customer")),
)


class Lifecycle(ValueFilter):
    id = "lifecycle"
    label = gettext_lazy("Stage")
    section = "person"
    columns = ("lifecycle",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> ChoiceOperand:
        return ChoiceOperand(lambda: CHOICES, can_be_missing=False, asks_absence=True)

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return "person.lifecycle"

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return value_phrase(
            leaf,
            self.operand(leaf.values, catalog),
            _("are at the stage %(value)s"),
            absent=_("are at no stage"),
            present=_("are at some stage"),
        )


FILTER = Lifecycle()
