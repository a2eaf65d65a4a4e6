"""TG15: log-ins."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.families import Measure, often
from targets.compiling.scope import Scope, window_sql
from targets.evidence import Witness
from targets.filter import EventFilter
from targets.parameters import CountParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase, times_words, window_words
from targets.witnesses import activity_witness

LOGIN = "kind = 'login'"


class Login(EventFilter):
    id = "login"
    label = gettext_lazy("Log-in")
    section = "visits"
    facts = ("customers_activity",)
    source = "customers_activity"
    witness_columns = ("id", "kind")
    parameters = (CountParameter(), WindowParameter())

    def measure(self, values: dict[str, Any], scope: Scope) -> Measure:
        within = window_sql("occurred_at", values.get("window"), scope)
        return Measure(within, base=LOGIN, **often(values.get("count")))

    def witness(self, row: tuple[Any, ...], catalog: Catalog) -> Witness:
        return activity_witness(*row)

    def base(self, leaf: Leaf) -> str:
        return LOGIN

    def sources(self, leaf: Leaf) -> list[str]:
        return ["customers_activity:login"]

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return phrase(
            _("logged in %(times)s %(when)s"),
            times=times_words(leaf.values.get("count")),
            when=window_words(leaf.values.get("window")),
        )


FILTER = Login()
