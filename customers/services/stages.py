"""From lead to customer: by whom, why and when. Nothing but staff's own hand leads back."""

from django.db import transaction
from django.http import HttpRequest

from config.kit import clock
from customers.models import Customer, User
from customers.registry import stage_reasons
from customers.services.trail import leave_trail

NOTE_LIMIT = 300


@transaction.atomic
def customer_convert(
    *,
    customer: Customer,
    reason: str,
    note: str = "",
    by: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Make a lead a customer; False when the person is one already, whose first reason stays.

    ``reason`` is a key of ``registry.stage_reasons``; ``note`` says more, without personal data
    (the number of an order).
    """
    if reason not in stage_reasons:
        raise KeyError(reason)
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if held.lifecycle == Customer.Lifecycle.CUSTOMER:
        return False
    held.lifecycle = Customer.Lifecycle.CUSTOMER
    held.version += 1
    stage_mark(held, reason)
    held.save(
        update_fields=["lifecycle", "lifecycle_reason", "lifecycle_at", "version", "updated_at"]
    )
    stage_tell(held, note=note, by=by, request=request)
    return True


def stage_mark(customer: Customer, reason: str) -> None:
    """Note why and since when the person is at this stage; saving is the caller's part."""
    customer.lifecycle_reason, customer.lifecycle_at = reason, clock.now()


def stage_tell(
    customer: Customer, *, note: str = "", by: User | None, request: HttpRequest | None
) -> None:
    told = {
        "to": customer.lifecycle,
        "reason": customer.lifecycle_reason,
        "note": note.strip()[:NOTE_LIMIT],
    }
    leave_trail(
        customer,
        "stage_changed",
        by=by,
        request=request,
        data=told,
        kind="stage_changed",
        activity=told,
    )
