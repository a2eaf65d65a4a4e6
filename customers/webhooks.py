"""What happened to people, for webhooks: the events of the outbox become messages.

A message names the person and their version and holds no personal data: the receiver reads the
record with its token. So the log of webhooks needs no erasure, and a late message tells no lie.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.kit.api.registry import WebhookEvent, webhook_events
from config.kit.api.services.webhooks import webhook_enqueue, webhook_enqueue_many
from config.kit.events import subscribe
from customers.events import (
    ConsentChanged,
    CustomerCreated,
    CustomerErased,
    CustomerEvent,
    CustomerRestored,
    CustomersImported,
    CustomersMerged,
    CustomersUnmerged,
    CustomerTrashed,
    CustomerUpdated,
)
from customers.selectors.portraits import customers_for_webhooks, public_id_of

SAMPLE_ID = "00000000-0000-4000-8000-000000000000"
EVENTS = {
    "customer.created": _("A customer was created"),
    "customer.updated": _("A customer was changed"),
    "customer.deleted": _("A customer went to the trash"),
    "customer.restored": _("A customer came back from the trash"),
    "customer.merged": _("Two records became one"),
    "customer.unmerged": _("A merge was undone"),
    "customer.erased": _("A customer was erased: forget them too"),
    "consent.changed": _("A consent was given or withdrawn"),
}
IMPORTED = """
SELECT 'customer:' || person.id, jsonb_build_object('id', person.public_id,
    'version', person.version, 'url', %(address)s::text || person.public_id)
FROM customers_importchange AS change
JOIN customers_customer AS person ON person.id = change.customer_id
WHERE change.batch_id = %(batch)s AND change.is_creation = %(is_creation)s ORDER BY change.line
"""


def register_all() -> None:
    sample: dict[str, object] = {"id": SAMPLE_ID, "version": 1, "url": _address() + SAMPLE_ID}
    for order, (key, label) in enumerate(EVENTS.items(), start=10):
        webhook_events.register(key, WebhookEvent(label=label, sample=sample, order=order))


def _address() -> str:
    return f"{settings.SITE_URL}/api/v1/customers/"


def _tell(name: str, event: CustomerEvent, **more: Any) -> None:
    person = customers_for_webhooks([event.customer_id]).get(event.customer_id)
    if person is None:
        return
    data = {"id": person.public_id, "version": person.version}
    data |= {"url": f"{_address()}{person.public_id}"} | more
    webhook_enqueue(event=name, key=event.key, data=data)


@subscribe(CustomerCreated)
def tell_of_creation(event: CustomerCreated) -> None:
    _tell("customer.created", event)


@subscribe(CustomerUpdated)
def tell_of_change(event: CustomerUpdated) -> None:
    _tell("customer.updated", event)


@subscribe(CustomerTrashed)
def tell_of_trash(event: CustomerTrashed) -> None:
    _tell("customer.deleted", event)


@subscribe(CustomerRestored)
def tell_of_return(event: CustomerRestored) -> None:
    _tell("customer.restored", event)


@subscribe(CustomersMerged)
def tell_of_merge(event: CustomersMerged) -> None:
    _tell("customer.merged", event, **_other(event.merged_id))


@subscribe(CustomersUnmerged)
def tell_of_unmerge(event: CustomersUnmerged) -> None:
    _tell("customer.unmerged", event, **_other(event.merged_id))


def _other(pk: int) -> dict[str, Any]:
    person = customers_for_webhooks([pk]).get(pk)
    return {"merged_id": person.public_id} if person else {}


@subscribe(CustomerErased)
def tell_of_erasure(event: CustomerErased) -> None:
    """So that the receiver forgets them too."""
    webhook_enqueue(event="customer.erased", key=event.key, data=_id_of(event.customer_id))


def _id_of(pk: int) -> dict[str, Any]:
    return {"id": public_id_of(pk)}


@subscribe(ConsentChanged)
def tell_of_consent(event: ConsentChanged) -> None:
    said = {"channel": event.channel, "purpose": event.purpose, "value": event.value}
    _tell("consent.changed", event, **said)


@subscribe(CustomersImported)
def tell_of_import(event: CustomersImported) -> None:
    """One message a person, in one statement for each kind."""
    for name, is_creation in (("customer.created", True), ("customer.updated", False)):
        webhook_enqueue_many(
            event=name,
            select=IMPORTED,
            params={
                "batch": event.batch_id,
                "is_creation": is_creation,
                "address": _address(),
            },
        )
