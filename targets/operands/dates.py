"""Days and instants. Days are the site's."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.pages import formats
from targets.compiling.scope import Scope
from targets.inputs import Choice, FormData, Input, item, posted_number, shown
from targets.operands.base import Operand, shape
from targets.rules import checks
from targets.rules.problems import Report
from targets.rules.words import date_words, shown_day

UNIT_LABELS = {
    "minutes": gettext_lazy("minutes"),
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
    "weeks": gettext_lazy("weeks"),
    "months": gettext_lazy("months"),
    "years": gettext_lazy("years"),
}
DAY_SCHEMA = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def unit_choices(units: tuple[str, ...]) -> list[Choice]:
    return [Choice(unit, UNIT_LABELS[unit]) for unit in units]


class DateOperand(Operand):
    """A calendar day: ``expression`` is a ``date``."""

    labels = {
        "on": gettext_lazy("on"),
        "before": gettext_lazy("before"),
        "after": gettext_lazy("after"),
        "between": gettext_lazy("between"),
        "last": gettext_lazy("in the last"),
        "next": gettext_lazy("in the next"),
    }
    units: tuple[str, ...] = checks.DAY_UNITS
    stored_as = "date"

    def read_value(self, op: str, raw: Any, report: Report) -> Any:
        if op == "between":
            return self._read_range(raw, report)
        if op in ("last", "next"):
            return checks.span(raw, report, number_key="n", units=self.units)
        return checks.day(raw, report)

    def _read_range(self, raw: Any, report: Report) -> list[str] | None:
        if not isinstance(raw, list) or len(raw) != 2:
            report.add(_("Write two dates: from and to."))
            return None
        found = []
        for index, one in enumerate(raw):
            with report.inside(index):
                found.append(checks.day(one, report))
        first, last = found
        if first is None or last is None:
            return None
        if last < first:
            report.add(_("The second date must not be earlier than the first."))
        return [first, last]

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        if op == "between":
            first, last = (self._day(one, scope) for one in value)
            return f"({expression} BETWEEN {first} AND {last})"
        if op in ("last", "next"):
            return self._relative_sql(expression, op, value, scope)
        comparison = {"on": "=", "before": "<", "after": ">"}[op]
        return f"({expression} {comparison} {self._day(value, scope)})"

    def _relative_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        today = scope.timed(lambda at: at.today.isoformat(), self.stored_as)
        length = -value["n"] if op == "last" else value["n"]
        edge = scope.timed(lambda at: at.today_moved(length, value["unit"]), self.stored_as)
        if op == "last":
            return f"({expression} > {edge} AND {expression} <= {today})"
        return f"({expression} >= {today} AND {expression} < {edge})"

    def _day(self, day: str, scope: Scope) -> str:
        return scope.bind(day, self.stored_as)

    def value_schemas(self) -> list[dict[str, Any]]:
        pair = {"type": "array", "items": DAY_SCHEMA, "minItems": 2, "maxItems": 2}
        return [
            shape(["on", "before", "after"], DAY_SCHEMA),
            shape(["between"], pair),
            shape(["last", "next"], span_schema("n", self.units)),
        ]

    def value_inputs(self, op: str, value: Any, name: str) -> list[Input]:
        if op in ("last", "next"):
            return span_inputs(value if isinstance(value, dict) else {}, name, "n", self.units)
        if op == "between":
            first = item(value, 0) if isinstance(value, list) else value
            return [
                Input(name, "date", gettext_lazy("From"), shown(first)),
                Input(
                    f"{name}_2",
                    "date",
                    gettext_lazy("To"),
                    shown(item(value, 1)),
                    before=gettext_lazy("and"),
                ),
            ]
        day = item(value, 0) if isinstance(value, list) else value
        return [Input(name, "date", gettext_lazy("Date"), shown(day))]

    def posted_value(self, op: str, data: FormData, name: str) -> Any:
        if op in ("last", "next"):
            return posted_span(data, name, "n")
        if op == "between":
            return [data.get(name, ""), data.get(f"{name}_2", "")]
        return data.get(name, "")

    def words(self, op: str, value: Any) -> str:
        return date_words(op, value)

    def told(self, value: Any) -> str:
        return formats.day(value)


class DayTextOperand(DateOperand):
    """A calendar day stored as ``YYYY-MM-DD`` in JSON: ``expression`` is a text in C order."""

    stored_as = "text"

    def told(self, value: Any) -> str:
        try:
            return shown_day(value)
        except ValueError:
            return str(value)


class TimeOperand(DateOperand):
    """An instant: ``expression`` is a ``timestamptz``; days are whole ones of the site's zone."""

    units = checks.UNITS

    def told(self, value: Any) -> str:
        return formats.moment(value)

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        if op in ("last", "next"):
            return self._relative_sql(expression, op, value, scope)
        first, last = value if op == "between" else (value, value)
        start = scope.day_start(date.fromisoformat(first))
        if op == "before":
            return f"({expression} < {start})"
        after = scope.day_start(date.fromisoformat(last) + timedelta(days=1))
        if op == "after":
            return f"({expression} >= {after})"
        return f"({expression} >= {start} AND {expression} < {after})"

    def _relative_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        if op == "last":
            start = scope.moved(-value["n"], value["unit"])
            return f"({expression} > {start} AND {expression} <= {scope.now})"
        end = scope.moved(value["n"], value["unit"])
        return f"({expression} >= {scope.now} AND {expression} < {end})"


class DayOfTimeOperand(TimeOperand):
    """An instant that moves with every save: asked for by days, which no passing of time changes.

    "In the last 30 days" would need an index that every write of a record pays for.
    """

    labels = {op: label for op, label in DateOperand.labels.items() if op not in ("last", "next")}

    def value_schemas(self) -> list[dict[str, Any]]:
        return super().value_schemas()[:2]


class PastTimeOperand(TimeOperand):
    """The instant of something that may never have happened: ``never`` asks for that."""

    labels = {**DateOperand.labels, "never": gettext_lazy("never")}

    def takes_value(self, op: str) -> bool:
        return op != "never" and super().takes_value(op)

    def sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        if op == "never":
            return f"({expression} IS NULL)"
        return super().sql(expression, op, value, scope)

    def schemas(self) -> list[dict[str, Any]]:
        never = {"properties": {"op": {"const": "never"}}, "required": ["op"]}
        return [*super().schemas(), never]


def span_schema(number_key: str, units: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            number_key: {"type": "integer", "minimum": 1},
            "unit": {"enum": list(units)},
        },
        "required": [number_key, "unit"],
        "additionalProperties": False,
    }


def span_inputs(
    value: dict[str, Any], name: str, number_key: str, units: tuple[str, ...]
) -> list[Input]:
    unit = value.get("unit")
    return [
        Input(name, "number", gettext_lazy("How many"), shown(value.get(number_key))),
        Input(
            f"{name}_unit",
            "select",
            gettext_lazy("Unit"),
            unit if unit in units else "days",
            unit_choices(units),
        ),
    ]


def posted_span(data: FormData, name: str, number_key: str) -> dict[str, Any]:
    """A length of time; what another operator left in the field becomes 30 days."""
    length, unit = posted_number(data, name), str(data.get(f"{name}_unit", ""))
    return {
        number_key: length if unit and not isinstance(length, str) else 30,
        "unit": unit or "days",
    }
