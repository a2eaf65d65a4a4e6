"""The tab that says why a person's mail fails, and the buttons that mend it."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import dns.message
import dns.rcode
import dns.rrset
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from config.kit import clock
from config.kit.dns import takes_mail
from config.kit.models import AuditEntry, AuditValues
from customers.models import Customer, Suppression
from customers.selectors.email_access import domain_meant
from messaging.models import Delivery, TransactionalMail
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.feature("E35"), pytest.mark.django_db]
ZONE = {
    ("correo.example.", "MX"): "10 mx.correo.example.",
    ("nulo.example.", "MX"): "0 .",
    ("web.example.", "A"): "192.0.2.7",
    ("vacio.example.", "TXT"): '"nada"',
}


def _answer(raw: bytes) -> bytes:
    asked = dns.message.from_wire(raw)
    reply = dns.message.make_response(asked)
    [question] = asked.question
    name, kind = str(question.name), dns.rdatatype.to_text(question.rdtype)
    if (name, kind) in ZONE:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, ZONE[name, kind]))
    elif name not in {known for known, _kind in ZONE}:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


@pytest.fixture
def names(settings) -> Iterator[None]:
    """A name server of our own, asked in place of the machine's."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(0.2)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                raw, peer = server.recvfrom(4096)
            except TimeoutError:
                continue
            server.sendto(_answer(raw), peer)

    thread = threading.Thread(target=serve)
    thread.start()
    settings.DNS_SERVERS = [f"127.0.0.1:{server.getsockname()[1]}"]
    yield
    over.set()
    thread.join()
    server.close()


@pytest.fixture
def silence(settings) -> Iterator[None]:
    """A name server that never answers."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    settings.DNS_SERVERS = [f"127.0.0.1:{server.getsockname()[1]}"]
    yield
    server.close()


@pytest.fixture
def person(make_customer: Callable[..., Customer]) -> Customer:
    return make_customer("rayen@correo.example", first_name="Rayén")


def tab(person: Customer) -> str:
    return reverse("customers:panel", args=[person.public_id, "email"])


def texts(client: Client, person: Customer) -> str:
    page = client.get(tab(person)).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_whether_a_domain_takes_mail_is_asked_and_told(names):
    assert takes_mail("correo.example") == "yes"
    assert takes_mail("web.example") == "yes"
    assert takes_mail("nulo.example") == "no"
    assert takes_mail("vacio.example") == "no"
    assert takes_mail("nadie.example") == "no"


def test_silence_is_not_a_no(silence, person, ana_client):
    assert takes_mail("correo.example") == "unknown"
    assert "Whether its domain takes mail is not known" in texts(ana_client, person)


@pytest.mark.parametrize(
    ("domain", "meant"),
    [("gmial.com", "gmail.com"), ("hotmial.com", "hotmail.com"), ("gmail.com", ""), ("a.cl", "")],
)
def test_a_slip_is_suspected_only_where_it_is_likely(domain, meant):
    assert domain_meant(domain) == meant


def test_everything_is_well(names, carla, ana_client):
    told = texts(ana_client, carla.customer)
    for text in (
        "The address is well formed",
        "Its domain takes mail",
        "The person may log in and get mails",
        "The address is verified",
        "Nothing blocks the address",
        "The log-in is open",
        "Nothing was sent yet",
    ):
        assert text in told


def test_a_block_is_lifted_with_its_reason(names, person, ana_client):
    block = Suppression.objects.create(
        address_key=person.email_key, reason="hard_bounce", detail="550 no such user"
    )
    assert "The address is blocked" in texts(ana_client, person)
    assert "550 no such user" in texts(ana_client, person)
    url = reverse("customers:unsuppress", args=[block.pk])
    assert ana_client.post(url, {"confirmed": "1", "why": ""}).status_code == 422
    assert Suppression.objects.exists()
    ana_client.post(url, {"confirmed": "1", "why": "Buzón arreglado"})
    assert not Suppression.objects.exists()
    entry = AuditEntry.objects.get(action="customers.suppression.removed")
    assert AuditValues.objects.get(entry_id=entry.pk).before["why"] == "Buzón arreglado"


def test_a_complaint_is_lifted_only_when_the_person_asked(names, person, ana_client):
    block = Suppression.objects.create(address_key=person.email_key, reason="complaint")
    url = reverse("customers:unsuppress", args=[block.pk])
    assert ana_client.post(url, {"confirmed": "1", "why": "Pidió"}).status_code == 422
    assert Suppression.objects.exists()
    ana_client.post(url, {"confirmed": "1", "why": "Pidió", "is_sure": "on"})
    assert not Suppression.objects.exists()


def test_an_address_is_vouched_for_with_evidence(names, person, ana_client):
    assert "The address is not verified" in texts(ana_client, person)
    url = reverse("customers:verify", args=[person.public_id])
    assert ana_client.post(url, {"confirmed": "1", "evidence": " "}).status_code == 422
    ana_client.post(url, {"confirmed": "1", "evidence": "Cédula en mano"})
    assert Customer.objects.get(pk=person.pk).verified_at is not None
    entry = AuditEntry.objects.get(action="customers.customer.verified")
    assert AuditValues.objects.get(entry_id=entry.pk).after["evidence"] == "Cédula en mano"


def test_a_log_in_that_is_locked_is_unlocked(names, carla, ana_client):
    visitor, login = Client(), {"email": carla.email, "password": "otra-cosa-1"}
    with time_machine.travel(clock.now(), tick=False) as now:
        for _attempt in range(10):
            assert visitor.post("/account/login/", login).status_code == 422
            now.shift(timedelta(minutes=2))
    assert visitor.post("/account/login/", login).status_code == 429
    person = carla.customer
    assert "The log-in is locked for now" in texts(ana_client, person)
    ana_client.post(reverse("customers:unlock", args=[person.public_id]))
    assert "The log-in is locked for now" not in texts(ana_client, person)
    right = login | {"password": PASSWORD}
    assert visitor.post("/account/login/", right).status_code == 302
    assert AuditEntry.objects.filter(action="customers.customer.login_unlocked").count() == 1


def test_what_came_back_and_a_link_that_is_over_are_told(names, person, ana_client):
    sent = Delivery.objects.create(
        customer=person,
        kind="transactional",
        state="bounced",
        reply="550 no such user",
        address=person.email,
        created_at=clock.now() - timedelta(hours=25),
        sent_at=clock.now(),
    )
    TransactionalMail.objects.create(delivery_id=sent.pk, customer=person, kind="password_link")
    told = texts(ana_client, person)
    assert "1 of 1 mail came back or was refused." in told
    assert "550 no such user" in told
    assert "The last link to set the password is over" in told


def test_mails_that_never_went_out_do_not_count_as_arrived(names, person, ana_client):
    for state, reason in (("skipped", "inactive"), ("cancelled", "")):
        Delivery.objects.create(
            customer=person,
            kind="marketing",
            state=state,
            reason=reason,
            address=person.email,
        )
    told = texts(ana_client, person)
    assert "None of the last mails went out" in told
    assert "The last mails arrived" not in told


def test_a_status_and_a_missing_address_are_told(names, person, ana_client, make_customer):
    Customer.objects.filter(pk=person.pk).update(status="disabled")
    assert "The status keeps this person out" in texts(ana_client, person)
    nobody = make_customer(first_name="Caja", phone="+56911111111")
    assert "There is no e-mail" in texts(ana_client, nobody)


def test_who_only_reads_sees_the_findings_and_no_button(names, person, beto_client):
    told = texts(beto_client, person)
    assert "The address is not verified" in told
    assert "Verify by hand" not in told
    for name in ("verify", "unlock"):
        url = reverse(f"customers:{name}", args=[person.public_id])
        assert beto_client.post(url, {"confirmed": "1", "evidence": "x"}).status_code == 403
