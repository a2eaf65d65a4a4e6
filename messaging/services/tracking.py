"""Opens, clicks and unsubscriptions that come in by the tokens of a mail."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models.functions import Coalesce

from config.kit import clock
from customers.models import Activity, Customer
from customers.models.consent import ConsentValue
from customers.selectors.merges import survivor_of
from customers.services.activity import activity_record
from customers.services.consent import Proof, consent_record, consent_withdraw_by_link
from messaging.machines import TOO_SOON, is_machine
from messaging.models import Campaign, Delivery, Link
from messaging.selectors.messages import delivery_by_pointer
from messaging.tokens import Pointer

SAME_EVENT: Final = timedelta(seconds=30)
CLICKS: Final = ("email_clicked", "email_clicked_machine")
UNDO_SOURCE: Final = "unsubscribe_undo"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who asked for a picture or a link."""

    method: str
    user_agent: str
    ip: str | None


@transaction.atomic
def open_record(*, pointer: Pointer, visit: Visit) -> None:
    """The picture was loaded: a row of activity, and the first time on the delivery."""
    delivery = delivery_by_pointer(pointer)
    if delivery is None or delivery.customer_id is None:
        return
    now = clock.now()
    machine = is_machine(
        method=visit.method,
        user_agent=visit.user_agent,
        sent_at=delivery.sent_at,
        at=now,
        is_open=True,
    )
    kind = "email_opened_machine" if machine else "email_opened"
    if not _just_now(delivery, (kind,)):
        _record(delivery, kind, visit, 0)
    _first(delivery, "machine_opened_at" if machine else "opened_at")


@transaction.atomic
def click_record(*, pointer: Pointer, visit: Visit) -> str | None:
    """A link was followed; returns its address, None when there is no such link."""
    delivery = delivery_by_pointer(pointer)
    if delivery is None or delivery.campaign_id is None:
        return None
    link = Link.objects.filter(campaign_id=delivery.campaign_id, position=pointer.link).first()
    if link is None:
        return None
    if delivery.customer_id is not None:
        _click(delivery, pointer.link, visit)
    return link.url


def _click(delivery: Delivery, position: int, visit: Visit) -> None:
    now = clock.now()
    recent = _just_now(delivery, CLICKS)
    in_these_seconds = {
        row.data.get("link") for row in recent if now - row.occurred_at < TOO_SOON
    } - {position}
    machine = is_machine(
        method=visit.method,
        user_agent=visit.user_agent,
        sent_at=delivery.sent_at,
        at=now,
        is_open=False,
        links_just_now=len(in_these_seconds),
    )
    kind = CLICKS[machine]
    if not any(row.kind == kind and row.data.get("link") == position for row in recent):
        _record(delivery, kind, visit, position)
    if machine:
        _first(delivery, "machine_opened_at")
    else:
        _first(delivery, "clicked_at")
        _first(delivery, "opened_at")  # who clicks has opened, pictures or not


def _just_now(delivery: Delivery, kinds: tuple[str, ...]) -> list[Activity]:
    """A reload, or a picture that two columns of a mail program ask for, is no second event."""
    if delivery.customer_id is None:
        return []
    person = _customer(delivery)
    rows = Activity.objects.filter(
        customer=person,
        kind__in=kinds,
        object_kind="delivery",
        object_id=delivery.pk,
        occurred_at__gt=clock.now() - SAME_EVENT,
    )
    return list(rows)


def _record(delivery: Delivery, kind: str, visit: Visit, position: int) -> None:
    person = _customer(delivery)
    if person is None:
        return
    activity_record(
        customer_id=person.pk,
        kind=kind,
        origin="mail",
        ip=visit.ip,
        object_kind="delivery",
        object_id=delivery.pk,
        context_id=delivery.campaign_id,
        data={"link": position} if position else {},
    )


def _first(delivery: Delivery, field: str) -> None:
    if getattr(delivery, field) is None:
        Delivery.objects.filter(pk=delivery.pk, created_at=delivery.created_at).update(
            **{field: Coalesce(field, clock.now())}
        )


@transaction.atomic
def unsubscribe(*, delivery: Delivery, visit: Visit) -> None:
    """The person wants no more of these; twice is once."""
    customer = _customer(delivery)
    if customer is None:
        return
    consent_withdraw_by_link(
        customer=customer,
        channel="email",
        purpose=_purpose(delivery),
        ip=visit.ip,
        user_agent=visit.user_agent,
    )
    if delivery.unsubscribed_at is None:
        _record(delivery, "email_unsubscribed", visit, 0)
        _first(delivery, "unsubscribed_at")


@transaction.atomic
def unsubscribe_undo(*, delivery: Delivery, visit: Visit, wording: str) -> None:
    """It was a mistake: granted again, only for who left by this very mail."""
    customer = _customer(delivery)
    if customer is None or delivery.unsubscribed_at is None:
        return
    consent_record(
        customer=customer,
        channel="email",
        purpose=_purpose(delivery),
        value=ConsentValue.GRANTED,
        source=UNDO_SOURCE,
        proof=Proof(wording=wording, ip=visit.ip, user_agent=visit.user_agent),
    )
    Delivery.objects.filter(pk=delivery.pk, created_at=delivery.created_at).update(
        unsubscribed_at=None
    )


def _customer(delivery: Delivery) -> Customer | None:
    """The person; for a record that was merged meanwhile, the one it went into."""
    return survivor_of(delivery.customer_id) if delivery.customer_id is not None else None


def _purpose(delivery: Delivery) -> str:
    campaign = Campaign.objects.filter(pk=delivery.campaign_id or 0).only("purpose").first()
    return campaign.purpose if campaign else "marketing"
