"""Alerts about a log-in, the links that their mails carry, and the browsers that are known."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from customers.devices import device_label
from customers.identity import email_key
from customers.models import LoginAlert, LoginDevice

SALT: Final = "customers.login_alert"
WORKS_FOR: Final = timedelta(days=7)
LONGEST_TOKEN: Final = 100


@dataclass(frozen=True, kw_only=True)
class LoginAlertLink:
    public_id: UUID
    token: str

    def alert(self, *, lock: bool = False) -> LoginAlert:
        """What the mail was about; with ``lock`` held until the transaction ends.

        :raises DomainError: ``link_dead``: forged, used, a week old, or its owner is locked out.
        """
        rows = LoginAlert.objects.select_related("user")
        rows = rows.select_for_update(of=("self",)) if lock else rows
        alert = rows.filter(public_id=self.public_id).first()
        is_ours = alert is not None and constant_time_compare(self.token, _token(alert))
        if alert is None or not is_ours or not _is_alive(alert):
            raise DomainError("link_dead", _("This link was used already or is too old."))
        return alert


def login_alert_link(alert: LoginAlert) -> str:
    """Staff are led to the back office, customers to their account."""
    place = "staff:alert" if alert.user.is_staff else "account:alert"
    return f"{settings.SITE_URL}{reverse(place, args=[alert.public_id, _token(alert)])}"


def login_alert_by_id(pk: int) -> LoginAlert | None:
    return LoginAlert.objects.select_related("user").filter(pk=pk).first()


def login_alert_device(alert: LoginAlert) -> str:
    """ "Firefox, Windows"; empty where the browser does not say."""
    return device_label(alert.user_agent)


def device_digest(token: str) -> str:
    """The token has 256 random bits, so that a plain digest cannot be tried out."""
    return hashlib.sha256(token.encode()).hexdigest()


def known_device(*, address: str, token: str) -> str:
    """The digest of this browser if the owner of the address came in from it before, else empty."""
    if not token or len(token) > LONGEST_TOKEN:
        return ""
    digest = device_digest(token)
    rows = LoginDevice.objects.filter(digest=digest, user__email_key=email_key(address))
    return digest if rows.exists() else ""


def is_device_token(token: str) -> bool:
    """Whether we gave it to a browser; colleagues who share one share its token."""
    is_plausible = 0 < len(token) <= LONGEST_TOKEN
    return is_plausible and LoginDevice.objects.filter(digest=device_digest(token)).exists()


def _token(alert: LoginAlert) -> str:
    return salted_hmac(SALT, str(alert.public_id), algorithm="sha256").hexdigest()


def _is_alive(alert: LoginAlert) -> bool:
    is_new = alert.answered_at is None and alert.at + WORKS_FOR > clock.now()
    return is_new and alert.user.is_active
