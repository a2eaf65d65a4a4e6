"""TG10: the number of distinct mails that the person opened."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.filter_parts import CAMPAIGN, KINDS, OPENED_KINDS, campaign_condition, campaign_words
from targets.catalog import Catalog
from targets.compiling.edges import Edge, window_edges
from targets.compiling.families import Measure, family, often
from targets.compiling.scope import Scope, window_sql
from targets.filter import Filter
from targets.operands.number import NumberOperand
from targets.parameters import WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, number_words, phrase, window_words


class EmailOpenCount(Filter):
    id = "email_open_count"
    label = gettext_lazy("Number of e-mails opened")
    section = "mail"
    facts = ("customers_activity",)
    parameters = (CAMPAIGN, WindowParameter())

    def operand(self, values: dict[str, Any], catalog: Catalog) -> NumberOperand:
        return NumberOperand(can_be_missing=False, whole=True)

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        measures = [
            Measure(
                window_sql("occurred_at", leaf.values.get("window"), scope)
                + campaign_condition(leaf.values, "context_id", scope),
                counted="DISTINCT object_id",
                base=OPENED_KINDS,
                **often(leaf.values),
            )
            for leaf in leaves
        ]
        return family(self.id, "customers_activity", measures, scope)

    def sources(self, leaf: Leaf) -> list[str]:
        return [f"customers_activity:{kind}" for kind in KINDS]

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        window = leaf.values.get("window")
        return window_edges("customers_activity", "occurred_at", window, OPENED_KINDS)

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return phrase(
            _("opened %(number)s e-mails (%(mail)s) %(when)s"),
            number=number_words(leaf.values["op"], leaf.values["value"]),
            mail=campaign_words(leaf.values, catalog),
            when=window_words(leaf.values.get("window")),
        )


FILTER = EmailOpenCount()
