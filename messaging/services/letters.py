"""A plain mail that a member of staff writes to one person: about something, never to advertise."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.models import Customer, User
from customers.selectors.gate import TRANSACTIONAL, may_send
from customers.services.trail import leave_trail
from messaging import mime
from messaging.models import Delivery
from messaging.services.transactional import message_queue

KIND = "letter"
SUBJECT_LIMIT, BODY_LIMIT = 200, 20_000


def letter_refusal(customer: Customer) -> str:
    """Why no mail goes to this person now, in words; empty when one does."""
    reason = may_send(customer, channel="email", purpose=TRANSACTIONAL).reason
    return {
        "": "",
        "no_address": _("This person has no e-mail."),
        "inactive": _("This person is disabled: only mails about orders go out."),
        "suppressed": _(
            "Mails to this address came back or were reported as spam, so none is sent to it."
        ),
        "blocked": _("The data of this person is blocked: nobody writes to them."),
    }.get(reason, _("This record is gone: nobody writes to it."))


@transaction.atomic
def letter_send(
    *,
    customer: Customer,
    subject: str,
    body: str,
    reply_to: str,
    by: User,
    request: HttpRequest | None = None,
) -> Delivery:
    """Queue the mail; it stands on the person's timeline, among their messages and in the trail.

    :raises DomainError: ``letter_refused`` (the gate's reason in words), ``address_invalid``.
    """
    if refusal := letter_refusal(customer):
        raise DomainError("letter_refused", refusal)
    refuse_wrong_address(reply_to)
    language = customer.language or settings.SITE_LANGUAGE
    context = {
        "body": body.strip(),
        "by": by.name,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "language": language,
    }
    with translation.override(language):
        html = render_to_string("messaging/mails/letter.html", context)
        text = render_to_string("messaging/mails/letter.txt", context)
    delivery = message_queue(
        kind=KIND,
        subject=" ".join(subject.split()),
        html=html,
        text=text,
        customer=customer,
        language=language,
        reply_to=reply_to,
    )
    if delivery is None:
        raise DomainError("letter_refused", _("This mail was sent already."))
    leave_trail(
        customer,
        "written_to",
        by=by,
        request=request,
        data={"delivery": delivery.pk},
        kind="letter_written",
        thing=("delivery", delivery.pk),
    )
    return delivery


def refuse_wrong_address(address: str) -> None:
    """
    :raises DomainError: ``address_invalid``, at ``reply_to``; an empty one is none.
    """
    if not address:
        return
    try:
        mime.wire_address(address)
    except mime.AddressRefused:
        raise DomainError(
            "address_invalid",
            _("“%(address)s” is not an address.") % {"address": address},
            field="reply_to",
        ) from None
