"""What follows from a returned mail: the delivery's state, the timeline, the suppression list."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from config.kit import clock
from customers.models import Suppression
from customers.selectors.merges import survivor_of
from customers.services.activity import activity_record
from customers.services.consent import suppression_add
from messaging.bounces.reading import Kind, Mark, Returned, read_returned
from messaging.models import Delivery
from messaging.selectors.messages import delivery_by_pointer

State = Delivery.State
HANDED_OVER = {State.ACCEPTED, State.UNKNOWN, State.IN_FLIGHT}


def returned_process_many(*, messages: Iterable[bytes]) -> Counter[str]:
    """Read messages and act on each; counts per kind, ``forged`` for those without our token."""
    counts: Counter[str] = Counter()
    for raw in messages:
        counts["processed"] += 1
        counts[returned_process(returned=read_returned(raw))] += 1
    return counts


@transaction.atomic
def returned_process(*, returned: Returned) -> str:
    """Act on one; returns what was done."""
    delivery = _delivery(returned.mark)
    if delivery is None:
        return "forged"
    if returned.kind is Kind.BOUNCE:
        return _bounced(delivery, returned)
    if returned.kind is Kind.COMPLAINT:
        return _complained(delivery)
    if returned.kind is Kind.DELIVERED and delivery.state == State.UNKNOWN:
        now = clock.now()
        _update(delivery, state=State.ACCEPTED, sent_at=now, delivered_at=now)
        return "delivered"
    return "ignored"


def _delivery(mark: Mark | None) -> Delivery | None:
    if mark is None:
        return None
    if mark.pointer is not None:
        return delivery_by_pointer(mark.pointer)
    return Delivery.objects.filter(pk=mark.delivery_id, campaign_id=mark.campaign_id).first()


def _bounced(delivery: Delivery, returned: Returned) -> str:
    if delivery.state not in HANDED_OVER:
        return "ignored"
    now = clock.now()
    _update(
        delivery,
        state=State.BOUNCED,
        bounced_at=now,
        delivered_at=None,
        sent_at=delivery.sent_at or now,
        reply=returned.status or delivery.reply,
    )
    data = {"code": returned.status, "hard": returned.is_hard}
    _activity(delivery, "email_bounced", data)
    if returned.is_hard:
        reason = Suppression.Reason.HARD_BOUNCE
        suppression_add(address=delivery.address, reason=reason, detail=returned.status)
    return "bounced"


def _complained(delivery: Delivery) -> str:
    if delivery.complained_at is not None:
        return "ignored"
    _update(delivery, complained_at=clock.now())
    _activity(delivery, "email_complained", {})
    suppression_add(address=delivery.address, reason=Suppression.Reason.COMPLAINT)
    return "complained"


def _update(delivery: Delivery, **values: object) -> None:
    Delivery.objects.filter(pk=delivery.pk, created_at=delivery.created_at).update(**values)


def _activity(delivery: Delivery, kind: str, data: dict[str, object]) -> None:
    person = survivor_of(delivery.customer_id) if delivery.customer_id is not None else None
    if person is None:
        return
    activity_record(
        customer_id=person.pk,
        kind=kind,
        origin="mail",
        object_kind="delivery",
        object_id=delivery.pk,
        context_id=delivery.campaign_id,
        data=data,
    )
