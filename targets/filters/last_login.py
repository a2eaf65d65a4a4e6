"""TG13: the latest log-in; unknown for those who never logged in."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.filter import ValueFilter
from targets.operands.dates import PastTimeOperand
from targets.phrases import value_phrase
from targets.rules.tree import Leaf
from targets.rules.words import Phrase


class LastLogin(ValueFilter):
    id = "last_login"
    label = gettext_lazy("Last log-in")
    section = "visits"
    columns = ("last_login_at",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> PastTimeOperand:
        return PastTimeOperand()

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return "person.last_login_at"

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return value_phrase(
            leaf,
            self.operand(leaf.values, catalog),
            _("logged in for the last time %(value)s"),
            absent=_("have never logged in"),
            present=_("have logged in"),
        )


FILTER = LastLogin()
