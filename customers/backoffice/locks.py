"""Contact data on the record: where each value came from, its lock, what orders would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from customers.backoffice.past import Words
from customers.models import Customer, FieldLock, OrderSync
from customers.registry import stage_reasons
from customers.rules.contact import CONTACT
from customers.rules.id_numbers import id_number_display
from customers.selectors.fields import LABELS, value_text
from customers.selectors.locks import (
    ADDRESS_PARTS,
    Locks,
    contact_values,
    locks_of,
    proposals_of,
    provenance_of,
    record_rules,
)

FIELDS: dict[str, str | Promise] = {
    **{name: LABELS[name] for name in CONTACT if name != "address"},
    "address": lazy("Main address"),
}


@dataclass(frozen=True, kw_only=True)
class ContactRow:
    field: str
    label: str
    text: str
    origin: str
    at: datetime | None
    lock: FieldLock | None


@dataclass(frozen=True, kw_only=True)
class ContactBlock:
    """``by_field``: each field has a lock of its own."""

    rows: list[ContactRow]
    locks: Locks
    by_field: bool

    @property
    def is_locked(self) -> bool:
        return self.locks.whole is not None or bool(self.locks.fields)


def contact_block(customer: Customer) -> ContactBlock:
    values, locks, origins = contact_values(customer), locks_of(customer), provenance_of(customer)
    words = Words([one.change for one in origins.values() if one.change])
    rows = []
    for name, label in FIELDS.items():
        origin = origins.get(name)
        came = ""
        if origin is not None:
            came = words.who(origin.change) if origin.change else _source(origin.source)
        rows.append(
            ContactRow(
                field=name,
                label=str(label),
                text=contact_text(name, values[name]),
                origin=came,
                at=origin.at if origin else None,
                lock=locks.of(name),
            )
        )
    return ContactBlock(rows=rows, locks=locks, by_field=locks.whole is None and _by_field(locks))


def _by_field(locks: Locks) -> bool:
    return record_rules().lock_mode == "field" or bool(locks.fields)


def _source(key: str) -> str:
    return str(stage_reasons.get(key) or key)


def contact_text(field: str, parts: Mapping[str, Any]) -> str:
    """A contact field as it is read; empty for none."""
    if not parts:
        return ""
    if field == "address":
        shown = [value_text(name, parts.get(name)) for name in ADDRESS_PARTS]
        return ", ".join(part for part in shown if part)
    if field == "id_number":
        return id_number_display(parts.get("id_type", ""), parts["id_number"])
    return value_text(field, parts[field])


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """An order that differs: label, what the record says, what the order says."""

    sync: OrderSync
    title: str
    rows: list[tuple[str, str, str]]


def proposals(customer: Customer) -> list[Proposal]:
    found = proposals_of(customer)
    values = contact_values(customer) if found else {}
    return [
        Proposal(
            sync=one,
            title=_("Order %(order)s differs") % {"order": one.reference},
            rows=[
                (
                    str(label),
                    contact_text(name, values[name]),
                    contact_text(name, one.proposed[name]),
                )
                for name, label in FIELDS.items()
                if name in one.proposed
            ],
        )
        for one in found
    ]
