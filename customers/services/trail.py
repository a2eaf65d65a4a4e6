"""What every write leaves behind: an audit entry, a row of activity, an event."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from config.kit import audit
from config.kit.events import emit
from customers.events import CustomerEvent, CustomerUpdated
from customers.models import Customer, User
from customers.services.activity import activity_record
from customers.services.history import history_claim
from customers.services.sessions import request_marks


def leave_trail(
    customer: Customer,
    action: str,
    *,
    by: User | None,
    request: HttpRequest | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    kind: str = "",
    activity: Mapping[str, Any] | None = None,
    thing: tuple[str, int] | None = None,
    event: type[CustomerEvent] = CustomerUpdated,
    origin: str = "",
) -> None:
    """Write all three in the transaction of the change.

    ``before`` and ``after`` hold personal values, ``data`` and ``activity`` none. ``thing`` is the
    kind and id of what the activity is about; else it leads to the audit entry, whose values can
    be erased. ``origin`` is said where the request does not tell it.
    """
    origin = origin or _origin(request)
    entry = audit.record(
        f"customers.customer.{action}",
        actor=by,
        subject=customer,
        before=before,
        after=after,
        data=data,
        request=request,
        origin=origin,
    )
    history_claim(customer=customer, entry=entry)
    if kind:
        activity_record(
            customer_id=customer.pk,
            kind=kind,
            actor_id=by.pk if by else None,
            origin=origin,
            object_kind=thing[0] if thing else "audit",
            object_id=thing[1] if thing else entry.pk,
            data=dict(activity or {}),
            **(request_marks(request) if request else {}),
        )
    emit(event(customer_id=customer.pk))


def _origin(request: HttpRequest | None) -> str:
    if request is None:
        return "system"
    if request.path.startswith("/api/"):
        return "api"
    return "backoffice" if request.path.startswith("/backoffice/") else "storefront"
