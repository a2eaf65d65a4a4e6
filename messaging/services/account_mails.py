"""Mails about log-ins: their texts, made when they go, because they hold a secret link."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.services.passwords import password_link
from messaging.models import TransactionalMail

FALLBACK: Final = "password_link"


@dataclass(frozen=True, kw_only=True)
class AccountMail:
    subject: str | Promise
    template: str


MAILS: Final = {
    "password_link": AccountMail(
        subject=_("Your link to set the password"), template="messaging/mails/password_link"
    ),
    "password_assigned": AccountMail(
        subject=_("A temporary password for your account"),
        template="messaging/mails/password_assigned",
    ),
    "welcome": AccountMail(
        subject=_("Welcome to %(site)s: set your password"), template="messaging/mails/welcome"
    ),
}


def account_letter(mail: TransactionalMail, *, language: str) -> tuple[str, str, str]:
    """Subject, HTML and text in the person's language, with a link that is good once.

    :raises ValueError: the person is gone.
    """
    owner = mail.user or mail.customer
    if owner is None:
        raise ValueError("nobody to write to")
    kind = MAILS.get(mail.kind, MAILS[FALLBACK])
    customer = mail.customer
    name = customer.first_name if customer else mail.user.name if mail.user else ""
    with translation.override(language):
        context = {
            "name": name,
            "link": password_link(owner),
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "language": language,
        }
        subject = str(kind.subject) % {"site": settings.SITE_NAME}
        html = render_to_string(f"{kind.template}.html", context)
        return subject, html, render_to_string(f"{kind.template}.txt", context)
