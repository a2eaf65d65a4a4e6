"""TG18: when the person was registered."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.filter import ValueFilter
from targets.operands.dates import TimeOperand
from targets.phrases import value_phrase
from targets.rules.tree import Leaf
from targets.rules.words import Phrase


class RegisteredAt(ValueFilter):
    id = "registered_at"
    label = gettext_lazy("Registration date")
    section = "person"
    columns = ("registered_at",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> TimeOperand:
        return TimeOperand(can_be_missing=False, asks_absence=True)

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return "person.registered_at"

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return value_phrase(
            leaf,
            self.operand(leaf.values, catalog),
            _("were registered %(value)s"),
            absent=_("have no registration date"),
            present=_("have a registration date"),
        )


FILTER = RegisteredAt()
