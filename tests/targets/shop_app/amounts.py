"""A kind of parameter that no filter of the product has: a comparison of an amount of money."""

from typing import Any

from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.inputs import Choice, FormData, Input
from targets.operands.number import COUNT
from targets.parameters import Parameter
from targets.rules import checks
from targets.rules.problems import Report

CURRENCIES = ("CLP", "EUR")


class AmountParameter(Parameter):
    """``{"op": …, "value": minor units, "currency": …}``; absent: whatever it cost."""

    def __init__(self) -> None:
        super().__init__("amount", label=gettext_lazy("Order amount"))

    def read(self, raw: Any, report: Report, catalog: Catalog) -> Any:
        found = checks.mapping(raw, report, keys=("op", "value", "currency"))
        if found is None:
            return None
        with report.inside("currency"):
            currency = checks.one_of(found.get("currency"), CURRENCIES, report)
        compared: dict[str, object] = {key: found[key] for key in ("op", "value") if key in found}
        return {**COUNT.read(compared, report), "currency": currency}

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"op": True, "value": True, "currency": {"enum": list(CURRENCIES)}},
            "required": ["currency"],
            "additionalProperties": False,
            "oneOf": COUNT.schemas(),
        }

    def inputs(self, raw: Any, name: str, catalog: Catalog) -> list[Input]:
        asked = raw if isinstance(raw, dict) else {}
        kinds = [
            Choice("", gettext_lazy("of any amount")),
            Choice("some", gettext_lazy("of an amount of")),
        ]
        chooser = Input(
            f"{name}_kind", "select", self.label, "some" if asked else "", kinds, redraws=True
        )
        if not asked:
            return [chooser]
        money = [Choice(one, one) for one in CURRENCIES]
        currency = asked.get("currency", CURRENCIES[0])
        return [
            chooser,
            *COUNT.inputs(asked, f"{name}_"),
            Input(f"{name}_currency", "select", gettext_lazy("Order currency"), currency, money),
        ]

    def posted(self, data: FormData, name: str) -> Any:
        if data.get(f"{name}_kind", "") != "some":
            return None
        compared = COUNT.posted(data, f"{name}_") or {}
        return {**compared, "currency": data.get(f"{name}_currency", CURRENCIES[0])}
