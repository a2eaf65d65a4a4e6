"""What the flows find in a running Clientela beside the demo, written by the product's services.

``furnish`` runs inside the stack (``manage.py shell``), beside its workers. It returns a sample for
every slot of every address.
"""

import json
import time
from datetime import timedelta
from typing import Any

from django.test import RequestFactory

from config.kit import clock
from config.kit.api.services.tokens import token_create
from config.kit.api.services.webhooks import webhook_create, webhook_test_send
from config.kit.models import AuditEntry, Job, JobError, JobFile
from config.kit.pages.saved_views import view_create
from customers.exporting.services import export_start
from customers.importing.batches import batch_apply, batch_configure, batch_create, batch_stage
from customers.importing.mappings import mapping_save
from customers.merging.services import customers_merge
from customers.models import ConsentEvent, Customer, ImportBatch, OrderSync, User
from customers.privacy.requests import request_receive
from customers.privacy.services import erasure_schedule
from customers.selectors.email_moves import move_link
from customers.services.categories import category_assign, category_save
from customers.services.code_uses import code_use_record
from customers.services.codes import registration_code_save, sharing_code_make
from customers.services.consent import Proof, consent_record, suppression_add
from customers.services.contact_points import (
    address_save,
    email_alias_add,
    external_id_add,
    phone_add,
)
from customers.services.custom_fields import custom_field_create
from customers.services.email_moves import email_move_ask
from customers.services.notes import note_add, note_edit, note_pin
from customers.services.order_sync import OrderContact, customer_sync_order
from customers.services.own_activity import own_activity_kind_save
from customers.services.policies import policy_draft_save
from customers.services.staff import staff_create
from customers.services.tags import tag_add
from messaging import tokens
from messaging.demo import DRAFT_BODY
from messaging.models import Campaign, Delivery
from messaging.services.campaigns import (
    CampaignValues,
    campaign_create,
    campaign_schedule,
    campaign_send,
)
from targets.models import Target
from targets.services.lists import list_add, list_create
from targets.services.targets import target_create
from tests.flows.world_links import links

PASSWORD = "una-clave-larga-9"
# Each flow that changes what a log-in is has a person of its own.
STAFF = {
    "dana@casaquillay.example": "Dana Railef",
    "tomas@casaquillay.example": "Tomás Ibáñez",
    "viaje@casaquillay.example": "Violeta Jerez",
    "teclas@casaquillay.example": "Teresa Clavería",
    "austero@casaquillay.example": "Austero Nogales",
    "nueva@casaquillay.example": "Nuria Evangelista",
}
SHOPPER = "carla.etxeberria@correo.example"
STRANGER = "sin.clave@correo.example"
WAIT_SECONDS = 240


def furnish() -> dict[str, Any]:
    staff = [
        staff_create(email=address, password=PASSWORD, role="owner", name=name, language="es")
        for address, name in STAFF.items()
    ]
    person = shopper()
    return {
        **everything_of(person, staff[0]),
        **labels(person, staff[0]),
        **jobs(staff[0]),
        **imports(staff[0]),
        **mails(person, staff[0]),
        **links(
            staff=staff[-1],
            stranger=agreeing(STRANGER, first_name="Elisa", last_name="Navarro"),
            shopper=person,
        ),
        **deeds(person, staff[0]),
        **programs(staff[0]),
        "colleague": staff[1].pk,
        **contested(staff[0]),
    }


def shopper() -> Customer:
    """A customer with a log-in on the storefront and a consent."""
    user = User(email=SHOPPER, name="Carla Etxeberria", language="es")
    user.set_password(PASSWORD)
    user.save()
    return agreeing(SHOPPER, first_name="Carla", last_name="Etxeberria", user=user)


def agreeing(address: str, **values: Any) -> Customer:
    customer = Customer(source="staff", city="Valdivia", verified_at=clock.now(), **values)
    customer.set_email(address)
    customer.save()
    consent_record(
        customer=customer,
        channel="email",
        value="granted",
        source="staff",
        proof=Proof(evidence="Lo dijo por teléfono."),
    )
    return customer


def everything_of(person: Customer, by: User) -> dict[str, Any]:
    """A record on which no section is empty."""
    email_alias_add(customer=person, address="carla@otro.example", by=by)
    phone = phone_add(customer=person, number="+56 9 6123 4567", label="Trabajo", by=by)
    external_id_add(customer=person, system="pos", value="0004711", by=by)
    address = address_save(
        customer=person, values={"line1": "Los Aromos 12", "city": "Valdivia"}, by=by
    )
    note = note_add(customer=person, body="Prefiere que la llamen por la tarde.", by=by)
    note_edit(note=note, body="Prefiere después de las cinco.", version=note.version, by=by)
    note_pin(note=note, is_pinned=True, by=by)
    trashed = Customer(first_name="Lautaro", last_name="Quispe", trashed_at=clock.now())
    trashed.set_email("lautaro.quispe@correo.example")
    trashed.save()
    return {
        "customer": str(person.public_id),
        "trashed": str(trashed.public_id),
        "phone": phone.pk,
        "address": address.pk,
        "note": str(note.public_id),
    }


def labels(person: Customer, by: User) -> dict[str, Any]:
    (tag,) = tag_add(customer=person, names=["Mayorista"], by=by)
    category = category_save(name="Empresas", description="Compran con factura.", by=by)
    category_assign(customer=person, categories=[category], by=by)
    field = custom_field_create(label="Talla", kind="text", values={"is_searchable": True}, by=by)
    code = registration_code_save(name="Feria de Temuco", origin="shop", by=by)
    code_use_record(customer=person, text=code.code, source="staff", by=by)
    shared = sharing_code_make(customer=person, by=by)
    return {
        "tag": tag.pk,
        "category": category.pk,
        "field": field.pk,
        "registration_code": code.pk,
        "shared_code": shared.code,
        "activity_kind": own_activity_kind_save(key="visit", label="Visita", by=by)[0].pk,
    }


def jobs(by: User) -> dict[str, Any]:
    """One with a file, and one that failed with rows that say why."""
    done = finished(export_start(by=by, selection={"query": "q=Carla", "covers_all": True}))
    failed = Job.objects.create(
        kind=done.kind,
        title="Exportar clientes",
        state=Job.State.FAILED,
        queue="jobs",
        requested_by_id=by.pk,
        failure="El disco está lleno.",
        finished_at=clock.now(),
    )
    JobError.objects.create(job=failed, line=3, column="email", reason="No es un correo.")
    file = JobFile.objects.get(job=done)
    return {
        "job": str(done.public_id),
        "failed_job": str(failed.public_id),
        "file": str(file.public_id),
    }


def finished(job: Job) -> Job:
    """After a worker of the stack has done it."""
    deadline = time.monotonic() + WAIT_SECONDS
    while job.state in Job.ACTIVE:
        if time.monotonic() > deadline:
            raise TimeoutError(job.kind)
        time.sleep(0.1)
        job.refresh_from_db()
    return job


def imports(by: User) -> dict[str, Any]:
    """One at each step of the wizard."""
    mapped = staged("con-nombre", by)
    return {
        "mapping": str(mapping_save(batch=mapped, name="Planilla", by=by).public_id),
        "uploaded": str(uploaded("columnas", by).public_id),
        "reviewed": str(staged("revisada", by).public_id),
        "applied": str(applied("aplicada", by).public_id),
    }


def uploaded(name: str, by: User) -> ImportBatch:
    """People whom no other file of the flows knows, the shopper, and a row that is refused."""
    people = [f"Importada {n},Pérez,{name}{n}@importado.example,Osorno" for n in range(8)]
    lines = [
        "Nombre,Apellido,Correo,Ciudad",
        *people,
        f"Carla,Etxeberria,{SHOPPER},Osorno",
        "X,Y,roto,Z",
    ]
    return batch_create(name=f"{name}.csv", blocks=["\n".join(lines).encode()], by=by)


def staged(name: str, by: User) -> ImportBatch:
    batch = uploaded(name, by)
    columns = [{"field": one["field"], "policy": one["policy"]} for one in batch.columns]
    options = {"consent": {"mode": "no", "evidence": ""}, "update": True}
    batch = batch_configure(batch=batch, columns=columns, options=options)
    finished(batch_stage(batch=batch, by=by))
    return ImportBatch.objects.get(pk=batch.pk)


def applied(name: str, by: User) -> ImportBatch:
    batch = staged(name, by)
    finished(batch_apply(batch=batch, by=by))
    return ImportBatch.objects.get(pk=batch.pk)


def mails(person: Customer, by: User) -> dict[str, Any]:
    """A campaign that was sent for real, one that waits for its day, one that is a draft."""
    rule = {"filter": "tags", "op": "any", "value": ["Mayorista"]}
    target = target_create(name="Mayoristas", rule={"version": 1, "rule": {"all": [rule]}}, by=by)
    sent = campaign_send(campaign=campaign("Bienvenida", target, by), by=by)
    later = campaign("Aniversario", target, by)
    campaign_schedule(campaign=later, at=clock.now() + timedelta(days=30), by=by)
    delivery = delivered(sent)
    agreeing("rebota@correo.example", first_name="Rebeca")
    blocked = suppression_add(address="rebota@correo.example", reason="hard_bounce")
    guests = list_create(name="Invitados", by=by)
    list_add(people=guests, ids=[person.pk], by=by)
    return {
        "people_list": str(guests.public_id),
        "target": str(target.public_id),
        "campaign": str(sent.public_id),
        "scheduled": str(later.public_id),
        "draft": str(campaign("Rebajas", target, by).public_id),
        "delivery": delivery.pk,
        "suppression": blocked.pk,
        **{
            name: tokens.make_token(
                purpose, delivery_id=delivery.pk, created_at=delivery.created_at, link=1
            )
            for name, purpose in TOKENS.items()
        },
    }


def deeds(person: Customer, by: User) -> dict[str, Any]:
    """A merge, an erasure that is due, an order that says otherwise, a view, a line of the trail."""
    twin = agreeing("carla.otra@correo.example", first_name="Carla")
    survivor = agreeing("queda@correo.example", first_name="Renata", last_name="Curiqueo")
    merge = customers_merge(survivor=survivor, loser=agreeing("se.une@correo.example"), by=by)
    leaving = agreeing("se.va@correo.example", first_name="Ignacio")
    erasure = erasure_schedule(customer=leaving, ground="request", by=by)
    asked = request_receive(
        right="access", channel="letter", customer=person, details="Todo lo mío.", by=by
    )
    policy_draft_save(
        language="es",
        title="Política de privacidad",
        body="## Qué guardamos\n\nLo que hace falta para atenderte, y nada más.",
        by=by,
    )
    view = view_create(
        list_key="customers",
        name="De Valdivia",
        params={"city": ["Valdivia"]},
        sort="",
        columns=[],
        is_shared=True,
        by=by,
    )
    return {
        "other": str(twin.public_id),
        "merge": str(merge.public_id),
        "erasure": str(erasure.public_id),
        "privacy_request": str(asked.public_id),
        "saved_view": str(view.public_id),
        "consent": ConsentEvent.objects.filter(customer=person).latest("pk").pk,
        "entry": AuditEntry.objects.latest("pk").pk,
        **moving(by),
        "order": an_order_says_otherwise(person).pk,
    }


def moving(by: User) -> dict[str, Any]:
    """A change of e-mail that waits for its proofs."""
    mover = agreeing("muda@correo.example", first_name="Millaray")
    request = RequestFactory().get("/")
    move = email_move_ask(customer=mover, address="llega@correo.example", by=by, request=request)
    token = move_link(move, "new").rstrip("/").split("/")[-1]
    return {
        "mover": str(mover.public_id),
        "move": str(move.public_id),
        "move_token": token,
    }


def an_order_says_otherwise(person: Customer) -> OrderSync:
    customer_sync_order(
        reference="12",
        email=SHOPPER,
        contact=OrderContact(first_name="Carolina", phone="+56 9 5555 1212", city="Osorno"),
    )
    return OrderSync.objects.filter(customer=person).latest("pk")


def programs(by: User) -> dict[str, Any]:
    """A token, and a webhook that was told something; nobody answers at its address."""
    token, _text = token_create(name="Caja", wanted=["customers:read"], by=by)
    hook, _secret = webhook_create(
        name="Tienda",
        url="https://tienda.example/avisos",
        events=["customer.created"],
        by=by,
    )
    return {
        "program": str(token.public_id),
        "webhook": str(hook.public_id),
        "told": str(webhook_test_send(webhook=hook).public_id),
    }


def contested(by: User) -> dict[str, Any]:
    """What two people will want to change at the same time."""
    rule = {"filter": "gender", "op": "any", "value": ["female"]}
    target = target_create(name="Mujeres", rule={"version": 1, "rule": {"all": [rule]}}, by=by)
    return {
        "contested": str(agreeing("disputa@correo.example", first_name="Rosa").public_id),
        "contested_target": str(target.public_id),
        "contested_draft": str(campaign("Disputada", target, by).public_id),
    }


TOKENS = {
    "open": tokens.OPEN,
    "click": tokens.CLICK,
    "unsubscribe": tokens.UNSUBSCRIBE,
    "view": tokens.VIEW,
}


def campaign(name: str, target: Target, by: User) -> Campaign:
    return campaign_create(
        by=by,
        values=CampaignValues(
            name=name,
            subject="{{ customer.first_name }}, hola",
            preheader="Desde hoy",
            body_format="mjml",
            body=DRAFT_BODY,
            from_name="Casa Quillay",
            from_address="hola@casaquillay.example",
            include=[target.pk],
        ),
    )


def delivered(sent: Campaign) -> Delivery:
    deadline = time.monotonic() + WAIT_SECONDS
    while (
        found := Delivery.objects.filter(campaign_id=sent.pk, sent_at__isnull=False).first()
    ) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(sent.name)
        time.sleep(0.1)
    return found


def run() -> None:
    print(json.dumps(furnish()))
