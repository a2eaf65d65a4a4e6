"""Reads of the delivery ledger: one row a recipient."""

from collections.abc import Iterable
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.models import Activity, Customer
from messaging.models import Campaign, Delivery, TransactionalMail
from messaging.rendering.service import Rendered
from messaging.selectors.campaigns import campaign_preview
from messaging.tokens import Pointer

EVENTS: Final = (
    "email_opened email_opened_machine email_clicked email_clicked_machine email_bounced "
    "email_complained email_unsubscribed"
).split()


def deliveries() -> QuerySet[Delivery]:
    """All messages but tests."""
    return Delivery.objects.exclude(kind=Delivery.Kind.TEST)


def campaign_names(rows: Iterable[Delivery]) -> dict[int, Campaign]:
    """The campaigns of these rows, by id."""
    ids = {row.campaign_id for row in rows if row.campaign_id}
    return Campaign.objects.in_bulk(ids)


def letters_of(rows: Iterable[Delivery]) -> dict[int, TransactionalMail]:
    """Kind and subject of the mails outside campaigns among these rows, by delivery."""
    ids = [row.pk for row in rows if row.campaign_id is None]
    found = TransactionalMail.objects.filter(delivery_id__in=ids)
    return {one.delivery_id: one for one in found.only("delivery_id", "kind", "subject")}


def delivery_find(pk: int) -> Delivery | None:
    return deliveries().select_related("customer").filter(pk=pk).first()


def delivery_by_pointer(pointer: Pointer) -> Delivery | None:
    """The row that a token names."""
    start, end = pointer.created_between
    return Delivery.objects.filter(
        pk=pointer.delivery_id, created_at__gte=start, created_at__lt=end
    ).first()


def delivery_events(delivery: Delivery) -> list[Activity]:
    """What came of a message, oldest first."""
    if delivery.customer_id is None:
        return []
    return list(
        Activity.objects.filter(
            customer_id=delivery.customer_id,
            kind__in=EVENTS,
            object_kind="delivery",
            object_id=delivery.pk,
            occurred_at__gte=delivery.created_at,
        ).order_by("occurred_at", "id")
    )


def delivery_content(delivery: Delivery) -> Rendered | None:
    """What was sent, filled in again with the values of today; None where it held a secret.

    :raises DomainError: it went with the time that staff chose; the template cannot be rendered.
    """
    if delivery.campaign_id and delivery.customer_id:
        return _campaign_content(delivery.campaign_id, delivery.customer_id, delivery.language)
    mail = TransactionalMail.objects.filter(delivery_id=delivery.pk).first()
    if mail is not None and mail.is_emptied:
        raise DomainError("emptied", _("Its words were removed after the time that staff chose."))
    if mail is None or not mail.subject:
        return None
    return Rendered(subject=mail.subject, html=mail.html, text=mail.text)


def _campaign_content(campaign_id: int, customer_id: int, language: str) -> Rendered | None:
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    customer = Customer.objects.filter(pk=customer_id).first()
    if campaign is None or customer is None:
        return None
    return campaign_preview(campaign, customer=customer, language=language)


def last_deliveries(customer: Customer, most: int = 20) -> list[Delivery]:
    """What was sent to this person last, the newest first."""
    return list(deliveries().filter(customer=customer).order_by("-created_at", "-id")[:most])


def last_link(customer: Customer) -> Delivery | None:
    """The newest mail with a link that sets the password."""
    mails = TransactionalMail.objects.filter(
        customer=customer, kind__in=("password_link", "welcome", "password_assigned")
    )
    mail = mails.order_by("-id").first()
    return Delivery.objects.filter(pk=mail.delivery_id).first() if mail else None
