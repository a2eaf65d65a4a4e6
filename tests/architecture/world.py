"""One of each thing that an address of the product can name, for tests over all addresses."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

from config.kit import clock
from config.kit.models import Job, JobError, JobFile
from customers.models import (
    Address,
    Category,
    Customer,
    CustomField,
    ImportBatch,
    Note,
    Suppression,
    User,
)
from customers.privacy.requests import request_receive
from customers.services.code_uses import code_use_record
from customers.services.codes import registration_code_save, sharing_code_make
from customers.services.consent import consent_record
from customers.services.own_activity import own_activity_kind_save
from customers.services.tags import tag_add
from messaging.models import Campaign, Delivery
from messaging.services.campaigns import CampaignValues, campaign_create
from targets.services.targets import target_create

ALL = {"version": 1, "rule": {"all": []}}
BODY = '<p>Hola {{ customer.first_name }}</p><p><a href="{{ unsubscribe_url }}">Baja</a></p>'


@dataclass
class World:
    """``ids`` are those of each kind of thing, in no special order."""

    uuids: list[UUID] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def build_world(owner: User, customer: Customer) -> World:
    tag_add(customer=customer, names=["Mayorista"], by=owner)
    consent_record(customer=customer, channel="email", value="granted", source="account")
    note = Note.objects.create(customer=customer, body="Prefiere la tarde.", author=owner)
    address = Address.objects.create(customer=customer, line1="Av. Matta 100", city="Santiago")
    category = Category.objects.create(name="Zona", code="zona")
    batch = ImportBatch.objects.create(file_name="a.csv", path="a.csv", uploaded_by=owner)
    target = target_create(slug="todos", name="Todos", rule=ALL, by=owner)
    draft = campaign_create(
        by=owner,
        values=CampaignValues(
            name="Preventa", subject="Hola", body=BODY, include=[target.pk],
            from_name="Casa", from_address="hola@quillay.example",
        ),
    )  # fmt: skip
    sent = _sent_campaign(owner, customer, target.pk)
    delivery = Delivery.objects.get(campaign_id=sent.pk)
    job = Job.objects.create(kind="customers.export", title="Export", requested_by=owner)
    file = JobFile.objects.create(
        job=job, name="a.csv", path="a.csv", content_type="text/csv", expires_at=clock.now()
    )
    JobError.objects.create(job=job, line=1, column="Correo", reason="=1+1")
    asked = request_receive(right="erasure", channel="phone", customer=customer, by=owner)
    code = registration_code_save(name="Feria", origin="shop", by=owner)
    sharing_code_make(customer=customer, by=owner)
    code_use_record(customer=customer, text=code.code, source="staff", by=owner)
    kind, _is_new = own_activity_kind_save(key="visit", label="Visita", by=owner)
    blocked = Suppression.objects.create(address_key="x@y.example", reason="manual")
    shown = CustomField.objects.order_by("pk").first()
    rows: list[Any] = [code, kind, address, category, delivery, blocked, shown]
    return World(
        uuids=[
            one.public_id for one in (customer, note, batch, target, draft, sent, job, file, asked)
        ],
        numbers=[one.pk for one in rows if one is not None],
    )


def _sent_campaign(owner: User, customer: Customer, target_id: int) -> Campaign:
    values = CampaignValues(name="Enviada", subject="Hola", body=BODY, include=[target_id])
    campaign = campaign_create(by=owner, values=values)
    now = clock.now()
    Campaign.objects.filter(pk=campaign.pk).update(
        state="finished", frozen_at=now, started_at=now, finished_at=now, audience_count=1
    )
    Delivery.objects.create(
        created_at=now, campaign_id=campaign.pk, customer=customer, kind="campaign",
        state="accepted", address=customer.email, language="es", sent_at=now,
    )  # fmt: skip
    return campaign


def walk(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += walk(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            found.append((prefix + str(pattern.pattern), pattern))
    return found


def routes(start: str = "") -> list[tuple[str, URLPattern]]:
    return [one for one in walk(get_resolver().url_patterns) if one[0].startswith(start)]
