"""Two rules, who is a member, and upkeep until it rests."""

from datetime import datetime

from customers.models import Customer
from targets.models import Membership
from targets.upkeep.worker import Upkeep

VIP = {"filter": "tags", "op": "any", "value": ["VIP"]}
RECENT = {"filter": "login", "window": {"last": 30, "unit": "days"}}


def members(slug: str) -> set[str]:
    held = Membership.objects.filter(target__slug=slug).values("customer_id")
    return set(Customer.objects.filter(pk__in=held).values_list("first_name", flat=True))


def settle(at: datetime | None = None) -> int:
    return Upkeep(now=(lambda: at) if at else None).settle()
