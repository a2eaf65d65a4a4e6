"""How complete a record is, and what is missing in it."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.models import Address, Customer, CustomField
from customers.selectors.custom_fields import custom_fields_enabled, custom_label
from customers.selectors.customers import main_address_of
from customers.selectors.fields import LABELS
from customers.selectors.locks import record_rules

CUSTOM: Final = "custom."
# Fields of the record that can count; the last two are no text columns.
COLUMNS: Final = (
    *("first_name", "last_name", "second_last_name", "email", "phone", "id_number"),
    *("gender", "city", "country", "language"),
)


def countable() -> dict[str, str]:
    """What can make a record complete: keys with their labels."""
    own = {name: str(LABELS[name]) for name in (*COLUMNS, "birthday")}
    own["address"] = str(LABELS["line1"])
    return own | {CUSTOM + one.key: custom_label(one) for one in custom_fields_enabled()}


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """``missing``: keys with their labels, in the order of ``countable``."""

    expected: int
    missing: dict[str, str]

    @property
    def filled(self) -> int:
        return self.expected - len(self.missing)

    @property
    def percent(self) -> int:
        return 100 * self.filled // self.expected if self.expected else 100


def completeness_of(customer: Customer) -> Completeness:
    labels, wanted = countable(), set(record_rules().expected)
    expected = [name for name in labels if name in wanted]
    return Completeness(
        expected=len(expected),
        missing={name: labels[name] for name in expected if not _has(customer, name)},
    )


def _has(customer: Customer, name: str) -> bool:
    if name == "birthday":
        return customer.birth_month is not None
    if name == "address":
        return main_address_of(customer) is not None
    if name.startswith(CUSTOM):
        return customer.custom.get(name.removeprefix(CUSTOM)) not in (None, "")
    return bool(getattr(customer, name))


def missing_fields(customer: Customer, names: list[str]) -> list[str]:
    """Those of ``names`` that have no value, in their order."""
    known = countable()
    return [name for name in names if name in known and not _has(customer, name)]


def askable(customer: Customer) -> dict[str, str]:
    """What is missing and may be asked of the person: custom fields only if theirs to edit."""
    theirs = {
        CUSTOM + one.key
        for one in CustomField.objects.filter(disabled_at=None, is_visible=True, is_editable=True)
    }
    return {
        name: label
        for name, label in completeness_of(customer).missing.items()
        if not name.startswith(CUSTOM) or name in theirs
    }


def customers_lacking(rows: "QuerySet[Customer]", *, is_complete: bool) -> "QuerySet[Customer]":
    """Those who lack something that is expected, or nothing."""
    lacks = Q()
    known = countable()
    for name in record_rules().expected:
        if name in known:
            lacks |= _lacks(name)
    if not lacks:
        return rows if is_complete else rows.none()
    return rows.exclude(lacks) if is_complete else rows.filter(lacks)


def _lacks(name: str) -> Q:
    if name == "birthday":
        return Q(birth_month=None)
    if name == "address":
        return ~Q(Exists(Address.objects.filter(customer=OuterRef("pk"), is_main=True)))
    if name.startswith(CUSTOM):
        return ~Q(custom__has_key=name.removeprefix(CUSTOM))
    return Q(**{name: ""})
