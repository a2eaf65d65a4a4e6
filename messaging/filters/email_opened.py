"""TG27: opens by the person, not by a machine; the window is on any open."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from messaging.filter_parts import (
    CAMPAIGN,
    KINDS,
    OPENED_COLUMNS,
    OPENED_KINDS,
    campaign_condition,
    mail_phrase,
    opened_witness,
)
from targets.catalog import Catalog
from targets.compiling.families import Measure, often
from targets.compiling.scope import Scope, window_sql
from targets.evidence import Witness
from targets.filter import EventFilter
from targets.parameters import CountParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase


class EmailOpened(EventFilter):
    id = "email_opened"
    label = gettext_lazy("E-mail opened")
    section = "mail"
    facts = ("customers_activity",)
    source = "customers_activity"
    witness_columns = OPENED_COLUMNS
    parameters = (CAMPAIGN, CountParameter(), WindowParameter())
    kinds: Sequence[str] = KINDS
    opens = OPENED_KINDS
    sentence = gettext_lazy("opened %(mail)s %(times)s %(when)s")

    def measure(self, values: dict[str, Any], scope: Scope) -> Measure:
        return Measure(
            window_sql("occurred_at", values.get("window"), scope)
            + campaign_condition(values, "context_id", scope),
            base=self.opens,
            **often(values.get("count")),
        )

    def base(self, leaf: Leaf) -> str:
        return self.opens

    def witness(self, row: tuple[Any, ...], catalog: Catalog) -> Witness:
        return opened_witness(row, catalog)

    def sources(self, leaf: Leaf) -> list[str]:
        return [f"customers_activity:{kind}" for kind in self.kinds]

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return mail_phrase(str(self.sentence), leaf, catalog)


FILTER = EmailOpened()
