"""Mails to the owner of a log-in: neutral, with when, where and which browser, and one button.

They are made when they go, because their link is a secret.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.pages import formats
from customers.models import LoginAlert
from customers.selectors.login_alerts import (
    login_alert_by_id,
    login_alert_device,
    login_alert_link,
)
from messaging.models import TransactionalMail

PREFIX: Final = "login_alert_"


@dataclass(frozen=True, kw_only=True)
class AlertMail:
    subject: str | Promise
    before: Callable[[], list[str]]
    after: Callable[[], list[str]]


def _locked() -> list[str]:
    text = _(
        "somebody typed a wrong password for your account at %(site)s many times in a row. "
        "We let nobody try again for 15 minutes."
    )
    return [text % {"site": settings.SITE_NAME}]


def _after_locked() -> list[str]:
    return [
        _("If it was you, wait a little, or press “I forgot it” at the log-in."),
        _("If it was not you, your password held. To be on the safe side, secure your account:"),
    ]


def _codes() -> list[str]:
    text = _(
        "somebody typed your right password at %(site)s, and then many wrong codes of the second "
        "step. We let nobody try again for 15 minutes."
    )
    return [text % {"site": settings.SITE_NAME}]


def _device() -> list[str]:
    text = _("your account at %(site)s was opened in a browser that we had not seen before.")
    return [text % {"site": settings.SITE_NAME}]


def _password() -> list[str]:
    return [
        _("the password of your account at %(site)s was changed.") % {"site": settings.SITE_NAME}
    ]


def _factor() -> list[str]:
    text = _("a second factor of your account at %(site)s was added, replaced or turned off.")
    return [text % {"site": settings.SITE_NAME}]


def _not_you() -> list[str]:
    return [
        _("If it was you, there is nothing to do."),
        _("If it was not you, end all sessions and choose a new password:"),
    ]


MAILS: Final = {
    LoginAlert.Kind.LOCKED: AlertMail(
        subject=lazy("Many wrong passwords for your account"), before=_locked, after=_after_locked
    ),
    LoginAlert.Kind.CODES: AlertMail(
        subject=lazy("Wrong codes after your password"), before=_codes, after=_not_you
    ),
    LoginAlert.Kind.DEVICE: AlertMail(
        subject=lazy("A new log-in to your account"), before=_device, after=_not_you
    ),
    LoginAlert.Kind.PASSWORD: AlertMail(
        subject=lazy("Your password was changed"), before=_password, after=_not_you
    ),
    LoginAlert.Kind.FACTOR: AlertMail(
        subject=lazy("The second step of your log-in was changed"), before=_factor, after=_not_you
    ),
}


def alert_letter(mail: TransactionalMail, *, language: str) -> tuple[str, str, str]:
    """Subject, HTML and text in the owner's language.

    :raises ValueError: the alert is gone.
    """
    alert = login_alert_by_id(mail.about or 0)
    if alert is None:
        raise ValueError("nothing to write about")
    kind = MAILS[LoginAlert.Kind(alert.kind)]
    with translation.override(language):
        context = {
            "name": alert.user.name,
            "lines": kind.before(),
            "facts": _facts(alert),
            "lines_after": kind.after(),
            "button": _("It was not me"),
            "link": login_alert_link(alert),
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "language": language,
        }
        html = render_to_string("messaging/mails/lines.html", context)
        return str(kind.subject), html, render_to_string("messaging/mails/lines.txt", context)


def _facts(alert: LoginAlert) -> list[tuple[str, str]]:
    when = _("%(moment)s (%(zone)s)") % {
        "moment": formats.moment(alert.at),
        "zone": settings.TIME_ZONE,
    }
    return [
        (_("When"), when),
        (_("Network address"), alert.ip or _("not known")),
        (_("Browser"), login_alert_device(alert) or _("not known")),
    ]
