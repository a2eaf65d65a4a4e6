"""Opening and ending sessions."""

from typing import Any

from django.contrib.auth import SESSION_KEY, login, logout
from django.db import transaction
from django.http import HttpRequest

from config.kit import audit, clock
from config.kit.net import client_ip
from customers.devices import device_class
from customers.models import Customer, Session, User
from customers.sessions import STOREFRONT, VIEWING, session_handle


def session_open(*, request: HttpRequest, user: User) -> None:
    """Log the user in, under a new session key, with the marks of place and device."""
    if SESSION_KEY in request.session:
        # The old key dies even when the same person was logged in already.
        request.session.cycle_key()
    request.session.pop(VIEWING, None)
    login(request, user, backend="customers.auth.EmailBackend")
    agent = user_agent(request)
    now = int(clock.now().timestamp())
    request.session.update(
        {
            "ip": client_ip(request),
            "user_agent": agent,
            "device": device_class(agent),
            "started_at": now,
            "seen_at": now,
        }
    )
    request.session.modified = True


def session_close(*, request: HttpRequest) -> None:
    """Log out: the session is gone from the database, not only from the browser."""
    logout(request)


def session_end(*, user: User, session_id: str, scope: str) -> bool:
    """End one session of this user by its public handle; False when it is not theirs."""
    for session in Session.objects.filter(user=user, scope=scope):
        if session_handle(session) == session_id:
            session.delete()
            return True
    return False


def session_end_all(
    *, user: User | None, scope: str | None = None, except_key: str | None = None
) -> int:
    """End the sessions of this user (None: there is nothing to end); returns how many."""
    if user is None:
        return 0
    rows = Session.objects.filter(user=user).exclude(session_key=except_key or "")
    if scope:
        rows = rows.filter(scope=scope)
    ended, _by_model = rows.delete()
    return ended


def user_agent(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_USER_AGENT", ""))[:300]


def request_marks(request: HttpRequest) -> dict[str, Any]:
    """Where an activity comes from, as keywords of ``activity_record``."""
    return {"ip": client_ip(request), "device": device_class(user_agent(request))}


@transaction.atomic
def sessions_end_by_staff(
    *, customer: Customer, by: User, handle: str = "", request: HttpRequest | None = None
) -> int:
    """End one session of a person on the storefront, or all; those of the back office stay."""
    user = customer.user
    if handle and user is not None:
        ended = int(session_end(user=user, session_id=handle, scope=STOREFRONT))
    else:
        ended = session_end_all(user=user, scope=STOREFRONT)
    if not ended:
        return 0
    audit.record(
        "customers.customer.sessions_ended",
        actor=by,
        subject=customer,
        data={"sessions": ended},
        request=request,
    )
    return ended
