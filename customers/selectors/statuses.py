"""Since when a person has a status, by whom and why."""

from dataclasses import dataclass
from datetime import datetime

from customers.models import Activity, Customer, User


@dataclass(frozen=True, kw_only=True)
class StatusGiven:
    reason: str
    by: str
    at: datetime


def status_given(customer: Customer) -> StatusGiven | None:
    """When the present status was given; None when it came with the record (by a file)."""
    row = (
        Activity.objects.filter(
            customer_id=customer.pk, kind="status_changed", data__to=customer.status
        )
        .order_by("-occurred_at", "-id")
        .first()
    )
    if row is None:
        return None
    by = User.objects.filter(pk=row.actor_id).first() if row.actor_id else None
    return StatusGiven(reason=str(row.data.get("reason", "")), by=str(by or ""), at=row.occurred_at)
