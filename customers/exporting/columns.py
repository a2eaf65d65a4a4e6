"""The columns of an export: what stands in each, under which name; all of them can be read back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from customers.importing.destinations import custom_fields_of, label_of
from customers.importing.fields import BY_KEY, code_label
from customers.models import Customer, ExternalId

Cell = str | int | float
CONSENT_WORDS = {"granted": "yes", "withdrawn": "unsubscribed", "pending": "pending"}


@dataclass(kw_only=True)
class ExportRow:
    """A customer with what stands in other tables."""

    customer: Customer
    tags: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=dict)
    consents: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    came_by: str = ""
    shares: str = ""


@dataclass(frozen=True, kw_only=True)
class ExportColumn:
    """``value`` gives a text or a number; ``is_sensitive`` columns can be left out."""

    key: str
    label: str
    value: Callable[[ExportRow], Cell]
    is_sensitive: bool = False


def columns_of(*, sensitive: bool = True) -> list[ExportColumn]:
    """The columns of an export now: custom fields and systems are those in use."""
    found = [*_record(), *_elsewhere(), *_codes(), *_custom()]
    return [one for one in found if sensitive or not one.is_sensitive]


def _plain(key: str, attribute: str = "", *, is_sensitive: bool = False) -> ExportColumn:
    name = attribute or key
    return ExportColumn(
        key=key,
        label=str(BY_KEY[key].label),
        value=lambda row: str(getattr(row.customer, name) or ""),
        is_sensitive=is_sensitive,
    )


def _named(key: str, value: Callable[[ExportRow], Cell], **more: Any) -> ExportColumn:
    return ExportColumn(key=key, label=str(BY_KEY[key].label), value=value, **more)


def _record() -> list[ExportColumn]:
    return [
        _plain("public_id"),
        _plain("first_name"),
        _plain("last_name"),
        _plain("second_last_name"),
        _plain("email"),
        _plain("phone"),
        _plain("id_type", is_sensitive=True),
        _plain("id_number", is_sensitive=True),
        _plain("gender"),
        _named("birthday", _birthday, is_sensitive=True),
        _plain("city"),
        _plain("country"),
        _plain("language"),
        _plain("time_zone"),
        _plain("status"),
        _plain("lifecycle"),
        _named("registered_at", lambda row: _instant(row.customer.registered_at)),
        _named("registration_code", lambda row: row.came_by),
        _named("sharing_code", lambda row: row.shares),
    ]


def _elsewhere() -> list[ExportColumn]:
    return [
        _named("tags", lambda row: words(row.tags)),
        _named("categories", lambda row: words(row.categories)),
        *(_address(part) for part in ("line1", "line2", "district", "city", "region")),
        _address("postal_code"),
        _address("country"),
        _named("consent.email", lambda row: _consent(row, "email")),
        _named("consent.at", lambda row: _since(row, "email")),
        _named("consent.sms", lambda row: _consent(row, "sms")),
        _named("later.aliases", lambda row: words(row.aliases)),
    ]


def _address(part: str) -> ExportColumn:
    return _named(f"address.{part}", lambda row: row.address.get(part, ""))


def _codes() -> list[ExportColumn]:
    systems = ExternalId.objects.order_by("system").values_list("system", flat=True).distinct()
    return [_code(system) for system in systems]


def _code(system: str) -> ExportColumn:
    return ExportColumn(
        key=f"external.{system}",
        label=code_label(system),
        value=lambda row: row.codes.get(system, ""),
    )


def _custom() -> list[ExportColumn]:
    return [
        ExportColumn(key=f"custom.{key}", label=label_of(one), value=_custom_value(key))
        for key, one in custom_fields_of().items()
    ]


def _custom_value(key: str) -> Callable[[ExportRow], Cell]:
    def value(row: ExportRow) -> Cell:
        held = row.customer.custom.get(key)
        if isinstance(held, bool):
            return "yes" if held else "no"
        if held is None:
            return ""
        return held if isinstance(held, (int, float)) else str(held)

    return value


def _birthday(row: ExportRow) -> str:
    """ISO, without a year as ``--07-15``."""
    person = row.customer
    if person.birth_date:
        return person.birth_date.isoformat()
    if person.birth_month and person.birth_day:
        return f"--{person.birth_month:02}-{person.birth_day:02}"
    return ""


def _instant(value: datetime | None) -> str:
    return value.astimezone(UTC).isoformat() if value else ""


def _consent(row: ExportRow, channel: str) -> str:
    held = row.consents.get(channel)
    return CONSENT_WORDS.get(held[0], "") if held else ""


def _since(row: ExportRow, channel: str) -> str:
    held = row.consents.get(channel)
    return _instant(held[1]) if held else ""


def words(found: list[str]) -> str:
    """Words of one cell; one with a separator or a quote inside stands in quotes."""
    return ", ".join(_quoted(one) if set(one) & set(',;|"') else one for one in found)


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
