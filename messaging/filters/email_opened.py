"""TG27: opens by the person, not by a machine; the window is on any open."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from messaging.filter_parts import CAMPAIGN, KINDS, OPENED_KINDS, campaign_condition, mail_phrase
from targets.catalog import Catalog
from targets.compiling.edges import Edge, window_edges
from targets.compiling.families import Measure, family, often
from targets.compiling.scope import Scope, window_sql
from targets.filter import Filter
from targets.parameters import CountParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase


class EmailOpened(Filter):
    id = "email_opened"
    label = gettext_lazy("E-mail opened")
    section = "mail"
    facts = ("customers_activity",)
    parameters = (CAMPAIGN, CountParameter(), WindowParameter())
    kinds: Sequence[str] = KINDS
    base = OPENED_KINDS
    sentence = gettext_lazy("opened %(mail)s %(times)s %(when)s")

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        measures = [
            Measure(
                window_sql("occurred_at", leaf.values.get("window"), scope)
                + campaign_condition(leaf.values, "context_id", scope),
                base=self.base,
                **often(leaf.values.get("count")),
            )
            for leaf in leaves
        ]
        return family(self.id, "customers_activity", measures, scope)

    def sources(self, leaf: Leaf) -> list[str]:
        return [f"customers_activity:{kind}" for kind in self.kinds]

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        window = leaf.values.get("window")
        return window_edges("customers_activity", "occurred_at", window, self.base)

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return mail_phrase(str(self.sentence), leaf, catalog)


FILTER = EmailOpened()
