"""Values of custom fields: from text to what stands in the record, and back to text."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import fold
from customers.rules.dates import clean_day
from customers.rules.texts import one_line, paragraphs, within

Value = str | int | float | bool
TEXT_LIMIT = 500
PARAGRAPH_LIMIT = 10_000
NUMBER_LIMIT = Decimal(10) ** 15
DECIMALS = 6
WHOLE_NUMBERS = "generic_integer_"
YES = frozenset(["1", "true", "t", "yes", "y", "si", "s", "x", "on", "verdadero", "cierto"])
NO = frozenset(["0", "false", "f", "no", "n", "off", "falso"])
GROUPED = re.compile(r"[+-]?\d{1,3}([.,' ])\d{3}(?:\1\d{3})*")


class FieldDefinition(Protocol):
    """What the rules need of a ``CustomField``."""

    key: str
    label: str
    kind: str
    options: Any


def clean_custom(
    definition: FieldDefinition, value: Any, *, order: str = "dmy", decimal: str = ","
) -> Value | None:
    """The value as it is kept, or None where there is none.

    ``value`` is a text as a person or a file writes it, or already a kept value. ``decimal`` says
    what a lone separator before three digits is not: with ``,`` the text ``1.234`` is 1234.

    :raises DomainError: at the field ``custom.<key>``.
    """
    field = f"custom.{definition.key}"
    if value is None or value == "":
        return None
    if definition.kind == "checkbox":
        return clean_yes_no(value, field)
    if definition.kind == "number":
        return _whole_where_asked(definition, clean_number(value, decimal=decimal, field=field))
    if definition.kind == "date":
        day = value if isinstance(value, date) else clean_day(str(value), order=order, field=field)
        return day.isoformat()[:10] if day else None
    if definition.kind in {"dropdown", "choice"}:
        return _clean_choice(definition, str(value), field)
    if definition.kind == "paragraph":
        return within(paragraphs(str(value)), PARAGRAPH_LIMIT, field) or None
    return within(one_line(str(value)), TEXT_LIMIT, field) or None


def _whole_where_asked(definition: FieldDefinition, number: int | float | None) -> Value | None:
    if isinstance(number, float) and definition.key.startswith(WHOLE_NUMBERS):
        raise DomainError(
            "number_not_whole",
            _("This must be a whole number."),
            field=f"custom.{definition.key}",
        )
    return number


def clean_yes_no(value: Any, field: str = "") -> bool | None:
    if isinstance(value, bool):
        return value
    word = fold(str(value))
    if not word:
        return None
    if word in YES or word in NO:
        return word in YES
    raise DomainError("yes_no_unreadable", _("This is neither a yes nor a no."), field=field)


def clean_number(value: Any, *, decimal: str = ",", field: str = "") -> int | float | None:
    """A number with at most six decimals, however its thousands and decimals are marked."""
    text = one_line(str(value)).replace("\u00a0", "").replace("\u202f", "")
    if not text:
        return None
    try:
        number = Decimal(_with_point(text, decimal) if isinstance(value, str) else text)
    except InvalidOperation as cause:
        raise DomainError("number_unreadable", _("This is not a number."), field=field) from cause
    if not number.is_finite() or abs(number) >= NUMBER_LIMIT:
        raise DomainError("number_too_large", _("This number is too large."), field=field)
    rounded = round(number, DECIMALS)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _with_point(text: str, decimal: str) -> str:
    if "," in text and "." in text:
        decimal = max(",.", key=text.rfind)
    elif (grouped := GROUPED.fullmatch(text)) and (
        grouped[1] != decimal or text.count(grouped[1]) > 1
    ):
        return text.replace(grouped[1], "")
    elif "," in text or "." in text:
        decimal = "," if "," in text else "."
    thousands = "." if decimal == "," else ","
    return text.replace(thousands, "").replace("'", "").replace(" ", "").replace(decimal, ".")


def _clean_choice(definition: FieldDefinition, text: str, field: str) -> str | None:
    wanted = fold(text)
    for option in definition.options:
        if wanted in (fold(str(option["value"])), fold(str(option["label"]))):
            return str(option["value"])
    if not wanted:
        return None
    raise DomainError(
        "option_unknown",
        _("“%(text)s” is none of the options: %(options)s.")
        % {
            "text": one_line(text)[:60],
            "options": ", ".join(str(option["label"]) for option in definition.options[:12]),
        },
        field=field,
    )


def option_label(definition: FieldDefinition, value: Any) -> str:
    """How an option reads; a value that is no option any more reads as it is."""
    labels: Mapping[Any, Any] = {one["value"]: one["label"] for one in definition.options}
    return str(labels.get(value, value))
