"""Who set each contact value, what of it is locked, and what orders would change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from customers.models import Customer, FieldLock, OrderSync, ProfileChange, RecordRules
from customers.rules.contact import BLOCK, CONTACT
from customers.selectors.customers import main_address_of
from customers.selectors.history import changes_of

MOST_CHANGES: Final = 400
ADDRESS_PARTS: Final = (
    *("line1", "line2", "district", "city", "region", "postal_code", "country"),
)


def record_rules() -> RecordRules:
    """How records behave here; as they come, while nobody has set anything."""
    return RecordRules.objects.filter(pk=1).first() or RecordRules(pk=1)


@dataclass(frozen=True, kw_only=True)
class Locks:
    """``whole`` is set while the contact data is locked as one."""

    whole: FieldLock | None
    fields: dict[str, FieldLock]

    def of(self, field: str) -> FieldLock | None:
        return self.whole or self.fields.get(field)


def locks_of(customer: Customer) -> Locks:
    rows = FieldLock.objects.filter(customer=customer).select_related("locked_by")
    found = {row.field: row for row in rows}
    whole = found.pop(BLOCK, None)
    return Locks(whole=whole, fields=found)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Who or what gave a value: the change that brought it; None: it came with the record."""

    change: ProfileChange | None
    source: str
    at: datetime


def provenance_of(customer: Customer) -> dict[str, Provenance]:
    """Of each contact field that has a value."""
    changed: dict[str, ProfileChange] = {}
    for change in changes_of(customer)[:MOST_CHANGES]:
        for name in _fields_of(change):
            changed.setdefault(name, change)
    values = contact_values(customer)
    return {
        name: Provenance(
            change=changed.get(name),
            source=changed[name].origin if name in changed else customer.source,
            at=changed[name].changed_at if name in changed else customer.created_at,
        )
        for name in CONTACT
        if values[name]
    }


def _fields_of(change: ProfileChange) -> Iterable[str]:
    if change.part == ProfileChange.Part.ADDRESS:
        return ["address"]
    if change.part != ProfileChange.Part.RECORD:
        return []
    names = set(change.before or {})
    return [name for name, columns in CONTACT.items() if not names.isdisjoint(columns)]


def contact_values(customer: Customer) -> dict[str, dict[str, Any]]:
    """Each contact field as its columns; empty when it has no value."""
    values = {
        name: {column: getattr(customer, column) for column in columns}
        for name, columns in CONTACT.items()
    }
    address = main_address_of(customer)
    values["address"] = {name: getattr(address, name) for name in ADDRESS_PARTS} if address else {}
    return {name: parts if any(parts.values()) else {} for name, parts in values.items()}


def proposals_of(customer: Customer) -> list[OrderSync]:
    """What orders would change and staff have not judged yet, the newest first."""
    rows = OrderSync.objects.filter(customer=customer, state=OrderSync.State.OPEN)
    return list(rows.order_by("-ordered_at", "-id"))
