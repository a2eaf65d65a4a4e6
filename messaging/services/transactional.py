"""Mails outside campaigns: put into the ledger here, sent by the sender in their own lane."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.wakeups import after_commit
from customers.models import Customer, EmailMove, LoginAlert, User
from customers.selectors.accounts import customer_of
from customers.selectors.gate import TRANSACTIONAL, may_send_to
from messaging import mime
from messaging.models import Campaign, Delivery, TransactionalMail
from messaging.selectors.campaigns import campaign_preview
from messaging.services import alert_mails
from messaging.services.move_mails import PREFIX, address_of

MAX_TESTS: Final = 10
TASK: Final = "messaging.send_transactional"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a mail says; blank texts are rendered when it goes."""

    kind: str
    subject: str = ""
    html: str = ""
    text: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    about: int | None = None


@transaction.atomic
def message_queue(
    *,
    kind: str,
    subject: str,
    html: str,
    text: str,
    customer: Customer | None = None,
    address: str = "",
    language: str = "",
    reply_to: str = "",
    key: str = "",
    about: int | None = None,
) -> Delivery | None:
    """One mail to one person, or address. None when a mail with this ``key`` is there already.

    The gate is asked: a refusal stands in the ledger as ``skipped`` with its reason.
    """
    letter = Letter(
        kind=kind, subject=subject, html=html, text=text, reply_to=reply_to, about=about
    )
    return _queue(letter, customer=customer, address=address, language=language, key=key)


@transaction.atomic
def account_mail_queue(
    *, kind: str, user: User | None, customer: Customer | None
) -> Delivery | None:
    """A mail about a log-in; what is secret in it is made when it goes."""
    address = user.email if user else customer.email if customer else ""
    language = user.language if user else customer.language if customer else ""
    return _queue(
        Letter(kind=kind), customer=customer, address=address, language=language, user=user
    )


@transaction.atomic
def move_mail_queue(*, move: EmailMove, kind: str) -> Delivery | None:
    """A mail about a change of e-mail, to the end that it is for."""
    return _queue(
        Letter(kind=f"{PREFIX}{kind}", about=move.pk),
        customer=move.customer,
        address=address_of(move, kind),
        language=move.customer.language,
    )


@transaction.atomic
def alert_mail_queue(*, alert: LoginAlert) -> Delivery | None:
    """A mail to the owner of a log-in about something that may not have been them."""
    return _queue(
        Letter(kind=f"{alert_mails.PREFIX}{alert.kind}", about=alert.pk),
        customer=customer_of(alert.user),
        address=alert.user.email,
        language=alert.user.language,
        user=alert.user,
    )


def _queue(
    letter: Letter,
    *,
    customer: Customer | None,
    address: str,
    language: str,
    key: str = "",
    user: User | None = None,
    campaign: Campaign | None = None,
) -> Delivery | None:
    if key and TransactionalMail.objects.filter(key=key).exists():
        return None
    to = address or (customer.email if customer else "")
    kind = Delivery.Kind.TEST if campaign else Delivery.Kind.TRANSACTIONAL
    reason = "" if campaign else _refusal(customer, to)
    delivery = Delivery.objects.create(
        created_at=clock.now(),
        customer=None if campaign else customer,
        kind=kind,
        state=Delivery.State.SKIPPED if reason else Delivery.State.PENDING,
        reason=reason,
        address=to,
        language=language[:2] or settings.SITE_LANGUAGE,
    )
    TransactionalMail.objects.create(
        delivery_id=delivery.pk,
        user=user,
        customer=customer,
        campaign=campaign,
        key=key or None,
        **letter.__dict__,
    )
    after_commit(TASK)
    return delivery


def _refusal(customer: Customer | None, address: str) -> str:
    if customer is not None:
        reason = may_send_to(customer, address=address, purpose=TRANSACTIONAL).reason
        if reason:
            return reason
    if not address:
        return "no_address"
    try:
        mime.wire_address(address)
    except mime.AddressRefused:
        return "invalid_address"
    return ""


@transaction.atomic
def campaign_test_send(
    *,
    campaign: Campaign,
    by: User | None,
    addresses: list[str],
    customer: Customer | None = None,
) -> int:
    """Send the mail as this person would get it to at most ten addresses; returns how many.

    :raises DomainError: no proper address, too many, or ``template_invalid``.
    """
    wanted = _proper(addresses)
    rendered = campaign_preview(campaign, customer=customer)
    letter = Letter(
        kind="test",
        subject=_("[Test] %(subject)s") % {"subject": rendered.subject},
        html=rendered.html,
        text=rendered.text,
        from_name=campaign.from_name,
        from_address=campaign.from_address,
        reply_to=campaign.reply_to,
    )
    for address in wanted:
        _queue(letter, customer=customer, address=address, language="", campaign=campaign)
    Campaign.objects.filter(pk=campaign.pk).update(test_sent_at=clock.now())
    data = {"count": len(wanted)}
    audit.record("messaging.campaign.tested", actor=by, subject=campaign, data=data)
    return len(wanted)


def _proper(addresses: list[str]) -> list[str]:
    wanted = list(dict.fromkeys(address.strip() for address in addresses if address.strip()))
    if not wanted:
        raise DomainError("test_needs_address", _("Write an address."), field="addresses")
    if len(wanted) > MAX_TESTS:
        raise DomainError(
            "test_too_many", _("A test goes to at most 10 addresses."), field="addresses"
        )
    for address in wanted:
        try:
            mime.wire_address(address)
        except mime.AddressRefused:
            raise DomainError(
                "address_invalid",
                _("“%(address)s” is not an address.") % {"address": address},
                field="addresses",
            ) from None
    return wanted
