"""Further ways to reach or recognise a person: aliases, phones, addresses, ids elsewhere."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import email_key
from customers.models import Address, Customer, CustomerEmail, CustomerPhone, ExternalId, User
from customers.privacy.blocklist import refuse_erased
from customers.rules.profile import clean_country, clean_email, clean_phone, clean_text
from customers.services.locks import lock_after_edit
from customers.services.refusals import external_id_holder, refuse_email, taken
from customers.services.trail import leave_trail

ADDRESS_LIMITS = {
    "label": 40,
    "line1": 200,
    "line2": 200,
    "district": 120,
    "city": 120,
    "region": 120,
    "postal_code": 20,
}


def _note_change(
    customer: Customer,
    action: str,
    field: str,
    *,
    by: User | None,
    request: HttpRequest | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    order: str = "",
) -> None:
    Customer.objects.filter(pk=customer.pk).update(version=F("version") + 1)
    leave_trail(
        customer,
        action,
        by=by,
        request=request,
        before=before,
        after=after,
        data={"order": order} if order else None,
        kind="profile_updated",
        activity={"fields": [field]} | ({"order": order} if order else {}),
        origin="order" if order and by is None else "",
    )
    if not order:
        lock_after_edit(customer=customer, changed=[field], by=by, request=request)


@transaction.atomic
def email_alias_add(
    *, customer: Customer, address: str, by: User | None = None, request: HttpRequest | None = None
) -> CustomerEmail:
    """Add a further address that leads to this person.

    :raises DomainError: it is no address, or leads to somebody already.
    """
    clean = clean_email(address, field="address")
    if not clean:
        raise DomainError("email_empty", _("Write an e-mail address."), field="address")
    refuse_erased(clean, source="staff")
    key = email_key(clean)
    try:
        with transaction.atomic():
            row = CustomerEmail.objects.create(
                customer=customer, address=clean, address_key=key, source="staff"
            )
    except IntegrityError as cause:
        raise refuse_email(key, "address") from cause
    _note_change(
        customer, "alias_added", "email_alias", by=by, request=request, after={"address": clean}
    )
    return row


@transaction.atomic
def email_alias_remove(
    *, alias: CustomerEmail, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Take an address from a person; the first one is changed in the record instead."""
    if alias.is_primary:
        raise DomainError("email_is_primary", _("The first address is changed in the record."))
    alias.delete()
    _note_change(
        alias.customer,
        "alias_removed",
        "email_alias",
        by=by,
        request=request,
        before={"address": alias.address},
    )


@transaction.atomic
def phone_add(
    *,
    customer: Customer,
    number: str,
    label: str = "",
    by: User | None = None,
    request: HttpRequest | None = None,
) -> CustomerPhone:
    """Add a further phone.

    :raises DomainError: it is no phone number, or is here already.
    """
    clean = clean_phone(number, customer.country or settings.SITE_COUNTRY, field="number")
    if not clean:
        raise DomainError("phone_empty", _("Write a phone number."), field="number")
    text = clean_text(label, limit=40, field="label")
    row, is_new = CustomerPhone.objects.get_or_create(
        customer=customer, number=clean, defaults={"label": text}
    )
    if not is_new or clean == customer.phone:
        raise DomainError("phone_known", _("The record has this number already."), field="number")
    _note_change(customer, "phone_added", "phones", by=by, request=request, after={"phone": clean})
    return row


@transaction.atomic
def external_id_add(
    *,
    customer: Customer,
    system: str,
    value: str,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> ExternalId:
    """Note the person's id in another system.

    :raises DomainError: that id leads to another person, or a part is empty.
    """
    row = external_id_attach(customer=customer, system=system, value=value)
    _note_change(
        customer,
        "external_id_added",
        "external_id",
        by=by,
        request=request,
        after={"system": row.system, "value": row.value},
    )
    return row


@transaction.atomic
def external_id_attach(*, customer: Customer, system: str, value: str) -> ExternalId:
    """Write the id without a trail: for writers that leave their own."""
    system = clean_text(system, limit=40, field="system")
    value = clean_text(value, limit=120, field="value")
    if not system or not value:
        raise DomainError("external_id_empty", _("Give the system and the code."), field="value")
    try:
        with transaction.atomic():
            return ExternalId.objects.create(customer=customer, system=system, value=value)
    except IntegrityError as cause:
        raise taken(
            external_id_holder(system, value), code="external_id_taken", field="value"
        ) from cause


@transaction.atomic
def address_save(
    *,
    customer: Customer,
    values: Mapping[str, str],
    address: Address | None = None,
    is_main: bool = False,
    by: User | None = None,
    request: HttpRequest | None = None,
    order: str = "",
) -> Address:
    """Add an address, or change the given one; ``order`` is the one that brought it.

    :raises DomainError: the street is missing, or a part is too long or unknown.
    """
    row = address or Address(customer=customer)
    before = _address_values(row) if address else {}
    for name, value in address_clean(values).items():
        setattr(row, name, value)
    if not row.line1:
        raise DomainError("address_empty", _("Write the street and number."), field="line1")
    has_main = Address.objects.filter(customer=customer, is_main=True).exclude(pk=row.pk)
    if is_main or not has_main.exists():
        has_main.update(is_main=False)
        row.is_main = True
    after = _address_values(row)
    if before != after:
        row.save()
        _note_change(
            customer,
            "address_saved",
            "address",
            by=by,
            request=request,
            before=before,
            after=after,
            order=order,
        )
    return row


def address_clean(values: Mapping[str, str]) -> dict[str, str]:
    """The parts that are given, as they are kept.

    :raises DomainError: a part is too long or unknown.
    """
    clean = {
        name: clean_text(values[name], limit=limit, field=name)
        for name, limit in ADDRESS_LIMITS.items()
        if name in values
    }
    if "country" in values:
        clean["country"] = clean_country(values["country"])
    return clean


def _address_values(row: Address) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*ADDRESS_LIMITS, "country", "is_main")}


@transaction.atomic
def contact_point_remove(
    *,
    row: CustomerPhone | ExternalId | Address,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> None:
    """Remove a further phone, an address, or an id in another system.

    :raises DomainError: the id is all that identifies the person.
    """
    customer = row.customer
    if isinstance(row, ExternalId):
        _refuse_if_last_identity(customer, row)
    field = {CustomerPhone: "phones", ExternalId: "external_id", Address: "address"}[type(row)]
    before = _plain_values(row)
    row.delete()
    _note_change(customer, f"{field}_removed", field, by=by, request=request, before=before)


def _refuse_if_last_identity(customer: Customer, row: ExternalId) -> None:
    others = ExternalId.objects.filter(customer=customer).exclude(pk=row.pk)
    if customer.email or customer.phone or customer.id_number or others.exists():
        return
    raise DomainError(
        "customer_needs_identity", _("This code is all that identifies the person. It stays.")
    )


def _plain_values(row: Model) -> dict[str, Any]:
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in {"id", "customer_id"}
    }
