"""What programs write about people, each request in one piece."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit
from config.kit.errors import DomainError
from customers.models import Category, ConsentEvent, Customer
from customers.models.consent import ConsentValue
from customers.selectors.customers import main_address_of
from customers.services.categories import category_assign
from customers.services.code_uses import code_use_record
from customers.services.consent import Proof, consent_record
from customers.services.contact_points import address_save, external_id_attach
from customers.services.profile import customer_create, customer_update
from customers.services.tags import tag_add

SOURCE = "api"


@transaction.atomic
def customer_create_by_program(
    *,
    profile: Mapping[str, Any],
    external_ids: Iterable[tuple[str, str]] = (),
    tags: Iterable[str] = (),
    categories: Iterable[Category] = (),
    address: Mapping[str, str] | None = None,
    registration_code: str = "",
    request: HttpRequest | None = None,
) -> Customer:
    """Make a record with all that a program knows of the person.

    :raises DomainError: what one of the parts refuses; then nothing is made.
    """
    codes = list(external_ids)
    with _below("external_ids.0", "system", "value"):
        customer = customer_create(
            profile=profile,
            source=SOURCE,
            external_id=codes[0] if codes else None,
            request=request,
        )
    for number, (system, value) in enumerate(codes[1:], start=1):
        with _below(f"external_ids.{number}"):
            external_id_attach(customer=customer, system=system, value=value)
    tag_add(customer=customer, names=tags, request=request)
    category_assign(customer=customer, categories=categories, request=request)
    _save_address(customer, address, request)
    if registration_code:
        code_use_record(
            customer=customer,
            text=registration_code,
            source=SOURCE,
            request=request,
            field="registration_code",
        )
    return customer


@transaction.atomic
def customer_update_by_program(
    *,
    customer: Customer,
    version: int,
    profile: Mapping[str, Any],
    categories: Iterable[Category] | None = None,
    address: Mapping[str, str] | None = None,
    request: HttpRequest | None = None,
) -> Customer:
    """Change what is given.

    :raises DomainError: ``version_conflict``, or what one of the parts refuses; then nothing is
        changed.
    """
    refuse_blocked(customer)
    held = customer_update(
        customer=customer, version=version, profile=profile, source=SOURCE, request=request
    )
    if categories is not None:
        category_assign(customer=held, categories=categories, request=request)
    _save_address(held, address, request)
    return held


def refuse_blocked(customer: Customer) -> None:
    """
    :raises DomainError: the data of this person is blocked: kept, and changed by no program.
    """
    if customer.blocked_at is not None:
        raise DomainError(
            "customer_blocked",
            _("The data of this customer is blocked: it is kept, and nothing changes it."),
        )


def _save_address(
    customer: Customer, address: Mapping[str, str] | None, request: HttpRequest | None
) -> None:
    if address is None:
        return
    with _below("address"):
        address_save(
            customer=customer,
            values=address,
            address=main_address_of(customer),
            is_main=True,
            request=request,
        )


@contextmanager
def _below(place: str, *names: str) -> Iterator[None]:
    """Refusals of a part (with ``names``, at those of its fields) name their field below it."""
    try:
        yield
    except DomainError as refusal:
        if not names or refusal.field in names:
            refusal.field = f"{place}.{refusal.field}" if refusal.field else place
        raise


@transaction.atomic
def consent_record_by_program(
    *,
    customer: Customer,
    channel: str,
    purpose: str,
    value: str,
    proof: Proof,
    occurred_at: datetime,
    request: HttpRequest | None = None,
) -> ConsentEvent:
    """What a person said in another system, with the evidence of it.

    :raises DomainError: a grant without evidence, or what ``consent_record`` refuses.
    """
    if value == ConsentValue.GRANTED and not proof.evidence.strip():
        raise DomainError(
            "consent_needs_evidence",
            _("Say how this person agreed: a form, a call, a signed sheet."),
            field="evidence",
        )
    Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk).values("pk").first()
    event = consent_record(
        customer=customer,
        channel=channel,
        purpose=purpose,
        value=value,
        source=SOURCE,
        proof=proof,
        occurred_at=occurred_at,
    )
    audit.record(
        "customers.consent.recorded",
        subject=customer,
        data={"channel": channel, "purpose": purpose, "value": value, "event": event.pk},
        request=request,
    )
    return event
