"""The kinds of activity that the business made for its other systems."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from customers.identity import email_key
from customers.models import Customer, CustomerEmail, ExternalId, OwnActivityKind
from customers.models.programs import OWN

__all__ = [
    "OWN",
    "customers_by_codes",
    "customers_by_emails",
    "customers_by_ids",
    "own_interactions",
    "own_kind_label",
    "own_kinds",
    "own_kinds_by_key",
    "own_kinds_searched",
]


def own_kinds() -> list[OwnActivityKind]:
    """All of them, those that are off too: what was told stays."""
    return list(OwnActivityKind.objects.order_by("key"))


def own_kinds_by_key(keys: Iterable[str]) -> dict[str, OwnActivityKind]:
    return {one.key: one for one in OwnActivityKind.objects.filter(key__in=set(keys))}


def own_kinds_searched(rows: "QuerySet[OwnActivityKind]", text: str) -> "QuerySet[OwnActivityKind]":
    return rows.filter(
        Q(key__icontains=text) | Q(label__icontains=text) | Q(label_en__icontains=text)
    )


def own_interactions() -> list[str]:
    """How the ledger names those that count as interaction."""
    return [one.kind for one in OwnActivityKind.objects.filter(is_interaction=True)]


def own_kind_label(kind: OwnActivityKind) -> str:
    """The label in the reader's language."""
    english = (get_language() or "").startswith("en")
    return kind.label_en if english and kind.label_en else kind.label


def customers_by_ids(public_ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Who was not erased, by public id; of the merged ones, who they became."""
    rows = Customer.objects.filter(public_id__in=set(public_ids)).select_related("merged_into")
    return {one.public_id: _last(one) for one in rows if _last(one).erased_at is None}


def customers_by_codes(codes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Customer]:
    wanted = set(codes)
    rows = ExternalId.objects.filter(
        system__in={system for system, _value in wanted}, value__in={value for _s, value in wanted}
    ).select_related("customer__merged_into")
    found = {(row.system, row.value): _last(row.customer) for row in rows}
    return {key: one for key, one in found.items() if key in wanted and one.erased_at is None}


def customers_by_emails(addresses: Iterable[str]) -> Mapping[str, Customer]:
    """By the identity key of the address; aliases lead to their person."""
    keys = {email_key(one) for one in addresses}
    rows = CustomerEmail.objects.filter(address_key__in=keys).select_related(
        "customer__merged_into"
    )
    found = {row.address_key: _last(row.customer) for row in rows}
    return {key: one for key, one in found.items() if one.erased_at is None}


def _last(customer: Customer) -> Customer:
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer
