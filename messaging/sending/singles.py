"""The bytes of transactional and test mails, made at the hand-over."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from django.conf import settings

from messaging import mime
from messaging.models import TransactionalMail
from messaging.rendering.plain import text_of
from messaging.rendering.program import quoted_printable
from messaging.sending.content import Envelope, Frame, Item
from messaging.services import alert_mails, move_mails
from messaging.services.account_mails import account_letter

logger = logging.getLogger(__name__)
BOUNDARY: Final = b"=_single"


def single_mails(items: Sequence[Item]) -> dict[int, bytes]:
    """The mail of each delivery; those that cannot be made are left out."""
    found = TransactionalMail.objects.select_related("user", "customer").in_bulk(
        [item.id for item in items], field_name="delivery_id"
    )
    mails: dict[int, bytes] = {}
    for item in items:
        mail = found.get(item.id)
        if mail is None:
            continue
        try:
            mails[item.id] = single_mail(mail, item)
        except Exception:
            logger.exception("transactional mail %s (%s) cannot be made", mail.pk, mail.kind)
    return mails


def single_mail(mail: TransactionalMail, item: Item) -> bytes:
    """Stored texts as they are; mails about log-ins from their templates."""
    subject, html, text = mail.subject, mail.html, mail.text
    if not subject:
        subject, html, text = _letter_of(mail.kind)(mail, language=item.language)
    envelope = Envelope(
        Frame(
            from_name=mail.from_name or settings.SITE_NAME,
            from_address=mail.from_address or settings.DEFAULT_FROM_EMAIL,
            reply_to=mail.reply_to,
            is_marketing=False,
            site_url=settings.SITE_URL,
            bounce_address=settings.BOUNCE_ADDRESS,
        )
    )
    head = envelope.head(item, mime.header_text(" ".join(subject.split())), b"")
    return mime.message(
        head,
        boundary=BOUNDARY,
        text=quoted_printable(text or text_of(html)),
        html=quoted_printable(html),
    )


def _letter_of(kind: str) -> Callable[..., tuple[str, str, str]]:
    """What makes subject, HTML and text of a mail that holds none."""
    if kind.startswith(move_mails.PREFIX):
        return move_mails.move_letter
    if kind.startswith(alert_mails.PREFIX):
        return alert_mails.alert_letter
    return account_letter
