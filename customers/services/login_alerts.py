"""Mails to the owner of a log-in about what may have been somebody else, and their link.

1. ``login_device_note``: a member of staff came in; from a browser that the account does not know,
   its owner gets a mail. ``login_alert_raise`` is also called when guessing closed a log-in, when
   a password was changed, and when a second factor was added, replaced or turned off.
2. The link of the mail (``selectors/login_alerts.py``) leads to a page with one button.
3. ``login_alert_answer``: “that was not me”. Sessions, known devices, what was added since
   (passkeys, tokens of programs) and the password end, and a link for a new one goes out.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from config.kit import audit, clock, ratelimit
from config.kit.events import emit
from config.kit.net import client_ip
from customers.attempts import address_attempts_forget
from customers.events import AccountMailRequested, LoginAlertMailDue, LoginDisowned
from customers.models import LoginAlert, LoginAttempts, LoginDevice, User
from customers.selectors.login_alerts import LoginAlertLink, device_digest
from customers.services.sessions import session_end_all, user_agent

MOST_MAILS: Final = 3
PER: Final = timedelta(days=1)
# What a change of a factor tells of was made an instant earlier.
JUST_BEFORE: Final = timedelta(minutes=1)
ALERTS_KEPT: Final = timedelta(days=90)
DEVICES_KEPT: Final = timedelta(days=400)
ATTEMPTS_KEPT: Final = timedelta(days=2)


@transaction.atomic
def login_alert_raise(
    *, user: User, kind: str, at: datetime, ip: str | None, agent: str
) -> LoginAlert | None:
    """Mail the owner; None where there is nothing to guard, or enough mails went today."""
    may_log_in = user.is_active and user.has_usable_password()
    if kind != LoginAlert.Kind.DEVICE and not may_log_in:
        return None
    if not ratelimit.allow(f"login-alert-{kind}", f"user:{user.pk}", limit=MOST_MAILS, per=PER):
        return None
    alert = LoginAlert.objects.create(user=user, kind=kind, at=at, ip=ip, user_agent=agent[:300])
    emit(LoginAlertMailDue(user_id=user.pk, alert_id=alert.pk))
    return alert


def login_alert_here(*, user: User, kind: str, request: HttpRequest | None) -> None:
    """About what the person behind this request did just now; nothing without a request."""
    if request is None:
        return
    login_alert_raise(
        user=user, kind=kind, at=clock.now(), ip=client_ip(request), agent=user_agent(request)
    )


@transaction.atomic
def login_device_note(*, user: User, token: str, is_first: bool, request: HttpRequest) -> None:
    """Remember the browser; a new one is told to the owner, but for the first log-in of all."""
    now = clock.now()
    _device, is_new = LoginDevice.objects.update_or_create(
        user=user,
        digest=device_digest(token),
        defaults={"last_seen_at": now},
        create_defaults={"first_seen_at": now, "last_seen_at": now},
    )
    if is_new and not is_first:
        login_alert_here(user=user, kind=LoginAlert.Kind.DEVICE, request=request)


@transaction.atomic
def login_alert_answer(*, link: LoginAlertLink, request: HttpRequest) -> User:
    """It was somebody else: nothing that they hold opens the account any more.

    :raises DomainError: ``link_dead``.
    """
    alert = link.alert(lock=True)
    user = User.objects.select_for_update().get(pk=alert.user_id)
    alert.answered_at = clock.now()
    alert.save(update_fields=["answered_at"])
    user.set_password(secrets.token_urlsafe(32))
    user.password_changed_at, user.password_expires_at = clock.now(), None
    user.save()
    ended = session_end_all(user=user)
    LoginDevice.objects.filter(user=user).delete()
    since = alert.at - JUST_BEFORE
    _factors, removed = Authenticator.objects.filter(user=user, created_at__gte=since).delete()
    address_attempts_forget(address=user.email)
    emit(AccountMailRequested(kind="password_link", user_id=user.pk))
    emit(LoginDisowned(user_id=user.pk, since=since.isoformat()))
    audit.record(
        "customers.user.login_disowned",
        actor=user,
        subject=user,
        data={"kind": alert.kind, "sessions": ended, "factors": sum(removed.values())},
        request=request,
        origin="link",
    )
    return user


def device_token_new() -> str:
    """What the cookie of a browser holds."""
    return secrets.token_urlsafe(32)


def log_ins_tidy() -> int:
    """Forget what is too old to matter; returns how many rows."""
    now = clock.now()
    old = (
        LoginAttempts.objects.filter(last_at__lt=now - ATTEMPTS_KEPT),
        LoginDevice.objects.filter(last_seen_at__lt=now - DEVICES_KEPT),
        LoginAlert.objects.filter(at__lt=now - ALERTS_KEPT),
    )
    return sum(rows.delete()[0] for rows in old)
