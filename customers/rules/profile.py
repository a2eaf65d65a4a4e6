"""The data of a person, cleaned field by field: forms, the import and the storefront share it.

Every function gives back the value as it is kept, an empty value for an empty text, or raises
``DomainError`` with a sentence and the field. No database, no settings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from config.kit.errors import DomainError
from customers.rules.codes import clean_country, clean_gender, clean_language, clean_time_zone
from customers.rules.custom_values import FieldDefinition, clean_custom, clean_number
from customers.rules.dates import Birthday, clean_birthday, clean_day
from customers.rules.emails import clean_email
from customers.rules.id_numbers import (
    ID_TYPES,
    clean_id_number,
    clean_id_type,
    default_id_type,
    id_number_display,
)
from customers.rules.phones import clean_phone, phone_display
from customers.rules.texts import clean_name, clean_text

__all__ = [
    "ID_TYPES",
    "Birthday",
    "Context",
    "clean_birthday",
    "clean_country",
    "clean_custom",
    "clean_day",
    "clean_email",
    "clean_gender",
    "clean_id_number",
    "clean_id_type",
    "clean_language",
    "clean_name",
    "clean_number",
    "clean_phone",
    "clean_text",
    "clean_time_zone",
    "customer_normalise",
    "default_id_type",
    "id_number_display",
    "phone_display",
]
CITY_LIMIT = 120
CUSTOM = "custom."


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the reading of a text hangs on: the site's country and day, the file's habits.

    ``phone`` is the one that the record has.
    """

    country: str
    today: date
    date_order: str = "dmy"
    decimal: str = ","
    custom_fields: Mapping[str, FieldDefinition] = field(default_factory=dict)
    phone: str = ""


Values = dict[str, Any]
Clean = Callable[[str, Values, Context], Values]


def _simple(key: str, clean: Callable[[str], str]) -> Clean:
    return lambda text, _values, _context: {key: clean(text)}


def _name(key: str) -> Clean:
    return lambda text, _values, _context: {key: clean_name(text, key)}


def _phone(text: str, values: Values, context: Context) -> Values:
    country = values.get("country") or context.country
    return {"phone": clean_phone(text, country, held=context.phone)}


def _id_number(text: str, values: Values, context: Context) -> Values:
    chosen = values.get("id_type") or default_id_type(values.get("country") or context.country)
    number = clean_id_number(text, chosen)
    return {"id_type": chosen if number else "", "id_number": number}


def _birthday(text: str, _values: Values, context: Context) -> Values:
    day = clean_birthday(text, today=context.today, order=context.date_order)
    return {
        "birth_date": day.as_date if day else None,
        "birth_month": day.month if day else None,
        "birth_day": day.day if day else None,
    }


# In this order: the country and the type of document decide how what follows is read.
CLEANERS: dict[str, Clean] = {
    "country": _simple("country", clean_country),
    "id_type": _simple("id_type", clean_id_type),
    "first_name": _name("first_name"),
    "last_name": _name("last_name"),
    "second_last_name": _name("second_last_name"),
    "email": _simple("email", clean_email),
    "phone": _phone,
    "id_number": _id_number,
    "gender": _simple("gender", clean_gender),
    "city": lambda text, _v, _c: {"city": clean_text(text, limit=CITY_LIMIT, field="city")},
    "birthday": _birthday,
    "language": _simple("language", clean_language),
    "time_zone": _simple("time_zone", clean_time_zone),
}


def customer_normalise(
    values: Mapping[str, Any], context: Context
) -> tuple[Values, dict[str, DomainError]]:
    """Clean the fields that are given, under the names of ``CLEANERS`` and ``custom.<key>``.

    The clean values have the names of the model: ``birthday`` becomes ``birth_date``,
    ``birth_month`` and ``birth_day``; custom values stand in ``custom`` (None: no value). A field
    that is refused is in the second dictionary only.
    """
    clean: Values = {}
    errors: dict[str, DomainError] = {}
    for name, cleaner in CLEANERS.items():
        if name not in values:
            continue
        try:
            clean.update(cleaner(str(values[name] or ""), clean, context))
        except DomainError as refusal:
            errors[refusal.field or name] = refusal
    _normalise_custom(values, context, clean, errors)
    return clean, errors


def _normalise_custom(
    values: Mapping[str, Any],
    context: Context,
    clean: Values,
    errors: dict[str, DomainError],
) -> None:
    for key, definition in context.custom_fields.items():
        if CUSTOM + key not in values:
            continue
        try:
            clean.setdefault("custom", {})[key] = clean_custom(
                definition,
                values[CUSTOM + key],
                order=context.date_order,
                decimal=context.decimal,
            )
        except DomainError as refusal:
            errors[CUSTOM + key] = refusal
