"""Links that set a password: who gets one, what it opens, what it does not."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as live
from django.test import Client
from django.urls import reverse

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import OutboxEvent
from customers.models import Customer, CustomerEmail, Session, User
from customers.services.accounts import password_link, password_link_request
from customers.services.status import customer_deactivate, customer_disable, customer_trash
from tests.accounts.conftest import code_of
from tests.accounts.storefront import CARLA, NEW_PASSWORD, kinds_of, log_in, path_of


def test_spellings_share_one_budget_for_links_too(db, visitor):
    spellings = ["josé@x.example", "jose@x.example", "JOSÉ@X.example"]
    statuses = [
        visitor.post("/account/password/", {"email": spellings[n % 3]}).status_code
        for n in range(11)
    ]

    assert statuses == [302] * 10 + [429]


@pytest.mark.feature("M16")
def test_who_has_no_password_gets_a_first_one(lead, visitor, mails_due):
    visitor.post("/account/password/", {"email": "Rayen@Correo.example"})
    due = mails_due()
    assert due == [{"kind": "password_link", "user_id": None, "customer_id": lead.pk}]
    link = password_link(lead)
    assert link.startswith(f"{live.SITE_URL}/account/password/c{lead.public_id.hex}/")

    answer = visitor.post(path_of(link), {"password": NEW_PASSWORD})

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert visitor.get("/account/").status_code == 200
    lead.refresh_from_db()
    assert lead.user.email_key == "rayen@correo.example"
    assert lead.user.check_password(NEW_PASSWORD)
    assert lead.user.is_staff is False
    assert lead.verified_at is not None
    assert CustomerEmail.objects.get(customer=lead).verified_at is not None
    assert kinds_of(lead) == ["verified", "registered", "login"]
    assert OutboxEvent.objects.filter(name="customers.customer_updated").count() == 1


@pytest.mark.feature("M15", "M16", "US03")
def test_a_forgotten_password_is_replaced_and_ends_open_sessions(carla, person, visitor, mails_due):
    Customer.objects.filter(pk=person.pk).update(verified_at=None)
    elsewhere = Client()
    log_in(elsewhere)
    visitor.post("/account/password/", {"email": CARLA})
    assert mails_due() == [{"kind": "password_link", "user_id": carla.pk, "customer_id": person.pk}]
    carla.refresh_from_db()
    link = path_of(password_link(carla))

    visitor.post(link, {"password": NEW_PASSWORD})

    assert elsewhere.get("/account/").status_code == 302
    assert visitor.get("/account/").status_code == 200
    assert Session.objects.filter(user=carla).count() == 1
    assert log_in(Client()).status_code == 422
    assert log_in(Client(), CARLA, NEW_PASSWORD).status_code == 302
    person.refresh_from_db()
    assert person.verified_at is not None
    assert "password_reset" in kinds_of(person)


def test_a_link_works_once_and_for_a_day(lead, visitor):
    with time_machine.travel(clock.now(), tick=False) as now:
        link = path_of(password_link(lead))
        now.shift(timedelta(hours=23, minutes=59))
        assert visitor.get(link).status_code == 200
        now.shift(timedelta(minutes=2))
        assert visitor.get(link).status_code == 410
        assert visitor.post(link, {"password": NEW_PASSWORD}).status_code == 410
        assert not User.objects.exists()
        link = path_of(password_link(lead))
        assert visitor.post(link, {"password": NEW_PASSWORD}).status_code == 302
        again = Client().post(link, {"password": "yet-another-one-1"})

    assert again.status_code == 410
    assert User.objects.get().check_password(NEW_PASSWORD)


def test_looking_at_a_link_changes_nothing(lead, carla, visitor):
    links = [path_of(password_link(one)) for one in (lead, carla)]
    before = [User.objects.get().password, *Customer.objects.values_list("user_id", "verified_at")]

    for link in links * 3:
        for method in (visitor.get, visitor.head):
            assert method(link).status_code == 200

    assert [
        User.objects.get().password,
        *Customer.objects.values_list("user_id", "verified_at"),
    ] == before
    assert not Session.objects.filter(user__isnull=False).exists()


def test_a_forged_link_opens_nothing(lead, carla, visitor):
    link = path_of(password_link(lead))
    who, token = link.strip("/").split("/")[-2:]
    forged = [
        (f"c{carla.customer.public_id.hex}", token),
        (f"u{carla.pk}", token),
        (who, token[:-1] + ("0" if token[-1] != "0" else "1")),
        (who, "x-y"),
        ("u", token),
        ("uzzzzzzzzzzzzzzzzzz", token),
        ("cnothex", token),
        ("x", token),
    ]

    for one, other in forged:
        address = reverse("account:password_set", kwargs={"who": one, "token": other})
        assert visitor.post(address, {"password": NEW_PASSWORD}).status_code == 410


def test_the_address_of_a_link_goes_to_no_other_site(lead, visitor):
    answer = visitor.get(path_of(password_link(lead)))

    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store, private"


def test_a_weak_password_leaves_the_link_alive(lead, visitor):
    link = path_of(password_link(lead))

    answer = visitor.post(link, {"password": "huenchumilla"})

    assert answer.status_code == 422
    assert "too similar" in answer.content.decode()
    assert not User.objects.exists()
    assert visitor.post(link, {"password": NEW_PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:8000@evil.example"},
        {"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"},
        {"Host": "127.0.0.1", "X-Forwarded-Server": "evil.example"},
        {"Host": "127.0.0.1", "Forwarded": "host=evil.example"},
        {"Host": "localhost:1234"},
    ],
)
def test_no_header_changes_the_host_of_a_link(carla, visitor, mails_due, headers):
    answer = visitor.post("/account/password/", {"email": CARLA}, headers=headers)

    assert answer.status_code in (302, 400)
    mails_due()
    assert password_link(carla).startswith("http://127.0.0.1:8000/account/password/")
    assert "evil" not in answer.content.decode() + str(answer.headers)


def test_a_link_asked_with_an_alias_goes_to_the_person(person, visitor, mails_due):
    CustomerEmail.objects.create(
        customer=person, address="c@otro.example", address_key="c@otro.example"
    )

    visitor.post("/account/password/", {"email": "C@Otro.example"})

    assert [mail["customer_id"] for mail in mails_due()] == [person.pk]


def test_nobody_is_mailed_who_does_not_exist_or_may_not_log_in(
    person, lead, make_customer, visitor, mails_due, beto
):
    customer_disable(customer=person, reason="fraud")
    trashed = make_customer("gone@correo.example")
    customer_trash(customer=trashed)
    User.objects.filter(pk=beto.pk).update(is_active=False)

    for address in (CARLA, "gone@correo.example", "nobody@x.example", beto.email, "", "@"):
        visitor.post("/account/password/", {"email": address})

    assert mails_due() == []


def test_setting_a_password_while_deactivated_does_not_open_the_account(person, carla, visitor):
    customer_deactivate(customer=person, reason="")
    link = path_of(password_link(carla))

    answer = visitor.post(link, {"password": NEW_PASSWORD})

    assert answer.url == "/account/login/"
    assert visitor.get("/account/").status_code == 302


def test_a_storefront_reset_of_staff_does_not_open_the_back_office(ana, ana_factor, visitor):
    secret, _codes = ana_factor
    link = password_link(ana)
    assert "/backoffice/login/password/" in link
    on_the_storefront = path_of(link).replace("/backoffice/login/", "/account/")

    answer = visitor.post(on_the_storefront, {"password": NEW_PASSWORD})

    assert answer.url == "/backoffice/login/"
    assert visitor.get("/backoffice/").status_code == 302
    assert visitor.get("/account/").status_code == 302
    after = visitor.post("/backoffice/login/", {"email": ana.email, "password": NEW_PASSWORD})
    assert after.url == "/backoffice/login/code/"
    assert visitor.get("/backoffice/").status_code == 302
    visitor.post("/backoffice/login/code/", {"code": code_of(secret)})
    assert visitor.get("/backoffice/").status_code == 200


def test_proving_the_address_joins_the_record_to_an_older_login(ana, make_customer, visitor):
    record = make_customer("ana@casaquillay.example", first_name="Ana")

    visitor.post(path_of(password_link(ana)), {"password": NEW_PASSWORD})

    record.refresh_from_db()
    assert record.user == ana
    assert log_in(visitor, ana.email, NEW_PASSWORD).url == "/account/"


@pytest.mark.feature("E37")
def test_staff_send_the_link_and_it_is_audited(ana, lead, ana_client):
    url = reverse("customers:password_link", args=[lead.public_id])
    ana_client.post(url, {"confirmed": "1"})

    event = OutboxEvent.objects.get(name="customers.account_mail_requested")
    assert event.payload == {"kind": "password_link", "user_id": None, "customer_id": lead.pk}


def test_a_link_cannot_be_sent_to_nobody(ana, make_customer, lead):
    with pytest.raises(DomainError, match="no_email"):
        password_link_request(customer=make_customer(phone="+56911112222"), by=ana)
    disabled = customer_disable(customer=lead, reason="fraud")
    with pytest.raises(DomainError, match="login_closed"):
        password_link_request(customer=disabled, by=ana)
    assert not OutboxEvent.objects.filter(name="customers.account_mail_requested").exists()


def test_the_page_says_the_same_before_and_after(visitor, db):
    assert visitor.get("/account/password/").status_code == 200
    assert "If we know this address" in visitor.get("/account/password/sent/").content.decode()
