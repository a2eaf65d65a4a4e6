"""A plain mail from staff to one customer: sent once, and logged wherever one would look."""

import pytest
from django.test import Client
from django.urls import reverse

from config.kit.models import AuditEntry
from customers.models import Activity, Suppression
from customers.services.status import customer_disable
from messaging.models import Delivery, TransactionalMail
from messaging.sending.sender import send_until_idle

pytestmark = pytest.mark.feature("O11")
ONCE = "6f1c1d0e-6f0e-4a43-9a67-2b8d6a0c3c11"
SENT = {
    "subject": "Tu mesa de raulí",
    "body": "Hola Rayén:\nllegó <b>hoy</b>.",
    "reply_to": "taller@casaquillay.example",
    "once": ONCE,
}


def url_of(person) -> str:
    return reverse("messaging:letter", args=[person.public_id])


def test_a_mail_written_on_the_record_arrives_and_is_logged(
    committed, sink, ana_client: Client, ana, make_customer
):
    person = make_customer("rayen@correo.example", first_name="Rayén", language="es")
    record = f"/backoffice/customers/{person.public_id}/"
    assert url_of(person) in ana_client.get(record).content.decode()
    for _click in range(2):
        assert ana_client.post(url_of(person), SENT).headers["location"] == record
    send_until_idle(transactional=True)

    [(_sender, recipient, mail)] = sink.mails
    assert recipient == "rayen@correo.example"
    assert (mail["Subject"], mail["Reply-To"]) == (SENT["subject"], SENT["reply_to"])
    text = mail.get_body(("plain",)).get_content()
    assert "llegó <b>hoy</b>." in text
    assert "Ana Millaray" in text
    assert "llegó &lt;b&gt;hoy&lt;/b&gt;." in mail.get_body(("html",)).get_content()
    row = Activity.objects.get(kind="letter_written")
    delivery = Delivery.objects.get()
    assert (row.actor_id, row.object_id) == (ana.pk, delivery.pk)
    entry = AuditEntry.objects.get(action="customers.customer.written_to")
    assert entry.data == {"delivery": delivery.pk}
    page = ana_client.get(record).content.decode()
    assert "wrote a mail to this person" in page
    assert reverse("messaging:message", args=[delivery.pk]) in page
    shown = ana_client.get(reverse("messaging:message", args=[delivery.pk])).content.decode()
    assert SENT["subject"] in shown


def test_who_cannot_be_written_to_is_said_on_the_button_and_at_the_form(
    db, ana_client: Client, make_customer
):
    bounced = make_customer("b@correo.example")
    Suppression.objects.create(
        channel="email", address_key="b@correo.example", reason="hard_bounce"
    )
    closed = make_customer("c@correo.example")
    customer_disable(customer=closed, reason="Fraude")
    for person, why in (
        (make_customer(phone="+56911112222"), "This person has no e-mail."),
        (bounced, "Mails to this address came back"),
        (closed, "This person is disabled: only mails about orders go out."),
    ):
        record = ana_client.get(f"/backoffice/customers/{person.public_id}/").content.decode()
        assert why in record
        answer = ana_client.post(url_of(person), {**SENT, "once": ""})
        assert (answer.status_code, why in answer.content.decode()) == (422, True)
    assert not TransactionalMail.objects.exists()


def test_what_is_missing_or_wrong_is_said_at_its_field(
    db, ana_client: Client, beto_client: Client, make_customer
):
    person = make_customer("r@correo.example")
    empty = ana_client.post(url_of(person), {"subject": "", "body": " "})
    assert list(empty.context["form"].errors) == ["subject", "body"]
    wrong = ana_client.post(url_of(person), {**SENT, "reply_to": "taller", "once": ""})
    assert list(wrong.context["form"].errors) == ["reply_to"]
    assert "llegó" in wrong.content.decode()
    assert beto_client.post(url_of(person), SENT).status_code == 403
    assert not TransactionalMail.objects.exists()
