"""TG05: log-ins from a computer, a phone or a tablet."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.families import Measure, often
from targets.compiling.scope import Scope, window_sql
from targets.evidence import Witness
from targets.filter import EventFilter
from targets.filters.login import LOGIN
from targets.inputs import Choice
from targets.operands.choice import ChoiceOperand
from targets.parameters import CountParameter, WindowParameter
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase, times_words, window_words
from targets.witnesses import activity_witness

CHOICES = (
    Choice("desktop", gettext_lazy("a computer")),
    Choice("mobile", gettext_lazy("a phone")),
    Choice("tablet", gettext_lazy("a tablet")),
)


class DeviceOperand(ChoiceOperand):
    labels = {"any": gettext_lazy("is one of")}


class Device(EventFilter):
    id = "device"
    label = gettext_lazy("Device of a log-in")
    section = "visits"
    facts = ("customers_activity",)
    source = "customers_activity"
    witness_columns = ("id", "kind", "device")
    parameters = (CountParameter(), WindowParameter())

    def operand(self, values: dict[str, Any], catalog: Catalog) -> DeviceOperand:
        return DeviceOperand(lambda: CHOICES, can_be_missing=False)

    def measure(self, values: dict[str, Any], scope: Scope) -> Measure:
        devices = scope.bind(values["value"], "text[]")
        within = window_sql("occurred_at", values.get("window"), scope)
        return Measure(
            f"device = ANY({devices}) AND {within}", base=LOGIN, **often(values.get("count"))
        )

    def witness(self, row: tuple[Any, ...], catalog: Catalog) -> Witness:
        pk, kind, device, at = row
        names = {choice.value: str(choice.label) for choice in CHOICES}
        return activity_witness(pk, kind, at, detail=names.get(device, device))

    def base(self, leaf: Leaf) -> str:
        return LOGIN

    def sources(self, leaf: Leaf) -> list[str]:
        return ["customers_activity:login"]

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        operand = self.operand(leaf.values, catalog)
        return phrase(
            _("logged in from %(devices)s %(times)s %(when)s"),
            devices=operand.words("any", leaf.values["value"]),
            times=times_words(leaf.values.get("count")),
            when=window_words(leaf.values.get("window")),
        )


FILTER = Device()
