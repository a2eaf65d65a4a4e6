"""TG12: the gender on the record."""

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
    Choice("female", gettext_lazy("Female")),
    Choice("male", gettext_lazy("Male")),
    Choice("other", gettext_lazy("Other")),
)


class Gender(ValueFilter):
    id = "gender"
    label = gettext_lazy("Gender")
    section = "person"
    columns = ("gender",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> ChoiceOperand:
        return ChoiceOperand(lambda: CHOICES, can_be_missing=True)

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return "NULLIF(person.gender, '')"

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return value_phrase(
            leaf,
            self.operand(leaf.values, catalog),
            _("have the gender %(value)s"),
            absent=_("have no gender on record"),
            present=_("have a gender on record"),
        )


FILTER = Gender()
