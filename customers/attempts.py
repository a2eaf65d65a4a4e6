"""How often a log-in may be tried before somebody has to wait: longer with each failure in a row.

1. ``login_attempt_begin`` counts the attempt as a failure before the password is looked at, so that
   many at once gain nothing. Four are free, then the waits of ``WAITS``, then a quarter of an hour.
2. ``login_attempts_forget`` after a success, a new password or by staff: all is as at first.

What is counted is what was typed, so that an unknown address answers like a known one. A browser
from which its owner came in before has a budget of its own: nobody locks a person out of it.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from config.kit import clock
from config.kit.errors import DomainError
from customers.limits import account_key, refuse_too_many_from_here
from customers.models import LoginAttempts

SALT: Final = "customers.login_attempts"
FREE: Final = 4
WAITS: Final = (5, 15, 30, 60, 120)  # seconds after the fifth to the ninth failure
LOCKED_AT: Final = FREE + len(WAITS) + 1
LOCK: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(days=1)
STOREFRONT_LOGIN, STAFF_LOGIN, STAFF_CODE = "login", "staff-login", "staff-code"
OF_ADDRESSES: Final = (STOREFRONT_LOGIN, STAFF_LOGIN)


@dataclass(frozen=True, kw_only=True)
class LoginAttempt:
    """``number``: which failure in a row it is, if it fails."""

    scope: str
    subject: str
    number: int

    @property
    def locks(self) -> bool:
        """Whether this very failure closes the log-in, which its owner is told of."""
        return self.number == LOCKED_AT


def login_attempt_begin(
    *, scope: str, subject: str, request: HttpRequest, device: str = ""
) -> LoginAttempt:
    """Count an attempt, whether the account exists or not.

    :raises DomainError: ``too_many``, with how long to wait.
    """
    refuse_too_many_from_here(scope, request)
    subject = f"{subject}:{device}" if device else subject
    now, key = clock.now(), _key(scope, subject)
    with transaction.atomic():
        new = LoginAttempts(subject=key, last_at=now, opens_at=now)
        LoginAttempts.objects.bulk_create([new], ignore_conflicts=True)
        held = LoginAttempts.objects.select_for_update().filter(subject=key).first() or new
        if held.opens_at > now:
            raise _too_many((held.opens_at - now).total_seconds())
        is_old = held.last_at < now - FORGOTTEN_AFTER
        held.failures = 1 if is_old else held.failures + 1
        held.last_at, held.opens_at = now, now + _wait(held.failures)
        held.save()
    return LoginAttempt(scope=scope, subject=subject, number=held.failures)


def login_attempts_forget(*, scope: str, subject: str) -> bool:
    """Begin anew with this subject; False when nothing was counted."""
    rows = LoginAttempts.objects.filter(subject=_key(scope, subject), failures__gt=0)
    return bool(rows.update(failures=0, opens_at=clock.now()))


def address_attempts_forget(*, address: str) -> bool:
    """Open the log-ins with this address again, of the storefront and of the back office."""
    subject = account_key(address)
    opened = [login_attempts_forget(scope=one, subject=subject) for one in OF_ADDRESSES]
    return any(opened)


def is_login_locked(address: str) -> bool:
    """Whether the storefront refuses this address for now."""
    key = _key(STOREFRONT_LOGIN, account_key(address))
    rows = LoginAttempts.objects.filter(subject=key, failures__gte=LOCKED_AT)
    return rows.filter(opens_at__gt=clock.now()).exists()


def _wait(failures: int) -> timedelta:
    if failures <= FREE:
        return timedelta(0)
    late = failures - FREE - 1
    return timedelta(seconds=WAITS[late]) if late < len(WAITS) else LOCK


def _key(scope: str, subject: str) -> str:
    text = f"{scope}:{subject}"
    return salted_hmac(SALT, text, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def _too_many(seconds: float) -> DomainError:
    if seconds <= 90:
        left = ceil(seconds)
        text = ngettext(
            "Too many attempts. Wait %(n)s second and try again.",
            "Too many attempts. Wait %(n)s seconds and try again.",
            left,
        )
    else:
        left = ceil(seconds / 60)
        text = ngettext(
            "Too many attempts. Wait %(n)s minute and try again.",
            "Too many attempts. Wait %(n)s minutes and try again.",
            left,
        )
    return DomainError("too_many", text % {"n": left})
