"""Filter chips: what each applied filter says, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.forms import BaseForm, BoundField, Field, MultiWidget
from django.forms.fields import ChoiceField
from django.forms.models import ModelChoiceField
from django.utils.translation import gettext as _

from config.kit.pages import formats
from config.kit.pages.filtering.fields import AnyOf, PartsWidget, WhenField, WordsField
from config.kit.pages.pieces import Text


@dataclass(frozen=True)
class Chip:
    """One applied filter: what it says, its field to edit it, and what its form carries.

    ``edit_url``: it is edited on a page of its own.
    """

    label: Text
    text: str
    remove_url: str
    field: BoundField
    state: Sequence[tuple[str, str]] = ()
    edit_url: str = ""


def join_or(parts: Iterable[str]) -> str:
    """``a``, ``a o b``, ``a, b o c``."""
    words = [str(part) for part in parts]
    if len(words) < 2:
        return "".join(words)
    return _("%(some)s or %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def _choice_labels(field: Any, value: Any) -> str:
    chosen = value if isinstance(value, (list, tuple, set)) else [value]
    labels: dict[str, Any] = {}
    for key, label in field.choices:
        labels.update(
            {str(k): v for k, v in label} if isinstance(label, (list, tuple)) else {str(key): label}
        )
    return join_or(str(labels.get(str(one), one)) for one in chosen)


def _one(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, (int, float)):
        return formats.number(value)
    return str(value)


def _range(value: slice) -> str:
    if value.start is None:
        return _("up to %(end)s") % {"end": _one(value.stop)}
    if value.stop is None:
        return _("from %(start)s") % {"start": _one(value.start)}
    return _("from %(start)s to %(end)s") % {"start": _one(value.start), "end": _one(value.stop)}


def value_text(field: Field, value: Any) -> str:
    """People's words for a cleaned value of a filter's form field."""
    if isinstance(field, (WhenField, WordsField)):
        return field.words(value)
    if isinstance(field, AnyOf):
        return join_or(field.words(value))
    if isinstance(field, ModelChoiceField):
        rows = value if hasattr(value, "__iter__") else [value]
        return join_or(str(row) for row in rows)
    if isinstance(field, ChoiceField):
        return _choice_labels(field, value)
    if isinstance(value, slice):
        return _range(value)
    if isinstance(value, (list, tuple)):
        return join_or(_one(one) for one in value)
    return _one(value)


def is_blank(value: Any) -> bool:
    if value is None or value == "":
        return True
    if isinstance(value, slice):
        return value.start is None and value.stop is None
    if hasattr(value, "query") and hasattr(value, "exists"):
        return not value
    return isinstance(value, (list, tuple, set, dict)) and not value


def url_names(bound: BoundField) -> list[str]:
    """The URL keys of one form field: its own, or those of the parts of its widget."""
    base, widget = bound.html_name, bound.field.widget
    if hasattr(widget, "suffixes"):
        return [f"{base}_{suffix}" if suffix else base for suffix in widget.suffixes]
    if isinstance(widget, MultiWidget):
        return [base + part for part in getattr(widget, "widgets_names", ())]
    return [base]


def idle_names(form: BaseForm, data: Mapping[str, str]) -> list[str]:
    """The URL keys whose value counts for nothing beside the operator of their filter."""
    return [
        key
        for name, field in form.fields.items()
        if isinstance(field.widget, PartsWidget)
        for key in field.widget.idle_names(data, name)
    ]
