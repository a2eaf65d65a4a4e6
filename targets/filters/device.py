"""TG05: log-ins from a computer, a phone or a tablet."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.edges import Edge, window_edges
from targets.compiling.families import Measure, family, often
from targets.compiling.scope import Scope, window_sql
from targets.filter import Filter
from targets.inputs import Choice
from targets.operands.choice import ChoiceOperand
from targets.parameters import CountParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase, times_words, window_words

CHOICES = (
    Choice("desktop", gettext_lazy("a computer")),
    Choice("mobile", gettext_lazy("a phone")),
    Choice("tablet", gettext_lazy("a tablet")),
)


class DeviceOperand(ChoiceOperand):
    labels = {"any": gettext_lazy("is one of")}


class Device(Filter):
    id = "device"
    label = gettext_lazy("Device of a log-in")
    section = "visits"
    facts = ("customers_activity",)
    parameters = (CountParameter(), WindowParameter())

    def operand(self, values: dict[str, Any], catalog: Catalog) -> DeviceOperand:
        return DeviceOperand(lambda: CHOICES, can_be_missing=False)

    def compile(self, leaves: Sequence[Leaf], scope: Scope) -> list[str]:
        measures = [
            Measure(
                f"device = ANY({scope.bind(leaf.values['value'], 'text[]')}) "
                f"AND {window_sql('occurred_at', leaf.values.get('window'), scope)}",
                base="kind = 'login'",
                **often(leaf.values.get("count")),
            )
            for leaf in leaves
        ]
        return family("device", "customers_activity", measures, scope)

    def sources(self, leaf: Leaf) -> list[str]:
        return ["customers_activity:login"]

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        window = leaf.values.get("window")
        return window_edges("customers_activity", "occurred_at", window, "kind = 'login'")

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        operand = self.operand(leaf.values, catalog)
        return phrase(
            _("logged in from %(devices)s %(times)s %(when)s"),
            devices=operand.words("any", leaf.values["value"]),
            times=times_words(leaf.values.get("count")),
            when=window_words(leaf.values.get("window")),
        )


FILTER = Device()
