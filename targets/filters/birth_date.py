"""TG03: the birth date. One without a year answers only to ``anniversary``."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.compiling.edges import PERSON, Edge
from targets.compiling.instant import Instant
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, Witness, nothing
from targets.filter import ValueFilter
from targets.inputs import Choice, FormData, Input, posted_number, shown
from targets.operands.base import shape
from targets.operands.dates import DateOperand, span_schema
from targets.phrases import value_phrase
from targets.rules import checks
from targets.rules.problems import Report
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, phrase, shown_month_day, span_words

MONTH_DAY = "(person.birth_month * 100 + person.birth_day)"
MONTH_DAY_SCHEMA = {"type": "string", "pattern": r"^\d{2}-\d{2}$"}


class BirthOperand(DateOperand):
    labels = {**DateOperand.labels, "anniversary": gettext_lazy("birthday")}

    def read_value(self, op: str, raw: Any, report: Report) -> Any:
        if op != "anniversary":
            return super().read_value(op, raw, report)
        if isinstance(raw, dict) and ("next" in raw or "unit" in raw):
            return checks.span(raw, report, number_key="next", units=("days",))
        found = checks.mapping(raw, report, keys=("from", "to"))
        if found is None:
            return None
        value = {}
        for key in ("from", "to"):
            with report.inside(key):
                value[key] = checks.month_day(found.get(key), report)
        return value

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        if op != "anniversary":
            return super().value_sql(expression, op, value, scope)
        if "next" in value:
            days = scope.timed(lambda at: birthdays(at.today, value["next"]), "int[]")
            return f"({MONTH_DAY} = ANY({days}))"
        first, last = (int(value[key].replace("-", "")) for key in ("from", "to"))
        word = "AND" if first <= last else "OR"
        return f"({MONTH_DAY} >= {scope.bind(first)} {word} {MONTH_DAY} <= {scope.bind(last)})"

    def value_schemas(self) -> list[dict[str, Any]]:
        days = {
            "type": "object",
            "properties": {"from": MONTH_DAY_SCHEMA, "to": MONTH_DAY_SCHEMA},
            "required": ["from", "to"],
            "additionalProperties": False,
        }
        anniversary = {"oneOf": [days, span_schema("next", ("days",))]}
        return [*super().value_schemas(), shape(["anniversary"], anniversary)]

    def value_inputs(self, op: str, value: Any, name: str) -> list[Input]:
        if op != "anniversary":
            return super().value_inputs(op, value, name)
        held = value if isinstance(value, dict) else {}
        kind = "days" if "from" in held or "to" in held else "next"
        choices = [
            Choice("next", gettext_lazy("in the next days")),
            Choice("days", gettext_lazy("between two days of the year")),
        ]
        chooser = Input(
            f"{name}_kind", "select", gettext_lazy("Which birthdays"), kind, choices, redraws=True
        )
        if kind == "next":
            days = shown(held.get("next", 7))
            return [chooser, Input(name, "number", gettext_lazy("Days"), days)]
        return [
            chooser,
            Input(name, "month_day", gettext_lazy("From (MM-DD)"), shown(held.get("from"))),
            Input(
                f"{name}_2",
                "month_day",
                gettext_lazy("To (MM-DD)"),
                shown(held.get("to")),
                before=gettext_lazy("and"),
            ),
        ]

    def posted_value(self, op: str, data: FormData, name: str) -> Any:
        if op != "anniversary":
            return super().posted_value(op, data, name)
        if data.get(f"{name}_kind", "next") == "days":
            return {"from": data.get(name, ""), "to": data.get(f"{name}_2", "")}
        days = posted_number(data, name)
        return {"next": 7 if isinstance(days, str) else days, "unit": "days"}

    def words(self, op: str, value: Any) -> str:
        if op != "anniversary":
            return super().words(op, value)
        if "next" in value:
            return _("in the next %(span)s") % {"span": span_words(value["next"], "days")}
        return _("between %(first)s and %(last)s") % {
            "first": shown_month_day(value["from"]),
            "last": shown_month_day(value["to"]),
        }


def birthdays(today: date, days: int) -> list[int]:
    """Month × 100 + day of those whose birthday falls on today or the ``days`` − 1 days after."""
    found: set[int] = set()
    for offset in range(min(days, 366)):
        day = today + timedelta(days=offset)
        found.add(day.month * 100 + day.day)
        if (day.month, day.day) == (3, 1) and (day - timedelta(days=1)).day == 28:
            found.add(229)
    return sorted(found)


class BirthDate(ValueFilter):
    id = "birth_date"
    label = gettext_lazy("Birth date")
    section = "person"
    columns = ("birth_date", "birth_month", "birth_day")

    def operand(self, values: dict[str, Any], catalog: Catalog) -> BirthOperand:
        return BirthOperand()

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return "person.birth_date"

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        if leaf.values["op"] != "anniversary":
            return super().evidence(leaf, asking)
        found = asking.value(lambda scope: MONTH_DAY)
        if found is None:
            return nothing()
        day = f"{found // 100:02d}-{found % 100:02d}"
        witness = Witness(kind="record", id=asking.person, label="")
        return Evidence(value=day, shown=shown_month_day(day), witnesses=(witness,))

    def edges(self, leaf: Leaf, catalog: Catalog) -> list[Edge]:
        value: Any = leaf.values.get("value")
        if leaf.values["op"] != "anniversary" or "next" not in value:
            return super().edges(leaf, catalog)
        days = value["next"]

        def turns(before: Instant, after: Instant) -> list[tuple[int, int]]:
            moved = set(birthdays(before.today, days)) ^ set(birthdays(after.today, days))
            return [(day, day) for day in sorted(moved)]

        return [Edge(table=PERSON, person="id", moment=MONTH_DAY, cast="int", turns=turns)]

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        operand = self.operand(leaf.values, catalog)
        if leaf.values["op"] == "anniversary":
            return phrase(
                _("have their birthday %(value)s"),
                value=operand.words("anniversary", leaf.values["value"]),
            )
        return value_phrase(
            leaf,
            operand,
            _("were born %(value)s"),
            absent=_("have no birth date on record"),
            present=_("have a birth date on record"),
        )


FILTER = BirthDate()
