"""A record with what stands around it, saved as one: the form of staff."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.models import Address, Category, Customer, User
from customers.selectors.customers import category_ids_by_hand, main_address_of
from customers.services.categories import category_assign
from customers.services.code_uses import code_use_record
from customers.services.contact_points import address_save
from customers.services.profile import customer_create, customer_update


@transaction.atomic
def record_create(
    *,
    profile: Mapping[str, Any],
    address: Mapping[str, str],
    categories: Iterable[Category] = (),
    external_id: tuple[str, str] | None = None,
    code: str = "",
    by: User | None = None,
    request: HttpRequest | None = None,
) -> Customer:
    """Make the record, its main address (if a street is given) and its categories.

    ``code`` is the one by which the person came, as it was typed.
    """
    customer = customer_create(profile=profile, external_id=external_id, by=by, request=request)
    if address.get("line1"):
        address_save(customer=customer, values=address, is_main=True, by=by, request=request)
    category_assign(customer=customer, categories=categories, by=by, request=request)
    if code:
        code_use_record(customer=customer, text=code, source="staff", by=by, request=request)
    return customer


@transaction.atomic
def record_update(
    *,
    customer: Customer,
    version: int,
    profile: Mapping[str, Any],
    address: Mapping[str, str],
    categories: Iterable[Category],
    seen: Mapping[str, Any] | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> Customer:
    """Change them together. ``seen``: the address and the ids of the categories before.

    :raises DomainError: ``version_conflict``, or what one of them refuses; then nothing is saved.
    """
    held = customer_update(
        customer=customer, version=version, profile=profile, by=by, request=request
    )
    main = main_address_of(held)
    if seen is not None:
        _refuse_stale(held, main, [name for name in address if name not in profile], seen)
    if main is not None or address.get("line1"):
        address_save(
            customer=held, values=address, address=main, is_main=True, by=by, request=request
        )
    category_assign(customer=held, categories=categories, by=by, request=request)
    return held


def _refuse_stale(
    customer: Customer, main: Address | None, names: Iterable[str], seen: Mapping[str, Any]
) -> None:
    """The version of a record says nothing of its address and categories."""
    held = {name: getattr(main, name, "") for name in names}
    assigned = category_ids_by_hand(customer)
    is_same = all(seen.get(name, value) == value for name, value in held.items())
    if not is_same or _ids(seen.get("categories", ())) != _ids(assigned):
        raise DomainError("version_conflict", _("Somebody else changed this record meanwhile."))


def _ids(values: Iterable[Any]) -> set[str]:
    return {str(one) for one in values}
