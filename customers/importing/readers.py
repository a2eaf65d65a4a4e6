"""How the cell of a column becomes a value of the row: one reader for each kind of field."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import email_key
from customers.importing.cells import (
    plain_day,
    read_answer,
    read_instant,
    read_status,
    split_name,
    split_words,
)
from customers.importing.consents import read_ip
from customers.importing.documents import read_id_number, types_named
from customers.importing.phones import read_phone
from customers.rules.custom_values import FieldDefinition
from customers.rules.profile import (
    clean_birthday,
    clean_country,
    clean_custom,
    clean_email,
    clean_gender,
    clean_language,
    clean_name,
    clean_text,
    clean_time_zone,
)
from customers.rules.registration_codes import clean_code
from customers.rules.texts import paragraphs, within

Values = dict[str, Any]
Reader = Callable[[str, Values], None]
NOTE_LIMIT = 10_000
EXTERNAL_LIMIT = 120
TAG_LIMIT = 80
OLDEST = date(1900, 1, 1)
# Where a formula is surely none that a person wrote.
TEXTS = frozenset({"first_name", "last_name", "second_last_name", "full_name", "city"})
LIFECYCLES = {"lead": "lead", "prospecto": "lead", "customer": "customer", "cliente": "customer"}
ADDRESS_LIMITS = {
    "line1": 200,
    "line2": 200,
    "district": 120,
    "city": 120,
    "region": 120,
    "postal_code": 20,
}


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What the reading hangs on: the site's country, day and zone; the file's dates, decimals."""

    country: str
    today: date
    now: datetime
    zone: ZoneInfo
    date_order: str
    decimal: str
    custom: dict[str, FieldDefinition] = field(default_factory=dict)


def reader_of(key: str, column: str, habits: Habits) -> Reader | None:
    """The reader of a destination; None where nothing is imported."""
    head, _dot, tail = key.partition(".")
    makers: dict[str, Callable[[], Reader]] = {
        "custom": lambda: partial(_custom, habits, habits.custom[tail]),
        "external": lambda: partial(_external, tail),
        "address": lambda: _address(tail),
        "consent": lambda: _consent(tail, habits),
    }
    if head in makers:
        return makers[head]()
    made: dict[str, Callable[[], Reader]] = {
        "first_name": lambda: _name("first_name"),
        "last_name": lambda: _name("last_name"),
        "second_last_name": lambda: _name("second_last_name"),
        "full_name": lambda: _full_name,
        "email": lambda: _email,
        "phone": lambda: partial(_phone, habits.country),
        "id_type": lambda: partial(_id_type, habits.country),
        "id_number": lambda: partial(_id_number, habits.country, column),
        "birthday": lambda: _birthday(habits),
        "registered_at": lambda: partial(_registered, habits),
        "gender": lambda: _cached("gender", clean_gender),
        "city": lambda: _city("city"),
        "country": lambda: _cached("country", clean_country),
        "language": lambda: _cached("language", clean_language),
        "time_zone": lambda: _cached("time_zone", clean_time_zone),
        "status": lambda: _cached("status", partial(read_status, field="status")),
        "lifecycle": lambda: _cached("lifecycle", _lifecycle),
        "public_id": lambda: _public_id,
        "registration_code": lambda: _cached(
            "registration_code", partial(clean_code, field="registration_code")
        ),
        "sharing_code": lambda: _cached("sharing_code", partial(clean_code, field="sharing_code")),
        "tags": lambda: partial(_words, "tags"),
        "categories": lambda: partial(_words, "categories"),
        "note": lambda: _note,
    }
    return made[key]() if key in made else None


def _cached(key: str, clean: Callable[[str], str]) -> Reader:
    remembered = lru_cache(maxsize=20_000)(clean)

    def read(text: str, values: Values) -> None:
        if value := remembered(text):
            values[key] = value

    return read


def _name(key: str) -> Reader:
    return _cached(key, partial(clean_name, field=key))


def _full_name(text: str, values: Values) -> None:
    parts = split_name(text)
    for key, part in zip(("first_name", "last_name", "second_last_name"), parts, strict=True):
        if part:
            values[key] = clean_name(part, "full_name")


def _email(text: str, values: Values) -> None:
    if address := clean_email(text):
        values["email"] = address
        values["email_key"] = address.lower() if address.isascii() else email_key(address)


def _phone(site_country: str, text: str, values: Values) -> None:
    country = values.get("country") or values.get("address", {}).get("country") or site_country
    number, was_guessed = read_phone(text, country)
    if number:
        values["phone"] = number
    if was_guessed:
        values.setdefault("remarks", []).append(
            _("The phone was read as %(number)s: it is valid in that country only.")
            % {"number": number}
        )


def _id_type(site_country: str, text: str, values: Values) -> None:
    values["id_named"] = types_named(text, values.get("country") or site_country)
    if not values["id_named"]:
        raise DomainError(
            "id_type_unknown", _("There is no such type of document."), field="id_type"
        )


def _id_number(site_country: str, column: str, text: str, values: Values) -> None:
    named = values.get("id_named") or types_named(column, site_country)
    country = values.get("country") or values.get("address", {}).get("country", "")
    id_type, number = read_id_number(text, named=named, country=country, site_country=site_country)
    if number:
        values["id_type"], values["id_number"] = id_type, number


def _birthday(habits: Habits) -> Reader:
    def clean(text: str) -> tuple[int, int, str | None] | None:
        plain = plain_day(text, habits.date_order)
        if plain and OLDEST <= plain <= habits.today:
            return plain.month, plain.day, plain.isoformat()
        day = clean_birthday(text, today=habits.today, order=habits.date_order)
        if day is None:
            return None
        return day.month, day.day, day.as_date.isoformat() if day.as_date else None

    remembered = lru_cache(maxsize=60_000)(clean)

    def read(text: str, values: Values) -> None:
        if found := remembered(text):
            values["birth_month"], values["birth_day"], values["birth_date"] = found

    return read


def _registered(habits: Habits, text: str, values: Values) -> None:
    instant = read_instant(text, habits.date_order, habits.zone, "registered_at")
    if instant is None:
        return
    if instant > habits.now:
        raise DomainError(
            "registered_in_the_future", _("This date is in the future."), field="registered_at"
        )
    values["registered_at"] = instant.isoformat()


def _lifecycle(text: str) -> str:
    value = LIFECYCLES.get(text.strip().lower())
    if value is None:
        raise DomainError("stage_unknown", _("Use lead or customer."), field="lifecycle")
    return value


def _city(key: str) -> Reader:
    return _cached(key, partial(clean_text, limit=120, field=key))


def _public_id(text: str, values: Values) -> None:
    plain = text.strip().lower()
    compact = plain.replace("-", "")
    if len(compact) != 32 or not all(char in "0123456789abcdef" for char in compact):
        raise DomainError(
            "code_unreadable", _("This is not a code of Clientela."), field="public_id"
        )
    values["public_id"] = plain


def _external(system: str, text: str, values: Values) -> None:
    if code := clean_text(text, limit=EXTERNAL_LIMIT, field=f"external.{system}"):
        values.setdefault("externals", []).append(f"{system}:{code}")


def _words(key: str, text: str, values: Values) -> None:
    words = [within(word, TAG_LIMIT, key) for word in split_words(text)]
    if words:
        values.setdefault(key, []).extend(words)


def _note(text: str, values: Values) -> None:
    body = within(paragraphs(text), NOTE_LIMIT, "note")
    if body:
        before = values.get("note")
        values["note"] = f"{before}\n\n{body}" if before else body


def _address(part: str) -> Reader:
    name = f"address.{part}"

    def clean(text: str) -> str:
        if part == "country":
            return clean_country(text, name)
        return clean_text(text, limit=ADDRESS_LIMITS[part], field=name)

    def read(text: str, values: Values) -> None:
        if value := clean(text):
            values.setdefault("address", {})[part] = value

    return read


def _custom(habits: Habits, definition: FieldDefinition, text: str, values: Values) -> None:
    value = clean_custom(definition, text, order=habits.date_order, decimal=habits.decimal)
    if value is not None:
        values.setdefault("custom", {})[definition.key] = value


def _consent(part: str, habits: Habits) -> Reader:
    key = f"consent.{part}"
    if part in {"email", "sms"}:
        return _cached(key, partial(read_answer, field=key))

    def read(text: str, values: Values) -> None:
        if part.endswith("ip"):
            values[key] = read_ip(text, key)
        elif part == "evidence":
            values[key] = clean_text(text, limit=500, field=key)
        else:
            values[key] = read_instant(text, habits.date_order, habits.zone, key)

    return read
