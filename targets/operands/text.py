"""Texts; case and accents do not matter."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.compiling.scope import Scope
from targets.inputs import FormData, Input, posted_lines, shown
from targets.operands.base import Operand, listed, shape
from targets.rules import checks
from targets.rules.problems import Report
from targets.rules.words import text_words

TEXT_SCHEMA = {"type": "string", "minLength": 1, "maxLength": checks.LONGEST_TEXT}


class TextOperand(Operand):
    labels = {
        "is": gettext_lazy("is"),
        "is_not": gettext_lazy("is not"),
        "contains": gettext_lazy("contains"),
        "starts_with": gettext_lazy("starts with"),
        "any": gettext_lazy("is one of"),
        "none": gettext_lazy("is none of"),
    }

    def read_value(self, op: str, raw: Any, report: Report) -> Any:
        if op not in ("any", "none"):
            return checks.text(raw, report)
        return read_texts(raw, report)

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        held = f"customers_fold({expression})"
        if op in ("any", "none"):
            asked = ", ".join(_folded(one, scope) for one in value)
            return f"({held} {'IN' if op == 'any' else 'NOT IN'} ({asked}))"
        asked = _folded(value, scope)
        forms = {
            "is": f"({held} = {asked})",
            "is_not": f"({held} <> {asked})",
            "contains": f"(strpos({held}, {asked}) > 0)",
            "starts_with": f"starts_with({held}, {asked})",
        }
        return forms[op]

    def value_schemas(self) -> list[dict[str, Any]]:
        single = ["is", "is_not", "contains", "starts_with"]
        return [shape(single, TEXT_SCHEMA), shape(["any", "none"], listed(TEXT_SCHEMA))]

    def value_inputs(self, op: str, value: Any, name: str) -> list[Input]:
        values = value if isinstance(value, list) else [value]
        if op in ("any", "none"):
            lines = "\n".join(shown(one) for one in values)
            return [Input(name, "lines", gettext_lazy("Texts, one a line"), lines)]
        return [Input(name, "text", gettext_lazy("Text"), shown(values[0] if values else ""))]

    def posted_value(self, op: str, data: FormData, name: str) -> Any:
        if op in ("any", "none"):
            return posted_lines(data, name)
        return data.get(name, "")

    def words(self, op: str, value: Any) -> str:
        return text_words(op, value)

    def told(self, value: Any) -> str:
        return _("“%(text)s”") % {"text": value}


def read_texts(raw: Any, report: Report) -> list[str]:
    """A list of texts, repetitions dropped."""
    found: list[str] = []
    for index, one in enumerate(checks.values(raw, report) or []):
        with report.inside(index):
            checked = checks.text(one, report)
        if checked is not None:
            found.append(checked)
    return checks.distinct(found)


def _folded(value: str, scope: Scope) -> str:
    return f"customers_fold({scope.bind(value, 'text')})"
