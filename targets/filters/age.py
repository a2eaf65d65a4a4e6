"""TG02: whole years on the site's today. Born on 29 February: birthday on 1 March otherwise."""

import math
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from targets.catalog import Catalog
from targets.compiling.scope import Scope
from targets.evidence import Asking, Evidence, Witness, nothing
from targets.filter import ValueFilter
from targets.operands.number import NumberOperand
from targets.phrases import value_phrase
from targets.rules.tree import Leaf
from targets.rules.words import Phrase, shown_day

BORN = "person.birth_date"


class AgeOperand(NumberOperand):
    """Ages as ranges of birth dates, which an index serves."""

    def value_sql(self, expression: str, op: str, value: Any, scope: Scope) -> str:
        if op in ("any", "ne"):
            return self._any_sql([value] if op == "ne" else value, scope, negated=op == "ne")
        if op == "none":
            return self._any_sql(value, scope, negated=True)
        forms: dict[str, Callable[[], str]] = {
            "gte": lambda: reached(value, scope),
            "gt": lambda: reached(math.floor(value) + 1, scope),
            "lt": lambda: f"(NOT {reached(value, scope)})",
            "lte": lambda: f"(NOT {reached(math.floor(value) + 1, scope)})",
            "eq": lambda: self._between(value, value, scope),
            "between": lambda: self._between(value[0], value[1], scope),
        }
        return forms[op]()

    def _any_sql(self, ages: list[float], scope: Scope, *, negated: bool) -> str:
        some = " OR ".join(self._between(age, age, scope) for age in ages)
        return f"(NOT ({some}))" if negated else f"({some})"

    def _between(self, low: float, high: float, scope: Scope) -> str:
        return f"({reached(low, scope)} AND NOT {reached(math.floor(high) + 1, scope)})"


def reached(age: float, scope: Scope) -> str:
    """That the person has had the birthday of this age; NULL without a birth date."""
    latest = scope.timed(lambda at: latest_birth(math.ceil(age), at.today), "date")
    return f"({BORN} <= {latest})"


def latest_birth(age: int, today: date) -> str:
    """The latest birth date of those who have this age today."""
    year = today.year - age
    if year < 1:
        return "-infinity"
    if year > 9999:
        return "infinity"
    if (today.month, today.day) == (2, 29):
        try:
            return date(year, 2, 29).isoformat()
        except ValueError:
            return date(year, 2, 28).isoformat()
    return today.replace(year=year).isoformat()


def age_of(born: date, today: date) -> int:
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (not had_birthday)


class Age(ValueFilter):
    id = "age"
    label = gettext_lazy("Age")
    section = "person"
    columns = ("birth_date",)

    def operand(self, values: dict[str, Any], catalog: Catalog) -> AgeOperand:
        return AgeOperand()

    def expression(self, values: dict[str, Any], scope: Scope) -> str:
        return BORN

    def evidence(self, leaf: Leaf, asking: Asking) -> Evidence:
        born = asking.value(lambda scope: BORN)
        if born is None:
            return nothing()
        years = age_of(born, asking.instant.today)
        shown = ngettext("%(years)d year, born %(day)s", "%(years)d years, born %(day)s", years)
        return Evidence(
            value=years,
            shown=shown % {"years": years, "day": shown_day(born.isoformat())},
            witnesses=(Witness(kind="record", id=asking.person, label=""),),
        )

    def phrase(self, leaf: Leaf, catalog: Catalog) -> Phrase:
        return value_phrase(
            leaf,
            self.operand(leaf.values, catalog),
            _("are %(value)s years old"),
            absent=_("have no known age"),
            present=_("have a known age"),
        )


FILTER = Age()
