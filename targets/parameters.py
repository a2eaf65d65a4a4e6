"""What a condition takes beside its operator: windows, counts, and names of other things."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.catalog import Catalog
from targets.inputs import Choice, FormData, Input, posted_number, shown
from targets.operands.dates import DAY_SCHEMA, posted_span, span_inputs, span_schema
from targets.operands.number import COUNT
from targets.operands.text import TEXT_SCHEMA, read_texts
from targets.rules import checks
from targets.rules.problems import Report

Find = Callable[[Catalog], Sequence[Choice]]


class Parameter(ABC):
    """A key of a leaf. ``read`` answers None for what is the default: it is left out then."""

    def __init__(self, key: str, *, label: str | Promise, is_required: bool = False) -> None:
        self.key = key
        self.label = label
        self.is_required = is_required

    @abstractmethod
    def read(self, raw: Any, report: Report, catalog: Catalog) -> Any: ...

    @abstractmethod
    def schema(self) -> dict[str, Any]: ...

    @abstractmethod
    def inputs(self, raw: Any, name: str, catalog: Catalog) -> list[Input]: ...

    @abstractmethod
    def posted(self, data: FormData, name: str) -> Any:
        """The reverse of ``inputs``; None leaves the key out."""


class WindowParameter(Parameter):
    """When the events happened; all time if absent."""

    def __init__(self) -> None:
        super().__init__("window", label=gettext_lazy("When"))

    def read(self, raw: Any, report: Report, catalog: Catalog) -> Any:
        if isinstance(raw, dict) and ("last" in raw or "unit" in raw):
            return checks.span(raw, report, number_key="last", units=checks.UNITS)
        found = checks.mapping(raw, report, keys=("from", "to"))
        if found is None:
            return None
        if not found:
            report.add(_("Write last and unit, or from and to."))
            return None
        return self._read_days(found, report)

    def _read_days(self, raw: dict[str, Any], report: Report) -> dict[str, Any]:
        days: dict[str, Any] = {}
        for key in ("from", "to"):
            if key in raw:
                with report.inside(key):
                    days[key] = checks.day(raw[key], report)
        if days.get("from") and days.get("to") and days["to"] < days["from"]:
            report.add(_("The second date must not be earlier than the first."))
        return days

    def schema(self) -> dict[str, Any]:
        days = {
            "type": "object",
            "properties": {"from": DAY_SCHEMA, "to": DAY_SCHEMA},
            "minProperties": 1,
            "additionalProperties": False,
        }
        return {"oneOf": [span_schema("last", checks.UNITS), days]}

    def inputs(self, raw: Any, name: str, catalog: Catalog) -> list[Input]:
        value = raw if isinstance(raw, dict) else {}
        kind = "last" if "last" in value else "days" if value else ""
        choices = [
            Choice("", gettext_lazy("at any time")),
            Choice("last", gettext_lazy("in the last")),
            Choice("days", gettext_lazy("between dates")),
        ]
        chooser = Input(f"{name}_kind", "select", self.label, kind, choices, redraws=True)
        if kind == "last":
            return [chooser, *span_inputs(value, name, "last", checks.UNITS)]
        if kind == "days":
            return [
                chooser,
                Input(f"{name}_from", "date", gettext_lazy("From"), shown(value.get("from"))),
                Input(
                    f"{name}_to",
                    "date",
                    gettext_lazy("To"),
                    shown(value.get("to")),
                    before=gettext_lazy("and"),
                ),
            ]
        return [chooser]

    def posted(self, data: FormData, name: str) -> Any:
        kind = data.get(f"{name}_kind", "")
        if kind == "last":
            return posted_span(data, name, "last")
        if kind != "days":
            return None
        days = {key: data.get(f"{name}_{key}", "") for key in ("from", "to")}
        return {key: day for key, day in days.items() if day} or {"from": ""}


class CountParameter(Parameter):
    """How many events; at least one if absent."""

    def __init__(self) -> None:
        super().__init__("count", label=gettext_lazy("How often"))

    def read(self, raw: Any, report: Report, catalog: Catalog) -> Any:
        found = checks.mapping(raw, report, keys=("op", "value"))
        if found is None:
            return None
        checked = COUNT.read(found, report)
        return None if checked == {"op": "gte", "value": 1} else checked

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"op": True, "value": True},
            "additionalProperties": False,
            "oneOf": COUNT.schemas(),
        }

    def inputs(self, raw: Any, name: str, catalog: Catalog) -> list[Input]:
        value = raw if isinstance(raw, dict) and raw else {"op": "gte", "value": 1}
        return COUNT.inputs(value, f"{name}_")

    def posted(self, data: FormData, name: str) -> Any:
        return COUNT.posted(data, f"{name}_")


class NameParameter(Parameter):
    """One of the names that ``find`` answers. ``default`` stands for absence."""

    def __init__(
        self,
        key: str,
        find: Find,
        *,
        label: str | Promise,
        default: str = "",
        redraws: bool = False,
    ) -> None:
        super().__init__(key, label=label, is_required=not default)
        self.find = find
        self.default = default
        self.redraws = redraws

    def read(self, raw: Any, report: Report, catalog: Catalog) -> Any:
        name = checks.text(raw, report)
        if name is None:
            return None
        if name not in {choice.value for choice in self.find(catalog)}:
            report.add(_("“%(value)s” does not exist.") % {"value": name[:80]})
        return None if name == self.default else name

    def schema(self) -> dict[str, Any]:
        return TEXT_SCHEMA

    def inputs(self, raw: Any, name: str, catalog: Catalog) -> list[Input]:
        choices = list(self.find(catalog))
        value = raw if isinstance(raw, str) and raw else self.default
        if value and value not in {choice.value for choice in choices}:
            choices.append(Choice(value, value))
        if not value and choices:
            value = choices[0].value
        return [Input(name, "select", self.label, value, choices, redraws=self.redraws)]

    def posted(self, data: FormData, name: str) -> Any:
        return data.get(name, "") or None


class NamesParameter(Parameter):
    """Some of the names that ``find`` answers. With ``any_word`` it may be absent or that word."""

    def __init__(self, key: str, find: Find, *, label: str | Promise, any_word: str = "") -> None:
        super().__init__(key, label=label, is_required=not any_word)
        self.find = find
        self.any_word = any_word

    def read(self, raw: Any, report: Report, catalog: Catalog) -> Any:
        if self.any_word and raw == self.any_word:
            return None
        if self.any_word and isinstance(raw, str):
            checked = checks.text(raw, report)
            names = [checked] if checked else []
        else:
            names = read_texts(raw, report)
        known = {choice.value for choice in self.find(catalog)} if names else set()
        for name in names:
            if name not in known:
                report.add(_("“%(value)s” does not exist.") % {"value": name[:80]})
        return names

    def schema(self) -> dict[str, Any]:
        names = {
            "type": "array",
            "items": TEXT_SCHEMA,
            "minItems": 1,
            "maxItems": checks.MOST_VALUES,
        }
        return {"oneOf": [TEXT_SCHEMA, names]} if self.any_word else names

    def inputs(self, raw: Any, name: str, catalog: Catalog) -> list[Input]:
        chosen = [raw] if isinstance(raw, str) and raw != self.any_word else raw
        chosen = [one for one in chosen if isinstance(one, str)] if isinstance(chosen, list) else []
        choices = list(self.find(catalog))
        known = {choice.value for choice in choices}
        choices += [Choice(one, one) for one in chosen if one not in known]
        return [Input(name, "multi", self.label, chosen, choices)]

    def posted(self, data: FormData, name: str) -> Any:
        chosen = [one for one in data.getlist(name) if one]
        return chosen or (None if self.any_word else [])


class TextParameter(Parameter):
    def read(self, raw: Any, report: Report, catalog: Catalog) -> Any:
        return checks.text(raw, report)

    def schema(self) -> dict[str, Any]:
        return TEXT_SCHEMA

    def inputs(self, raw: Any, name: str, catalog: Catalog) -> list[Input]:
        return [Input(name, "text", self.label, shown(raw))]

    def posted(self, data: FormData, name: str) -> Any:
        return data.get(name, "")


class PercentParameter(Parameter):
    def read(self, raw: Any, report: Report, catalog: Catalog) -> Any:
        percent = checks.number(raw, report)
        if percent is not None and not 0 <= percent <= 100:
            report.add(_("Write a number from 0 to 100."))
        return percent

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": 0, "maximum": 100}

    def inputs(self, raw: Any, name: str, catalog: Catalog) -> list[Input]:
        return [Input(name, "number", self.label, shown(raw))]

    def posted(self, data: FormData, name: str) -> Any:
        return posted_number(data, name)
