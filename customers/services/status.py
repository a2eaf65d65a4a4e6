"""Active, deactivated, disabled; in the trash and back."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from customers.events import CustomerRestored, CustomerTrashed
from customers.models import Customer, User
from customers.services.sessions import session_end_all
from customers.services.trail import leave_trail

REASON_LIMIT = 300


@transaction.atomic
def customer_activate(
    *,
    customer: Customer,
    by: User | None = None,
    reason: str = "",
    request: HttpRequest | None = None,
) -> Customer:
    """Let a person log in and be written to again; one who was disabled needs a reason."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if held.status == Customer.Status.DISABLED and not reason.strip():
        raise DomainError(
            "reason_missing", _("Say why this person is activated again."), field="reason"
        )
    return _set_status(held, Customer.Status.ACTIVE, by=by, reason=reason, request=request)


@transaction.atomic
def customer_deactivate(
    *,
    customer: Customer,
    by: User | None = None,
    reason: str = "",
    until: datetime | None = None,
    request: HttpRequest | None = None,
) -> Customer:
    """Stop log-ins and marketing for a while (to ``until``, if given); ends all sessions."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if held.status == Customer.Status.DISABLED:
        raise DomainError("customer_is_disabled", _("This person is disabled already."))
    if until is not None and until <= clock.now():
        raise DomainError("until_is_past", _("The day must lie in the future."), field="until")
    return _set_status(
        held, Customer.Status.DEACTIVATED, by=by, reason=reason, until=until, request=request
    )


@transaction.atomic
def customer_disable(
    *, customer: Customer, reason: str, by: User | None = None, request: HttpRequest | None = None
) -> Customer:
    """Stop log-ins and marketing for good; ends all sessions. The reason is required."""
    if not reason.strip():
        raise DomainError(
            "reason_missing", _("Say why this person is disabled for good."), field="reason"
        )
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    return _set_status(held, Customer.Status.DISABLED, by=by, reason=reason, request=request)


def _set_status(
    held: Customer,
    status: str,
    *,
    by: User | None,
    reason: str,
    until: datetime | None = None,
    request: HttpRequest | None,
) -> Customer:
    before, reason = held.status, reason.strip()[:REASON_LIMIT]
    if before == status and held.status_until == until:
        return held
    held.status, held.status_until = status, until
    held.version += 1
    held.save(update_fields=["status", "status_until", "version", "updated_at"])
    if status != Customer.Status.ACTIVE:
        _end_sessions(held)
    leave_trail(
        held,
        "status_changed",
        by=by,
        request=request,
        data={"from": before, "to": status, "reason": reason, "until": until},
        kind="status_changed",
        activity={"from": before, "to": status, "reason": reason},
    )
    return held


def _end_sessions(customer: Customer) -> None:
    if customer.user is not None:
        session_end_all(user=customer.user)


@transaction.atomic
def customer_trash(
    *, customer: Customer, by: User | None = None, request: HttpRequest | None = None
) -> Customer:
    """Put a record in the trash: out of lists, targets and mails; the e-mail stays reserved."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if held.trashed_at is None:
        held.trashed_at = clock.now()
        _save_trashed(held, "trashed", by, request)
        _end_sessions(held)
    return held


@transaction.atomic
def customer_restore(
    *, customer: Customer, by: User | None = None, request: HttpRequest | None = None
) -> Customer:
    """Take a record out of the trash, as it was."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if held.trashed_at is not None:
        held.trashed_at = None
        _save_trashed(held, "restored", by, request)
    return held


def _save_trashed(
    held: Customer, action: str, by: User | None, request: HttpRequest | None
) -> None:
    held.version += 1
    held.save(update_fields=["trashed_at", "version", "updated_at"])
    leave_trail(
        held,
        action,
        by=by,
        request=request,
        kind="status_changed",
        activity={"to": action},
        event=CustomerTrashed if held.trashed_at else CustomerRestored,
    )


def customers_reactivate_due() -> int:
    """Activate those whose time of deactivation is over; returns how many."""
    due = Customer.objects.filter(
        status=Customer.Status.DEACTIVATED, status_until__lte=clock.now()
    )[:500]
    for customer in due:
        customer_activate(customer=customer)
    return len(due)
