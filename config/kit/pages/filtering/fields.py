"""The form fields of the kit's filters, and how they stand in the panel and in the URL.

A field of several parts uses its own name for the first one and ``name_part`` for the others.
Parts that its operator does not use count as blank, and the list's address leaves them out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, Model, Q, QuerySet, TextChoices
from django.forms.models import ModelChoiceIterator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit.pages.filtering.spans import Op, Span, Unit

Text = str | Promise
MOST_BACK = 3650
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
MOST_SHOWN = 40
FEW = 8
NONE, ANY = "-", "*"
Labels = list[tuple[str, Text]]


class PartsWidget(forms.MultiWidget):
    """Some controls that make one condition; ``used_parts`` says which of them count."""

    widgets_names: list[str]

    def used_parts(self, data: Mapping[str, Any], name: str) -> Sequence[str]:
        raise NotImplementedError

    def idle_names(self, data: Mapping[str, Any], name: str) -> list[str]:
        """The URL keys that stand there for nothing."""
        used = self.used_parts(data, name)
        return [
            name + part
            for part in self.widgets_names
            if part.removeprefix("_") not in used and data.get(name + part)
        ]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        used = self.used_parts(data, name)
        return [
            widget.value_from_datadict(data, files, name + part)
            if part.removeprefix("_") in used
            else ""
            for widget, part in zip(self.widgets, self.widgets_names, strict=True)
        ]

    def decompress(self, value: Any) -> list[Any]:
        return [""] * len(self.widgets)


class WhenWidget(PartsWidget):
    template_name = "kit/filters/when.html"
    PARTS: Mapping[str, tuple[str, ...]] = {
        "": ("", "after", "before"),
        Op.LAST: ("", "n", "unit"),
        Op.OLDER: ("", "n", "unit"),
        Op.ON: ("", "after"),
        Op.BEFORE: ("", "after"),
        Op.AFTER: ("", "after"),
        Op.BETWEEN: ("", "after", "before"),
    }

    def __init__(self, ops: Sequence[tuple[str, Text]]) -> None:
        limits = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        first = {**limits, "type": "date", "aria-label": gettext_lazy("Day, or the first day")}
        last = {**limits, "type": "date", "aria-label": gettext_lazy("Last day")}
        amount = {"min": 1, "max": MOST_BACK, "aria-label": gettext_lazy("How many")}
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            "": forms.Select({"aria-label": gettext_lazy("When")}, choices=ops),
            "n": forms.NumberInput({**amount, "placeholder": "30"}),
            "unit": forms.Select(
                {"aria-label": gettext_lazy("Unit of time")}, choices=Unit.choices
            ),
            "after": forms.DateInput(first, format="%Y-%m-%d"),
            "before": forms.DateInput(last, format="%Y-%m-%d"),
        }
        super().__init__(parts)

    def used_parts(self, data: Mapping[str, Any], name: str) -> Sequence[str]:
        return self.PARTS.get(data.get(name, ""), ("",))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Days without an operator are the ends of a span."""
        value = super().value_from_datadict(data, files, name)
        if not value[0] and any(value[1:]):
            value[0] = Op.BETWEEN.value
        return value


class WhenField(forms.MultiValueField):
    """A span of time. ``is_nullable`` offers "is empty" and "is not empty", in the given words."""

    def __init__(
        self,
        *,
        is_nullable: bool = True,
        empty_label: Text = "",
        filled_label: Text = "",
        **more: Any,
    ) -> None:
        self.labels: dict[str, Text] = {
            Op.EMPTY: empty_label or Op.EMPTY.label,
            Op.FILLED: filled_label or Op.FILLED.label,
        }
        ops: list[tuple[str, Text]] = [
            ("", gettext_lazy("at any time")),
            *(
                (one.value, self.labels.get(one.value, one.label))
                for one in Op
                if is_nullable or one not in self.labels
            ),
        ]
        fields = (
            forms.ChoiceField(choices=ops, required=False),
            forms.IntegerField(min_value=1, max_value=MOST_BACK, required=False),
            forms.ChoiceField(choices=Unit.choices, required=False),
            _day_field(),
            _day_field(),
        )
        super().__init__(fields, widget=WhenWidget(ops), require_all_fields=False, **more)

    def compress(self, values: list[Any]) -> Span | None:
        if not values or not values[0]:
            return None
        op, count, unit, first, last = values
        span = Span(Op(op), count or 0, Unit(unit or ""), first, last)
        if span.op in (Op.LAST, Op.OLDER) and not span.count:
            raise ValidationError(_("Say how many."))
        if span.op in (Op.ON, Op.BEFORE, Op.AFTER) and first is None:
            raise ValidationError(_("Choose a day."))
        if span.op == Op.BETWEEN and first is None and last is None:
            raise ValidationError(_("Choose the first day, the last one or both."))
        if first and last and first > last:
            raise ValidationError(_("The first day comes after the last one."))
        return span

    def words(self, value: Span) -> str:
        return str(self.labels.get(value.op) or value.words())


def _day_field() -> forms.DateField:
    between = gettext_lazy("Choose a day between 1900 and 2199.")
    limits = [MinValueValidator(FIRST_DAY, between), MaxValueValidator(LAST_DAY, between)]
    return forms.DateField(required=False, validators=limits)


class Blank(TextChoices):
    EMPTY = "empty", gettext_lazy("is empty")
    FILLED = "filled", gettext_lazy("is not empty")


class WordsWidget(PartsWidget):
    template_name = "kit/filters/words.html"

    def __init__(self, label: Text) -> None:
        choices = [("", label), *Blank.choices]
        kind = forms.Select({"aria-label": gettext_lazy("How it is compared")}, choices=choices)
        text = forms.TextInput({"maxlength": 100, "aria-label": gettext_lazy("Text")})
        super().__init__({"is": kind, "": text})

    def used_parts(self, data: Mapping[str, Any], name: str) -> Sequence[str]:
        return ("is",) if data.get(f"{name}_is") else ("is", "")


class WordsField(forms.MultiValueField):
    """A text to look for, or whether there is any; ``finds`` says how it is compared."""

    def __init__(self, *, finds: Text, **more: Any) -> None:
        fields = (
            forms.ChoiceField(choices=[("", finds), *Blank.choices], required=False),
            forms.CharField(max_length=100, required=False),
        )
        super().__init__(fields, widget=WordsWidget(finds), require_all_fields=False, **more)

    def compress(self, values: list[Any]) -> str | Blank | None:
        if not values:
            return None
        return Blank(values[0]) if values[0] else values[1] or None

    def words(self, value: str | Blank) -> str:
        return str(value.label) if isinstance(value, Blank) else value


@dataclass(frozen=True)
class Picked:
    """Any of these values; also, or only, rows without a value, or all that have one."""

    values: tuple[Any, ...] = ()
    empty: bool = False
    filled: bool = False

    @property
    def keys(self) -> list[Any]:
        """The values; of rows, their ids."""
        return [getattr(one, "pk", one) for one in self.values]

    def any_of(self, condition: Callable[[Any], Q]) -> Q:
        """Where the condition of one of the values holds."""
        found = Q()
        for value in self.values:
            found |= condition(value)
        return found

    def condition(self, column: str) -> Q:
        """For a column of the row itself."""
        found = Q(**{f"{column}__in": self.keys}) if self.values else Q()
        if self.empty:
            found |= Q(**{f"{column}__isnull": True})
        if self.filled:
            found |= Q(**{f"{column}__isnull": False})
        return found

    def held(self, links: "QuerySet[Any]", column: str) -> Q:
        """For rows of another table that point at this one with an ``OuterRef``."""
        if self.filled:
            return Q() if self.empty else Q(Exists(links))
        found = Q(Exists(links.filter(**{f"{column}__in": self.keys}))) if self.values else Q()
        return found | Q(~Exists(links)) if self.empty else found


class AnyOfWidget(forms.CheckboxSelectMultiple):
    """Boxes to tick, the ticked ones first. Of many, the first and those that a search finds.

    ``find`` is what was searched for; the list sets it from the URL.
    """

    template_name = "kit/filters/any_of.html"
    find = ""
    blanks: Sequence[tuple[str, Text]] = ()
    search_by = ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        chosen = [str(one) for one in value or ()]
        options, has_more = self.listed(chosen)
        blanks = [one for one in self.blanks if not self.find or one[0] in chosen]
        ticks = [
            {"value": key, "label": label, "is_on": key in chosen}
            for key, label in [*blanks, *options]
        ]
        return {
            "name": name,
            "id": (attrs or {}).get("id", f"id_{name}"),
            "options": ticks,
            "find": self.find,
            "has_more": has_more,
            "is_long": has_more or bool(self.find) or len(ticks) > FEW,
        }

    def listed(self, chosen: Sequence[str]) -> tuple[Labels, bool]:
        """Up to ``MOST_SHOWN`` choices beside the chosen ones, and whether there are more."""
        if isinstance(self.choices, ModelChoiceIterator):
            return self._listed_rows(self.choices, chosen)
        choices: Any = self.choices
        every = [(str(key), label) for key, label in choices]
        first = [one for one in every if one[0] in chosen]
        wanted = self.find.casefold()
        found = [o for o in every if o[0] not in chosen and wanted in str(o[1]).casefold()]
        return [*first, *found[:MOST_SHOWN]], len(found) > MOST_SHOWN

    def _listed_rows(
        self, choices: "ModelChoiceIterator[Any]", chosen: Sequence[str]
    ) -> tuple[Labels, bool]:
        rows = choices.queryset
        numbers = [one for one in chosen if one.isascii() and one.isdecimal() and len(one) < 16]
        first = list(rows.filter(pk__in=numbers)) if numbers else []
        found = rows.exclude(pk__in=numbers)
        if self.find and self.search_by:
            found = found.filter(**{f"{self.search_by}__icontains": self.find})
        rest = list(found[: MOST_SHOWN + 1])
        label = choices.field.label_from_instance
        shown: Labels = [(str(row.pk), label(row)) for row in [*first, *rest[:MOST_SHOWN]]]
        return shown, len(rest) > MOST_SHOWN


class AnyOf(forms.Field):
    """The part that both fields of ticked values share; see ``Picked``."""

    widget: AnyOfWidget
    blank_labels: Mapping[str, Text]

    def set_blanks(self, empty_label: Text, filled_label: Text) -> None:
        named = ((NONE, empty_label), (ANY, filled_label))
        self.blank_labels = {key: label for key, label in named if label}
        self.widget.blanks = tuple(self.blank_labels.items())

    def parted(self, value: Any) -> tuple[list[Any], Picked]:
        """The values proper, and what else was ticked."""
        given = [one for one in value or () if one != ""]
        blanks = {one for one in given if one in self.blank_labels}
        rest = [one for one in given if one not in blanks]
        return rest, Picked(empty=NONE in blanks, filled=ANY in blanks)

    def words(self, value: Picked) -> list[str]:
        raise NotImplementedError

    def blank_words(self, value: Picked) -> list[str]:
        on = {NONE: value.empty, ANY: value.filled}
        return [str(label) for key, label in self.blank_labels.items() if on[key]]


class AnyOfField(forms.MultipleChoiceField, AnyOf):
    def __init__(self, *, empty_label: Text = "", filled_label: Text = "", **more: Any) -> None:
        super().__init__(widget=AnyOfWidget(), **more)
        self.set_blanks(empty_label, filled_label)

    def clean(self, value: Any) -> Picked | None:
        rest, blanks = self.parted(value)
        values = tuple(super().clean(rest))
        if not values and blanks == Picked():
            return None
        return Picked(values, blanks.empty, blanks.filled)

    def words(self, value: Picked) -> list[str]:
        choices: Any = self.choices
        labels = {str(key): str(label) for key, label in choices}
        return [*(labels.get(str(one), str(one)) for one in value.values), *self.blank_words(value)]


class AnyOfRowsField(forms.ModelMultipleChoiceField, AnyOf):  # type: ignore[type-arg]
    """``search_by`` is the column in which the search box of a long list looks."""

    def __init__(
        self,
        *,
        queryset: "QuerySet[Any]",
        search_by: str = "name",
        empty_label: Text = "",
        filled_label: Text = "",
        **more: Any,
    ) -> None:
        super().__init__(queryset, widget=AnyOfWidget(), **more)
        self.widget.search_by = search_by
        self.set_blanks(empty_label, filled_label)

    def clean(self, value: Any) -> Picked | None:  # type: ignore[override]
        rest, blanks = self.parted(value)
        rows: Sequence[Model] = list(super().clean(self._there(rest))) if rest else []
        if not rows and blanks == Picked():
            return None
        return Picked(tuple(rows), blanks.empty, blanks.filled)

    def _there(self, keys: list[Any]) -> list[Any]:
        """Without the keys of rows that are gone, as long as one is left: nobody has them."""
        numbers = [one for one in keys if str(one).isascii() and str(one).isdecimal()]
        if len(numbers) < len(keys) or any(len(str(one)) > 15 for one in numbers):
            return keys
        rows = self.queryset
        there = rows.filter(pk__in=numbers).values_list("pk", flat=True) if rows is not None else ()
        return list(there) or keys

    def words(self, value: Picked) -> list[str]:
        return [*(self.label_from_instance(row) for row in value.values), *self.blank_words(value)]
