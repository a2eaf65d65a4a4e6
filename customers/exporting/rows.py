"""Reading customers for an export: pieces of equal cost, whatever the number of people."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from customers.exporting.columns import ExportRow
from customers.models import (
    Address,
    CategoryAssignment,
    ConsentState,
    Customer,
    CustomerEmail,
    ExternalId,
    Tagging,
)
from customers.selectors.codes import codes_shared_by, codes_used_by

PIECE = 2000
PARTS = ("line1", "line2", "district", "city", "region", "postal_code", "country")


def export_rows(customers: "QuerySet[Customer]") -> Iterator[list[ExportRow]]:
    """Pieces of rows, by id; the number of queries a piece is constant."""
    found = customers.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=PIECE)
    while ids := list(islice(found, PIECE)):
        yield rows_of(ids)


def rows_of(ids: list[int]) -> list[ExportRow]:
    people = Customer.objects.filter(pk__in=ids).defer("search_text").order_by("pk")
    rows = {one.pk: ExportRow(customer=one) for one in people}
    of_these: dict[str, Any] = {"customer__in": ids}
    tags = Tagging.objects.filter(**of_these).order_by("tag__name")
    for pk, name in tags.values_list("customer_id", "tag__name"):
        rows[pk].tags.append(name)
    assigned = CategoryAssignment.objects.filter(**of_these).order_by("category__name")
    for pk, name in assigned.values_list("customer_id", "category__name"):
        rows[pk].categories.append(name)
    codes = ExternalId.objects.filter(**of_these).order_by("system", "value")
    for pk, system, value in codes.values_list("customer_id", "system", "value"):
        rows[pk].codes.setdefault(system, value)
    main = Address.objects.filter(**of_these, is_main=True)
    for pk, *parts in main.values_list("customer_id", *PARTS):
        rows[pk].address = dict(zip(PARTS, parts, strict=True))
    held = ConsentState.objects.filter(**of_these, purpose="marketing")
    for pk, channel, value, since in held.values_list("customer_id", "channel", "value", "since"):
        rows[pk].consents[channel] = (value, since)
    others = CustomerEmail.objects.filter(**of_these, is_primary=False).order_by("address_key")
    for pk, address in others.values_list("customer_id", "address"):
        rows[pk].aliases.append(address)
    for pk, code in codes_used_by(ids).items():
        rows[pk].came_by = code.code
    for pk, shared in codes_shared_by(ids).items():
        rows[pk].shares = shared
    return list(rows.values())
