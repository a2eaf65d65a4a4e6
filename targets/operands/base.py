"""What every kind of value does; absence is asked for in the same way everywhere."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.compiling.scope import Scope
from targets.inputs import Choice, FormData, Input
from targets.rules import checks
from targets.rules.problems import Report

ABSENCE = ("empty", "not_empty")
ABSENCE_LABELS = {"empty": gettext_lazy("is empty"), "not_empty": gettext_lazy("is not empty")}


class Operand(ABC):
    """``can_be_missing``: a record can lack the datum; ``expression`` in ``sql`` is NULL then.

    ``asks_absence``: whether ``empty`` and ``not_empty`` are offered.
    """

    labels: ClassVar[dict[str, str | Promise]]

    def __init__(self, *, can_be_missing: bool = True, asks_absence: bool | None = None) -> None:
        self.can_be_missing = can_be_missing
        self.asks_absence = can_be_missing if asks_absence is None else asks_absence

    @property
    def operators(self) -> tuple[str, ...]:
        return (*self.labels, *(ABSENCE if self.asks_absence else ()))

    def read(self, raw: dict[str, Any], report: Report) -> dict[str, Any]:
        """``op`` and ``value`` of a leaf, checked; what is wrong goes to the report."""
        with report.inside("op"):
            op = checks.one_of(raw.get("op"), self.operators, report)
        if op is None:
            return {}
        if not self.takes_value(op):
            if "value" in raw:
                with report.inside("value"):
                    report.add(_("This operator takes no value."))
            return {"op": op}
        with report.inside("value"):
            return {"op": op, "value": self.read_value(op, raw.get("value"), report)}

    def takes_value(self, op: str) -> bool:
        return op not in ABSENCE

    def sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        """Three-valued SQL over an expression that is NULL where the datum is missing."""
        if op == "empty":
            return f"({expression} IS NULL)" if self.can_be_missing else "FALSE"
        if op == "not_empty":
            return f"({expression} IS NOT NULL)" if self.can_be_missing else "TRUE"
        return self.value_sql(expression, op, value, scope)

    def schemas(self) -> list[dict[str, Any]]:
        """JSON Schemas of ``op`` and ``value``, one for each shape of value."""
        shapes = self.value_schemas()
        if self.asks_absence:
            shapes.append({"properties": {"op": {"enum": list(ABSENCE)}}, "required": ["op"]})
        return shapes

    def inputs(self, raw: dict[str, Any], prefix: str) -> list[Input]:
        """The operator, and the controls of its value."""
        op = raw.get("op")
        op = op if op in self.operators else self.operators[0]
        choices = [
            Choice(one, self.labels.get(one) or ABSENCE_LABELS[one]) for one in self.operators
        ]
        chooser = Input(
            f"{prefix}op", "select", gettext_lazy("Comparison"), op, choices, redraws=True
        )
        if not self.takes_value(op):
            return [chooser]
        return [chooser, *self.value_inputs(op, raw.get("value"), f"{prefix}value")]

    def posted(self, data: FormData, prefix: str) -> dict[str, Any]:
        """The reverse of ``inputs``."""
        op = str(data.get(f"{prefix}op", "")) or self.operators[0]
        if op not in self.operators or not self.takes_value(op):
            return {"op": op}
        return {"op": op, "value": self.posted_value(op, data, f"{prefix}value")}

    @abstractmethod
    def read_value(self, op: str, raw: Any, report: Report) -> Any: ...

    @abstractmethod
    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str: ...

    @abstractmethod
    def value_schemas(self) -> list[dict[str, Any]]: ...

    @abstractmethod
    def value_inputs(self, op: str, value: Any, name: str) -> list[Input]: ...

    @abstractmethod
    def posted_value(self, op: str, data: FormData, name: str) -> Any: ...

    @abstractmethod
    def words(self, op: str, value: Any) -> str: ...

    @abstractmethod
    def told(self, value: Any) -> str:
        """A person's own value, as it reads."""


def shape(operators: list[str], value: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value for some operators."""
    return {
        "properties": {"op": {"enum": operators}, "value": value},
        "required": ["op", "value"],
    }


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": 1, "maxItems": checks.MOST_VALUES}
