"""TG10: the number of distinct mails that the person opened."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.filter_parts import (
    CAMPAIGN,
    KINDS,
    OPENED_COLUMNS,
    OPENED_KINDS,
    campaign_condition,
    campaign_words,
    opened_witness,
)
from targets.catalog import Catalog
from targets.compiling.families import Measure, often
from targets.compiling.scope import Scope, window_sql
from targets.evidence import Witness
from targets.filter import EventFilter
from targets.operands.number import NumberOperand
from targets.parameters import WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, number_words, phrase, window_words


class EmailOpenCount(EventFilter):
    id = "email_open_count"
    label = gettext_lazy("Number of e-mails opened")
    section = "mail"
    facts = ("customers_activity",)
    source = "customers_activity"
    witness_columns = OPENED_COLUMNS
    parameters = (CAMPAIGN, WindowParameter())

    def operand(self, values: dict[str, Any], catalog: Catalog) -> NumberOperand:
        return NumberOperand(can_be_missing=False, whole=True)

    def measure(self, values: dict[str, Any], scope: Scope) -> Measure:
        return Measure(
            window_sql("occurred_at", values.get("window"), scope)
            + campaign_condition(values, "context_id", scope),
            counted="DISTINCT object_id",
            base=OPENED_KINDS,
            **often(values),
        )

    def base(self, leaf: Leaf) -> str:
        return OPENED_KINDS

    def witness(self, row: tuple[Any, ...], catalog: Catalog) -> Witness:
        return opened_witness(row, catalog)

    def sources(self, leaf: Leaf) -> list[str]:
        return [f"customers_activity:{kind}" for kind in KINDS]

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return phrase(
            _("opened %(number)s e-mails (%(mail)s) %(when)s"),
            number=number_words(leaf.values["op"], leaf.values["value"]),
            mail=campaign_words(leaf.values, catalog),
            when=window_words(leaf.values.get("window")),
        )


FILTER = EmailOpenCount()
