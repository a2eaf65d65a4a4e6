"""Mails about log-ins: their texts, made when they go, because they hold a secret link."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.services.data_requests import data_request_link, open_request_of
from customers.services.passwords import password_link
from messaging.models import TransactionalMail

FALLBACK: Final = "password_link"


@dataclass(frozen=True, kw_only=True)
class AccountMail:
    """``link`` makes the address that the person opens, for a user or a customer."""

    subject: str | Promise
    template: str
    link: Callable[[Any], str] = password_link


def _data_request_link(customer: Customer) -> str:
    made = open_request_of(customer)
    if made is None:
        raise ValueError("nothing is asked any more")
    return data_request_link(made)


MAILS: Final = {
    "password_link": AccountMail(
        subject=_("Your link to set the password"), template="messaging/mails/password_link"
    ),
    "password_assigned": AccountMail(
        subject=_("A temporary password for your account"),
        template="messaging/mails/password_assigned",
    ),
    "data_request": AccountMail(
        subject=_("Some of your data is missing at %(site)s"),
        template="messaging/mails/data_request",
        link=_data_request_link,
    ),
    "staff_invitation": AccountMail(
        subject=_("An invitation to the team of %(site)s"),
        template="messaging/mails/staff_invitation",
    ),
    "welcome": AccountMail(
        subject=_("Welcome to %(site)s: set your password"), template="messaging/mails/welcome"
    ),
}


def account_letter(mail: TransactionalMail, *, language: str) -> tuple[str, str, str]:
    """Subject, HTML and text in the person's language, with a link that is good once.

    :raises ValueError: the person is gone, or what the mail is about.
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
            "link": kind.link(owner),
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "language": language,
        }
        subject = str(kind.subject) % {"site": settings.SITE_NAME}
        html = render_to_string(f"{kind.template}.html", context)
        return subject, html, render_to_string(f"{kind.template}.txt", context)
