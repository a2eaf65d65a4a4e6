"""A password from staff: shown once, good for a day, changed at the first log-in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import AuditEntry, OutboxEvent
from customers.models import Activity, Customer, User
from customers.services.status import customer_deactivate
from customers.services.temporary_passwords import password_assign
from messaging.models import TransactionalMail
from messaging.services.account_mails import account_letter
from tests.accounts.test_staff_people import prove
from tests.conftest import PASSWORD, make_staff

pytestmark = pytest.mark.feature("E37")
OWN = "una-frase-mia-2027"


def log_in(client: Client, email: str, password: str):
    return client.post("/account/login/", {"email": email, "password": password})


def test_it_is_shown_once_ends_sessions_and_has_to_be_changed(
    ana_client: Client, carla: User, carla_client: Client, visitor: Client
):
    customer = Customer.objects.get(user=carla)
    prove(ana_client)
    url = reverse("customers:password_assign", args=[customer.public_id])
    assert "It works for 24 hours" in ana_client.get(url).content.decode()

    shown = ana_client.post(url, {"confirmed": "1"})

    text = shown.context["text"]
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", text)
    assert text in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert carla_client.get("/account/").status_code == 302
    assert log_in(visitor, carla.email, PASSWORD).status_code == 422
    assert log_in(visitor, carla.email, text).status_code == 302
    for path in ("/account/", "/account/data/", "/account/consents/"):
        assert visitor.get(path).headers["location"] == "/account/security/password/"
    change = "/account/security/password/"
    assert "temporary password" in visitor.get(change).content.decode()
    same = visitor.post(change, {"current": text, "password": text})
    assert "Choose another one than the temporary password." in same.content.decode()
    visitor.post(change, {"current": text, "password": OWN})
    assert visitor.get("/account/").status_code == 200
    carla.refresh_from_db()
    assert (carla.password_expires_at, carla.check_password(OWN)) == (None, True)
    assert Activity.objects.filter(customer=customer, kind="password_assigned").count() == 1
    entry = AuditEntry.objects.get(action="customers.customer.password_assigned")
    assert text not in f"{entry.data}{Activity.objects.values_list('data', flat=True)}"
    event = OutboxEvent.objects.get(name="customers.account_mail_requested")
    assert event.payload["kind"] == "password_assigned"
    assert text not in str(event.payload)


def test_who_never_had_a_log_in_gets_one(ana, make_customer, visitor: Client):
    lead = make_customer("rayen@correo.example", first_name="Rayén")
    text = password_assign(customer=lead, by=ana)
    assert log_in(visitor, lead.email, text).status_code == 302
    lead.refresh_from_db()
    assert lead.user is not None
    assert lead.verified_at is None
    mail = TransactionalMail(kind="password_assigned", user=lead.user, customer=lead)
    subject, html, plain = account_letter(mail, language="en")
    assert subject == "A temporary password for your account"
    for body in (html, plain):
        assert "/account/password/" in body
        assert text not in body


def test_after_a_day_it_opens_nothing(ana, carla, visitor: Client):
    text = password_assign(customer=Customer.objects.get(user=carla), by=ana)
    log_in(visitor, carla.email, text)
    User.objects.filter(pk=carla.pk).update(password_expires_at=clock.now() - timedelta(seconds=1))
    turned_away = visitor.get("/account/security/password/")
    assert turned_away.headers["location"].startswith("/account/login/")
    late = log_in(Client(headers={"accept-language": "en"}), carla.email, text)
    assert "The e-mail or the password is wrong." in late.content.decode()


def test_who_can_have_none_and_who_can_give_none(
    ana, carla, make_customer, staff_client, ana_client: Client
):
    paused = Customer.objects.get(user=carla)
    customer_deactivate(customer=paused, reason="")
    staff = make_customer("otra@correo.example", user=ana)
    for person, code in (
        (paused, "login_closed"),
        (make_customer(phone="+56911112222"), "no_email"),
        (staff, "login_of_staff"),
    ):
        with pytest.raises(DomainError, match=code):
            password_assign(customer=person, by=ana)
    sara = make_staff("sara@casaquillay.example", "Sara Ventas", "sales")
    url = reverse("customers:password_assign", args=[staff.public_id])
    assert staff_client(sara).post(url, {"confirmed": "1"}).status_code == 403
    told = prove(ana_client).post(url, {"confirmed": "1"}, follow=True).content.decode()
    assert "This is a member of staff" in told
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)
