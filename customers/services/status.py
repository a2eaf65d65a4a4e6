"""Active, deactivated, disabled; in the trash and back. ``rules.statuses`` says what follows."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from customers.events import CustomerRestored, CustomerTrashed
from customers.models import Customer, User
from customers.rules.statuses import (
    State,
    may_follow,
    may_log_in,
    needs_reason,
    permission_for,
)
from customers.services.sessions import session_end_all
from customers.services.trail import leave_trail
from customers.sessions import STOREFRONT

REASON_LIMIT = 300


@transaction.atomic
def customer_status_change(
    *,
    customer: Customer,
    status: str,
    by: User | None = None,
    reason: str = "",
    until: datetime | None = None,
    request: HttpRequest | None = None,
) -> Customer:
    """Change the status as ``rules.statuses`` allows; who may no longer log in loses all sessions.

    ``until`` ends a deactivation by itself.

    :raises DomainError: ``customer_is_disabled``, ``right_missing``, ``reason_missing``,
        ``until_is_past``.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    before, after = State(held.status), State(status)
    until = until if after == State.DEACTIVATED else None
    if before == after and held.status_until == until:
        return held
    _refuse_change(before, after, by=by, reason=reason)
    if until is not None and until <= clock.now():
        raise DomainError("until_is_past", _("The day must lie in the future."), field="until")
    return _set_status(held, after, by=by, reason=reason, until=until, request=request)


def _refuse_change(before: State, after: State, *, by: User | None, reason: str) -> None:
    if before != after and not may_follow(before, after):
        raise DomainError("customer_is_disabled", _("This person is disabled already."))
    if by is not None and not by.has_perm(permission_for(before, after)):
        raise DomainError("right_missing", _right_missing(before))
    if needs_reason(before, after) and not reason.strip():
        text = (
            _("Say why this person is activated again.")
            if after == State.ACTIVE
            else _("Say why this person is disabled for good.")
        )
        raise DomainError("reason_missing", text, field="reason")


def _right_missing(before: State) -> str:
    if before == State.DISABLED:
        return _("You have no right to let disabled people in again.")
    return _("You have no right to disable people for good.")


def customer_activate(*, customer: Customer, **more: Any) -> Customer:
    """Let a person log in and be written to again."""
    return customer_status_change(customer=customer, status=State.ACTIVE, **more)


def customer_deactivate(*, customer: Customer, **more: Any) -> Customer:
    """Stop log-ins and marketing for a while (to ``until``, if given)."""
    return customer_status_change(customer=customer, status=State.DEACTIVATED, **more)


def customer_disable(*, customer: Customer, **more: Any) -> Customer:
    """Stop log-ins and all mails but those about orders, for good."""
    return customer_status_change(customer=customer, status=State.DISABLED, **more)


def _set_status(
    held: Customer,
    status: State,
    *,
    by: User | None = None,
    reason: str = "",
    until: datetime | None = None,
    is_due: bool = False,
    request: HttpRequest | None = None,
) -> Customer:
    before, reason = held.status, reason.strip()[:REASON_LIMIT]
    held.status, held.status_until = status.value, until
    held.version += 1
    held.save(update_fields=["status", "status_until", "version", "updated_at"])
    if not may_log_in(status):
        _end_sessions(held)
    told = {"from": before, "to": status.value, "reason": reason}
    if until:
        told["until"] = until.isoformat()
    leave_trail(
        held,
        "status_changed",
        by=by,
        request=request,
        data=told,
        kind="status_changed",
        activity=told | ({"is_due": True} if is_due else {}),
    )
    return held


@transaction.atomic
def customer_standing_restore(
    *,
    customer: Customer,
    status: str,
    until: datetime | None,
    trashed_at: datetime | None,
    reason: str,
    by: User | None = None,
) -> None:
    """Give a record back the status and the place that it had before a bulk action.

    :raises DomainError: ``right_missing``.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    before, after = State(held.status), State(status)
    if before != after and by is not None and not by.has_perm(permission_for(before, after)):
        raise DomainError("right_missing", _right_missing(before))
    if (held.status, held.status_until) != (status, until):
        _set_status(held, after, by=by, reason=reason, until=until, request=None)
    if held.trashed_at != trashed_at:
        held.trashed_at = trashed_at
        _save_trashed(held, "trashed" if trashed_at else "restored", by, None)
        if trashed_at:
            _end_sessions(held)


def _end_sessions(customer: Customer) -> None:
    if customer.user is not None:
        scope = STOREFRONT if customer.user.is_staff else None
        session_end_all(user=customer.user, scope=scope)


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


@transaction.atomic
def customers_reactivate_due(*, most: int = 500) -> int:
    """Activate those whose time of deactivation is over; returns how many.

    Each row is claimed: whoever holds it decides, and a second worker leaves it alone.
    """
    due = Customer.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status=State.DEACTIVATED,
        status_until__lte=clock.now(),
        merged_into=None,
        erased_at=None,
    )
    held = list(due.order_by("pk")[:most])
    for customer in held:
        _set_status(customer, State.ACTIVE, is_due=True)
    return len(held)
