"""TG27: whether the person has a log-in of their own."""

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
    Choice("guest", gettext_lazy("Guest")),
    Choice("registered", gettext_lazy("Registered")),
)


class AccountType(ValueFilter):
    id = "account_type"
    label = gettext_lazy("Type of account")
    section = "person"
    columns = ("user_id",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> ChoiceOperand:
        return ChoiceOperand(lambda: CHOICES, can_be_missing=False, asks_absence=True)

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return "(CASE WHEN person.user_id IS NULL THEN 'guest' ELSE 'registered' END)"

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return value_phrase(
            leaf,
            self.operand(leaf.values, catalog),
            _("have an account of type %(value)s"),
            absent=_("have no type of account"),
            present=_("have some type of account"),
        )


FILTER = AccountType()
