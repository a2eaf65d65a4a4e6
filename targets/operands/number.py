"""Numbers and counts."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.compiling.scope import Scope
from targets.inputs import FormData, Input, item, posted_lines, posted_number, shown
from targets.operands.base import Operand, listed, shape
from targets.rules import checks
from targets.rules.problems import Report
from targets.rules.words import number_words, shown_number

COMPARISONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "eq": "=", "ne": "<>"}


class NumberOperand(Operand):
    """``whole``: integers from 0 on (counts)."""

    labels = {
        "gte": gettext_lazy("at least"),
        "lte": gettext_lazy("at most"),
        "gt": gettext_lazy("more than"),
        "lt": gettext_lazy("less than"),
        "eq": gettext_lazy("exactly"),
        "ne": gettext_lazy("not exactly"),
        "between": gettext_lazy("between"),
        "any": gettext_lazy("one of"),
        "none": gettext_lazy("none of"),
    }

    def __init__(
        self,
        *,
        can_be_missing: bool = True,
        asks_absence: bool | None = None,
        whole: bool = False,
    ) -> None:
        super().__init__(can_be_missing=can_be_missing, asks_absence=asks_absence)
        self.whole = whole

    def read_value(self, op: str, raw: Any, report: Report) -> Any:
        if op == "between":
            return self._read_range(raw, report)
        if op not in ("any", "none"):
            return checks.number(raw, report, whole=self.whole)
        found = checks.values(raw, report) or []
        return checks.distinct(
            [self._read_one(one, index, report) for index, one in enumerate(found)]
        )

    def _read_one(self, raw: Any, index: int, report: Report) -> Any:
        with report.inside(index):
            return checks.number(raw, report, whole=self.whole)

    def _read_range(self, raw: Any, report: Report) -> list[Any] | None:
        if not isinstance(raw, list) or len(raw) != 2:
            report.add(_("Write two numbers: from and to."))
            return None
        low, high = (self._read_one(one, index, report) for index, one in enumerate(raw))
        if low is None or high is None:
            return None
        if high < low:
            report.add(_("The second number must not be smaller than the first."))
        return [low, high]

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        if op == "between":
            low, high = (scope.bind(exact(one)) for one in value)
            return f"({expression} BETWEEN {low} AND {high})"
        if op in ("any", "none"):
            bound = scope.bind([Decimal(exact(one)) for one in value], "numeric[]")
            return (
                f"({expression} = ANY({bound}))"
                if op == "any"
                else f"({expression} <> ALL({bound}))"
            )
        return f"({expression} {COMPARISONS[op]} {scope.bind(exact(value))})"

    def value_schemas(self) -> list[dict[str, Any]]:
        one: dict[str, Any] = (
            {"type": "integer", "minimum": 0} if self.whole else {"type": "number"}
        )
        pair = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        return [
            shape(list(COMPARISONS), one),
            shape(["between"], pair),
            shape(["any", "none"], listed(one)),
        ]

    def value_inputs(self, op: str, value: Any, name: str) -> list[Input]:
        label = gettext_lazy("Number")
        if op in ("any", "none"):
            lines = (
                "\n".join(shown(one) for one in value) if isinstance(value, list) else shown(value)
            )
            return [Input(name, "lines", gettext_lazy("Numbers, one a line"), lines)]
        if op == "between":
            low = item(value, 0) if isinstance(value, list) else value
            return [
                Input(name, "number", gettext_lazy("From"), shown(low)),
                Input(
                    f"{name}_2",
                    "number",
                    gettext_lazy("To"),
                    shown(item(value, 1)),
                    before=gettext_lazy("and"),
                ),
            ]
        return [
            Input(
                name, "number", label, shown(item(value, 0) if isinstance(value, list) else value)
            )
        ]

    def posted_value(self, op: str, data: FormData, name: str) -> Any:
        if op == "between":
            return [posted_number(data, name), posted_number(data, f"{name}_2")]
        if op in ("any", "none"):
            return [_as_number(line) for line in posted_lines(data, name)]
        return posted_number(data, name)

    def words(self, op: str, value: Any) -> str:
        return number_words(op, value)

    def told(self, value: Any) -> str:
        return shown_number(value)


COUNT = NumberOperand(can_be_missing=False, whole=True)


def holds_for_zero(op: str, value: Any) -> bool:
    """Whether a count of nothing satisfies the comparison."""
    if op == "between":
        return bool(value[0] <= 0 <= value[1])
    if op in ("any", "none"):
        return (0 in value) == (op == "any")
    signs = {"lt": value > 0, "lte": value >= 0, "gt": value < 0, "gte": value <= 0}
    return bool({**signs, "eq": value == 0, "ne": value != 0}[op])


def exact(value: float) -> int | Decimal:
    """A JSON number as SQL should compare it: never as a binary fraction."""
    return value if isinstance(value, int) else Decimal(repr(value))


def _as_number(line: str) -> Any:
    try:
        return int(line)
    except ValueError:
        pass
    try:
        return float(line)
    except ValueError:
        return line
