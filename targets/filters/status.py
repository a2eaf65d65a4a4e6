"""TG01: whether the customer is active; deactivated and disabled are inactive."""

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
    Choice("active", gettext_lazy("Active")),
    Choice("inactive", gettext_lazy("Inactive")),
)


class Status(ValueFilter):
    id = "status"
    label = gettext_lazy("Status")
    section = "person"
    columns = ("status",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> ChoiceOperand:
        return ChoiceOperand(lambda: CHOICES, can_be_missing=False, asks_absence=True)

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return "(CASE WHEN person.status = 'active' THEN 'active' ELSE 'inactive' END)"

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return value_phrase(
            leaf,
            self.operand(leaf.values, catalog),
            _("have the status %(value)s"),
            absent=_("have no status"),
            present=_("have some status"),
        )


FILTER = Status()
