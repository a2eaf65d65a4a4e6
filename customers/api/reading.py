"""From what a program sent to people, categories and clean values; else all that is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from config.kit.api.problems import Problems, Wrong, pointer
from config.kit.errors import DomainError
from customers.api.schemas import CustomerPatch
from customers.models import Category, Customer
from customers.rules.profile import customer_normalise
from customers.selectors.custom_fields import reading_context
from customers.selectors.portraits import (
    categories_by_code,
    customer_by_external_id,
    customer_by_id,
    survivor_of,
)
from customers.services.programs import refuse_blocked

PROFILE = (
    "first_name", "last_name", "second_last_name", "email", "phone", "id_type", "id_number",
    "gender", "birthday", "city", "country", "language", "time_zone",
)  # fmt: skip
# Given alone, these are read as the record says.
READ_WITH = {"phone": "country", "id_number": "id_type"}


def customer_or_404(public_id: UUID) -> Customer:
    """The record; of one that was merged, the one that it became.

    :raises Http404: there is none, or it was erased.
    """
    return _found(customer_by_id(public_id))


def writable_or_404(public_id: UUID) -> Customer:
    """
    :raises DomainError: the data of this person is blocked.
    """
    customer = customer_or_404(public_id)
    refuse_blocked(customer)
    return customer


def customer_of_code_or_404(system: str, value: str) -> Customer:
    return _found(customer_by_external_id(system, value))


def _found(customer: Customer | None) -> Customer:
    if customer is None or survivor_of(customer).erased_at is not None:
        raise Http404
    return survivor_of(customer)


def version_in(request: HttpRequest, present: int) -> int:
    """The version that ``If-Match`` names; ``*`` is the present one.

    :raises DomainError: it is missing or unreadable.
    """
    text = request.headers.get("If-Match", "").strip()
    if text == "*":
        return present
    if text[:1] == text[-1:] == '"' and text[1:-1].isdecimal() and len(text) < 12:
        return int(text[1:-1])
    raise DomainError(
        "version_missing",
        _('Send the version that you read as If-Match, in quotes: If-Match: "7".'),
    )


def etag(version: int) -> str:
    return f'"{version}"'


def profile_of(sent: CustomerPatch, customer: Customer | None = None) -> dict[str, Any]:
    """Clean values of the fields that were sent.

    :raises Problems: every one that is not valid, at its place.
    """
    given = sent.model_dump(include=sent.model_fields_set)
    values = {name: given[name] for name in PROFILE if name in given}
    for name, other in READ_WITH.items():
        if values.get(name) and not values.get(other) and customer is not None:
            values[other] = getattr(customer, other)
    values |= {f"custom.{key}": _text(value) for key, value in sent.custom.items()}
    context = reading_context(decimal=".", phone=customer.phone if customer else "")
    profile, refusals = customer_normalise(values, context)
    wrongs = [
        Wrong(pointer=pointer(refusal.field or name), code=refusal.code, detail=refusal.message)
        for name, refusal in refusals.items()
    ]
    wrongs += [
        Wrong(
            pointer=pointer(f"custom.{key}"),
            code="custom_field_unknown",
            detail=_("There is no field “%(key)s”.") % {"key": key},
        )
        for key in sent.custom
        if key not in context.custom_fields
    ]
    if wrongs:
        raise Problems(wrongs)
    if sent.lifecycle is not None:
        profile["lifecycle"] = sent.lifecycle
    return profile


def _text(value: Any) -> Any:
    """Numbers as they are; a text is read as people write it."""
    return "" if value is None else value


def categories_of(codes: Sequence[str], place: str = "categories") -> list[Category]:
    """
    :raises Problems: those that do not exist.
    """
    found = categories_by_code(codes)
    wrongs = [
        Wrong(
            pointer=f"/{place}/{number}",
            code="category_unknown",
            detail=_("There is no category with the code “%(code)s”.") % {"code": code},
        )
        for number, code in enumerate(codes)
        if code not in found
    ]
    if wrongs:
        raise Problems(wrongs)
    return list(found.values())


def address_of(sent: CustomerPatch) -> Mapping[str, str] | None:
    return sent.address.model_dump() if sent.address else None
