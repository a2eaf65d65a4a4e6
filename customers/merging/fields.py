"""What the merged record says: field by field, whose value stays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.models import AuditEntry
from customers.models import Customer
from customers.rules.statuses import State, stricter
from customers.selectors.custom_fields import custom_fields, custom_label
from customers.selectors.fields import birthday_text, custom_text, id_text, value_text

# What staff choose as one -> its columns.
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("first_name", "last_name", "second_last_name"),
    "email": ("email", "email_key"),
    "phone": ("phone",),
    "document": ("id_type", "id_number"),
    "birthday": ("birth_date", "birth_month", "birth_day"),
    "gender": ("gender",),
    "place": ("city", "country"),
    "language": ("language", "time_zone"),
    "status": ("status", "status_until"),
}
LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "email": _("First e-mail"),
    "phone": _("First phone"),
    "document": _("Document"),
    "birthday": _("Birthday"),
    "gender": _("Gender"),
    "place": _("City and country"),
    "language": _("Language"),
    "status": _("Status"),
}
CUSTOM = "custom."


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a value came from: who wrote it last and when; else how the record came."""

    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class FieldChoice:
    """``takes_loser`` says whose value stays; ``is_open`` whether the two differ at all."""

    name: str
    label: str
    survivor: str
    loser: str
    takes_loser: bool
    is_open: bool
    survivor_origin: Origin | None = None
    loser_origin: Origin | None = None


def value_of(customer: Customer, name: str) -> Any:
    """What is compared: the columns of a group, or one field of the shop's own."""
    if name.startswith(CUSTOM):
        return customer.custom.get(name.removeprefix(CUSTOM))
    return tuple(getattr(customer, column) for column in GROUPS[name])


def text_of(customer: Customer, name: str) -> str:
    if name == "name":
        return customer.full_name
    if name == "document":
        return id_text(customer)
    if name == "birthday":
        return birthday_text(customer)
    if name == "place":
        parts = (customer.city, value_text("country", customer.country))
        return ", ".join(part for part in parts if part)
    if name == "status":
        return customer.get_status_display()
    if name == "language":
        return customer.language
    return value_text(name, getattr(customer, name))


def takes_loser(survivor: Customer, loser: Customer, name: str) -> bool:
    """The survivor's values stay, its empty ones are filled; of two states the stricter holds."""
    if name == "status":
        return stricter(State(loser.status), State(survivor.status))
    return is_empty(value_of(survivor, name)) and not is_empty(value_of(loser, name))


def is_empty(value: Any) -> bool:
    if isinstance(value, tuple):
        return not any(value)
    return value is None or value == ""


def names_of(survivor: Customer, loser: Customer) -> list[str]:
    """What can be chosen between these two."""
    keys = [
        field.key
        for field in custom_fields()
        if field.key in survivor.custom or field.key in loser.custom
    ]
    return [*GROUPS, *(f"{CUSTOM}{key}" for key in keys)]


def decided(survivor: Customer, loser: Customer, chosen: Collection[str] | None) -> dict[str, bool]:
    """By name, whether the loser's value is taken; ``chosen`` None: as is usual.

    A name that cannot be chosen between these two is left out.
    """
    names = names_of(survivor, loser)
    if chosen is None:
        return {name: takes_loser(survivor, loser, name) for name in names}
    return {name: name in chosen for name in names}


def field_choices(
    survivor: Customer, loser: Customer, chosen: Collection[str] | None
) -> list[FieldChoice]:
    """One line per field that at least one of them has, with where the values came from."""
    winners = decided(survivor, loser, chosen)
    custom = {f"{CUSTOM}{field.key}": field for field in custom_fields()}
    origins = (_origins(survivor), _origins(loser))
    choices = []
    for name, takes in winners.items():
        mine, theirs = value_of(survivor, name), value_of(loser, name)
        if is_empty(mine) and is_empty(theirs):
            continue
        texts = [
            custom_text(custom[name], value_of(one, name)) if name in custom else text_of(one, name)
            for one in (survivor, loser)
        ]
        choices.append(
            FieldChoice(
                name=name,
                label=custom_label(custom[name]) if name in custom else str(LABELS[name]),
                survivor=texts[0],
                loser=texts[1],
                takes_loser=takes,
                is_open=mine != theirs,
                survivor_origin=None if is_empty(mine) else _origin_of(origins[0], name, survivor),
                loser_origin=None if is_empty(theirs) else _origin_of(origins[1], name, loser),
            )
        )
    return choices


def _origins(customer: Customer) -> dict[str, Origin]:
    """Who wrote each column last, of the newest 300 entries of the trail."""
    entries = AuditEntry.objects.filter(
        subject_kind="customers.customer", subject_id=customer.pk
    ).order_by("-at", "-id")[:300]
    found: dict[str, Origin] = {}
    for entry in entries:
        for column in entry.digests:
            found.setdefault(column, Origin(by=entry.actor_label, at=entry.at))
    return found


def _origin_of(known: dict[str, Origin], name: str, customer: Customer) -> Origin:
    written = [known[column] for column in GROUPS.get(name, (name,)) if column in known]
    if written:
        return max(written, key=lambda one: one.at)
    return Origin(by="", at=customer.created_at)
