"""TG27: whether the person has verified their address."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.filter import ValueFilter
from targets.operands.choice import YesNoOperand
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase


class Verified(ValueFilter):
    id = "verified"
    label = gettext_lazy("Verified")
    section = "person"
    columns = ("verified_at",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> YesNoOperand:
        return YesNoOperand(can_be_missing=False, asks_absence=True)

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return "(person.verified_at IS NOT NULL)"

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        if leaf.values["op"] == "is":
            verified = leaf.values["value"]
            return phrase(_("are verified") if verified else _("are not verified"))
        absent = leaf.values["op"] == "empty"
        return phrase(_("are neither verified nor not") if absent else _("are verified or not"))


FILTER = Verified()
