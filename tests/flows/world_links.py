"""Links that carry a secret, as the product mails them: what they lead to is a page of its own."""

from typing import Any

from config.kit import clock
from customers.models import Customer, User
from customers.selectors.login_alerts import login_alert_link
from customers.services.data_requests import data_request_create, data_request_link
from customers.services.login_alerts import login_alert_raise
from customers.services.passwords import password_link


def links(*, staff: User, stranger: Customer, shopper: Customer) -> dict[str, Any]:
    own = password_link(stranger).rstrip("/").split("/")
    team = password_link(staff).rstrip("/").split("/")
    asked = data_request_create(customer=stranger, is_mailed=False, by=staff)
    assert shopper.user is not None
    return {
        "who": own[-2],
        "token": own[-1],
        "staff_who": team[-2],
        "staff_token": team[-1],
        "asked": str(stranger.public_id),
        "missing_token": data_request_link(asked).rstrip("/").split("/")[-1],
        **alert_link("", shopper.user),
        **alert_link("staff_", staff),
    }


def alert_link(start: str, user: User) -> dict[str, str]:
    """What a mail about a log-in leads to."""
    raised = login_alert_raise(user=user, kind="device", at=clock.now(), ip=None, agent="")
    parts = login_alert_link(raised).rstrip("/").split("/") if raised else ["", ""]
    return {f"{start}alert": parts[-2], f"{start}alert_token": parts[-1]}
