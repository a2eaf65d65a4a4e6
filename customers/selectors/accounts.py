"""Whose log-in is whose, and where it is open."""

from dataclasses import dataclass
from datetime import datetime

from config.kit import clock
from customers.devices import device_label
from customers.identity import email_key
from customers.models import Customer, CustomerEmail, Session, User
from customers.sessions import session_handle


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """``handle`` names the session to end it; it does not open it."""

    handle: str
    device: str
    label: str
    ip: str
    started_at: datetime
    seen_at: datetime
    is_current: bool


def customer_of(user: User) -> Customer | None:
    """The person's record of this log-in, if it has a live one."""
    return Customer.objects.live().filter(user=user).first()


def owner_of_address(address: str) -> tuple[User | None, Customer | None]:
    """The log-in and the record that an address leads to, aliases included."""
    key = email_key(address)
    user = User.objects.filter(email_key=key).exclude(is_active=False, is_staff=False).first()
    held = CustomerEmail.objects.filter(address_key=key).select_related("customer__user").first()
    customer = held.customer if held is not None and held.customer.is_live else None
    if user is None and customer is not None:
        user = customer.user
    elif user is not None:
        customer = customer_of(user)
    return user, customer


def open_sessions(
    user: User, *, scope: str | None = None, current_key: str | None = None
) -> list[OpenSession]:
    """The sessions of a log-in that still open something, newest visit first."""
    rows = Session.objects.filter(user=user, expire_date__gt=clock.now())
    if scope:
        rows = rows.filter(scope=scope)
    return [
        OpenSession(
            handle=session_handle(row),
            device=row.device,
            label=device_label(row.user_agent),
            ip=row.ip or "",
            started_at=row.created_at,
            seen_at=row.seen_at,
            is_current=row.session_key == current_key,
        )
        for row in rows.order_by("-seen_at")
    ]


def staff_exists() -> bool:
    return User.objects.filter(is_staff=True).exists()
