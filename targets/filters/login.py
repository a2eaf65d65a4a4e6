"""TG15: log-ins."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.edges import Edge, window_edges
from targets.compiling.families import Measure, family, often
from targets.compiling.scope import Scope, window_sql
from targets.filter import Filter
from targets.parameters import CountParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase, times_words, window_words


class Login(Filter):
    id = "login"
    label = gettext_lazy("Log-in")
    section = "visits"
    facts = ("customers_activity",)
    parameters = (CountParameter(), WindowParameter())

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        measures = [
            Measure(
                window_sql("occurred_at", leaf.values.get("window"), scope),
                base="kind = 'login'",
                **often(leaf.values.get("count")),
            )
            for leaf in leaves
        ]
        return family("login", "customers_activity", measures, scope)

    def sources(self, leaf: Leaf) -> list[str]:
        return ["customers_activity:login"]

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        window = leaf.values.get("window")
        return window_edges("customers_activity", "occurred_at", window, "kind = 'login'")

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return phrase(
            _("logged in %(times)s %(when)s"),
            times=times_words(leaf.values.get("count")),
            when=window_words(leaf.values.get("window")),
        )


FILTER = Login()
