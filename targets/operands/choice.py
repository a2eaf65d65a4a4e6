"""One of a list, sets, and yes or no."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.compiling.scope import Scope
from targets.inputs import Choice, FormData, Input
from targets.operands.base import Operand, listed, shape
from targets.operands.number import COUNT
from targets.operands.text import TEXT_SCHEMA, read_texts
from targets.rules.problems import Report
from targets.rules.words import both, either, neither

Choices = Callable[[], Sequence[Choice]]


class ListOperand(Operand):
    """Values out of choices. ``is_open``: others are allowed too (tags that nobody has yet)."""

    def __init__(
        self,
        choices: Choices,
        *,
        can_be_missing: bool = True,
        asks_absence: bool | None = None,
        is_open: bool = False,
    ) -> None:
        super().__init__(can_be_missing=can_be_missing, asks_absence=asks_absence)
        self.choices = choices
        self.is_open = is_open

    def read_value(self, op: str, raw: Any, report: Report) -> Any:
        found = read_texts(raw, report)
        if not self.is_open and isinstance(raw, list):
            known = {choice.value for choice in self.choices()}
            for index, one in enumerate(raw):
                if isinstance(one, str) and one.strip() and one.strip() not in known:
                    with report.inside(index):
                        report.add(_("“%(value)s” does not exist.") % {"value": one[:80]})
        return found

    def value_schemas(self) -> list[dict[str, Any]]:
        return [shape(list(self.labels), listed(TEXT_SCHEMA))]

    def value_inputs(self, op: str, value: Any, name: str) -> list[Input]:
        chosen = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
        choices = list(self.choices())
        known = {choice.value for choice in choices}
        choices += [Choice(one, one) for one in chosen if one not in known]
        return [Input(name, "multi", gettext_lazy("Values"), chosen, choices)]

    def posted_value(self, op: str, data: FormData, name: str) -> Any:
        return [one for one in data.getlist(name) if one]

    def told(self, value: Any) -> str:
        return self.shown([value])[0]

    def shown(self, value: Any) -> list[str]:
        """The labels of the values."""
        labels = {choice.value: str(choice.label) for choice in self.choices()}
        return [labels.get(one, one) for one in value]


class ChoiceOperand(ListOperand):
    """One of a list: ``expression`` is a text."""

    labels = {"any": gettext_lazy("is one of"), "none": gettext_lazy("is none of")}

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        bound = scope.bind(value, "text[]")
        return (
            f"({expression} = ANY({bound}))" if op == "any" else f"({expression} <> ALL({bound}))"
        )

    def words(self, op: str, value: Any) -> str:
        shown = self.shown(value)
        if op == "any":
            return either(shown)
        return _("none of: %(list)s") % {"list": both(shown)}


class SetOperand(ListOperand):
    """A set, which is never missing but can be empty.

    What is counted are the person's members that are asked for; all of them where emptiness is.
    """

    labels = {
        "any": gettext_lazy("has any of"),
        "all": gettext_lazy("has all of"),
        "none": gettext_lazy("has none of"),
    }

    def __init__(self, choices: Choices, *, is_open: bool = False) -> None:
        super().__init__(choices, can_be_missing=False, asks_absence=True, is_open=is_open)

    def often(self, op: str, value: Any) -> dict[str, Any]:
        """Which counts satisfy the operator, as a ``Measure`` takes it."""
        if op in ("none", "empty"):
            return {"op": "eq", "value": 0}
        return {"op": "gte", "value": len(value) if op == "all" else 1}

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        return COUNT.sql(expression, scope=scope, **self.often(op, value))

    def words(self, op: str, value: Any) -> str:
        shown = self.shown(value)
        return {"any": either, "all": both, "none": neither}[op](shown)


class YesNoOperand(Operand):
    """``expression`` is a boolean."""

    labels = {"is": gettext_lazy("is")}

    def read_value(self, op: str, raw: Any, report: Report) -> bool | None:
        if isinstance(raw, bool):
            return raw
        report.add(_("Write true or false."))
        return None

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        return f"({expression})" if value else f"(NOT {expression})"

    def value_schemas(self) -> list[dict[str, Any]]:
        return [shape(["is"], {"type": "boolean"})]

    def value_inputs(self, op: str, value: Any, name: str) -> list[Input]:
        choices = [Choice("true", gettext_lazy("yes")), Choice("false", gettext_lazy("no"))]
        chosen = "false" if value is False else "true"
        return [Input(name, "select", gettext_lazy("Answer"), chosen, choices)]

    def posted_value(self, op: str, data: FormData, name: str) -> bool:
        return bool(data.get(name, "true") != "false")

    def words(self, op: str, value: Any) -> str:
        return self.told(value)

    def told(self, value: Any) -> str:
        return _("yes") if value else _("no")
