"""Mails about privacy requests. The law owes them: no block of record or address stops one.

They hold no secret and are written when they are queued, each once.
"""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from customers.models import PrivacyRequest
from customers.privacy.answers import mail_lines
from customers.privacy.requests import address_of
from customers.selectors.gate import TRANSACTIONAL, may_send_to
from messaging.models import Delivery
from messaging.services.transactional import message_queue

PREFIX: Final = "privacy_"


@transaction.atomic
def privacy_mail_queue(*, row: PrivacyRequest, kind: str) -> Delivery | None:
    """None when it was queued before, or there is no address any more.

    Where the gate would stop it, the mail goes to the address alone and stands on no record.
    """
    address, language = address_of(row), row.language or settings.SITE_LANGUAGE
    if not address:
        return None
    person = row.customer
    if person is not None and not _is_let_through(row, address):
        person = None
    with translation.override(language):
        subject, lines = mail_lines(row, kind)
        context = {
            "lines": lines,
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "language": language,
        }
        html = render_to_string("messaging/mails/privacy.html", context)
        text = render_to_string("messaging/mails/privacy.txt", context)
    closed = f":{row.closed_at.timestamp()}" if kind == "answered" and row.closed_at else ""
    return message_queue(
        kind=f"{PREFIX}{kind}",
        subject=subject,
        html=html,
        text=text,
        customer=person,
        address=address,
        language=language,
        key=f"privacy-request:{row.public_id}:{kind}{closed}",
        about=row.pk,
    )


def _is_let_through(row: PrivacyRequest, address: str) -> bool:
    customer = row.customer
    return (
        customer is not None
        and may_send_to(customer, address=address, purpose=TRANSACTIONAL).allowed
    )
