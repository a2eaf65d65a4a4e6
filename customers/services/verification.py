"""Whether an e-mail is known to be the person's: proved by them, or vouched for by staff."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from customers.models import Customer, CustomerEmail, User
from customers.services.trail import leave_trail


def email_mark_verified(*, customer: Customer, address_key: str) -> bool:
    """Mark this address of the person; True when it is the first one and was not verified."""
    now = clock.now()
    CustomerEmail.objects.filter(
        customer=customer, address_key=address_key, verified_at=None
    ).update(verified_at=now)
    if customer.verified_at is not None or customer.email_key != address_key:
        return False
    customer.verified_at = now
    customer.save(update_fields=["verified_at", "updated_at"])
    return True


@transaction.atomic
def customer_verify(
    *,
    customer: Customer,
    by: User | None = None,
    evidence: str = "",
    request: HttpRequest | None = None,
) -> bool:
    """Staff vouch for the first e-mail; False when it is verified already.

    ``evidence``: how they know that it is the person's.

    :raises DomainError: the person has no e-mail.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if not held.email_key:
        raise DomainError("no_email", _("This person has no e-mail."))
    if not email_mark_verified(customer=held, address_key=held.email_key):
        return False
    told = {"evidence": evidence.strip()[:2000]} if evidence.strip() else None
    leave_trail(held, "verified", by=by, request=request, after=told, kind="verified")
    return True


@transaction.atomic
def customer_unverify(*, customer: Customer, at: datetime, by: User | None = None) -> None:
    """Take back a verification that was made at ``at``."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    CustomerEmail.objects.filter(customer=held, verified_at=at).update(verified_at=None)
    held.verified_at = None
    held.save(update_fields=["verified_at", "updated_at"])
    leave_trail(held, "unverified", by=by, kind="unverified")
