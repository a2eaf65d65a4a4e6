"""Passkeys: what they open, for whom, and what they never open."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from config.kit.models import AuditEntry
from customers.selectors.factors import factor_exists
from customers.services.second_factor import recovery_codes_left
from tests.accounts.device import Device
from tests.accounts.test_staff_people import prove

pytestmark = pytest.mark.django_db

SECURITY = "/backoffice/security/"
LOGIN = "/backoffice/login/passkey/"
CODE = "/backoffice/login/code/passkey/"


def asked(client: Client, url: str) -> dict[str, Any]:
    question: dict[str, Any] = client.post(url).json()["publicKey"]
    return question


def add(client: Client, device: Device, name: str = "Portátil"):
    answer = device.make(asked(client, f"{SECURITY}passkeys/offer/"))
    return client.post(f"{SECURITY}passkeys/new/", {"name": name, "answer": answer})


def log_in(client: Client, device: Device, **more: str):
    return client.post(LOGIN, {"answer": device.use(asked(client, f"{LOGIN}ask/")), **more})


@pytest.fixture
def device(ana_client) -> Device:
    """One that holds a passkey of Ana's."""
    made = Device()
    assert add(ana_client, made).status_code == 200
    return made


@pytest.mark.feature("ST18")
def test_the_first_passkey_is_a_second_factor_and_brings_recovery_codes(ana, ana_client):
    page = add(ana_client, Device()).content.decode()

    assert page.count("<li><code>") == recovery_codes_left(user=ana) == 10
    assert factor_exists(user=ana)
    shown = ana_client.get(SECURITY).content.decode()
    assert "Portátil" in shown
    again = add(ana_client, Device(), "Llavero")
    assert again.status_code == 302
    assert Authenticator.objects.filter(user=ana, type="webauthn").count() == 2


def test_it_opens_the_back_office_without_name_password_and_code(ana, device, visitor):
    answer = log_in(visitor, device, next="/backoffice/customers/")

    assert answer.headers["location"] == "/backoffice/customers/"
    assert visitor.get(SECURITY).status_code == 200
    deeds = AuditEntry.objects.filter(subject_id=str(ana.pk)).values_list("action", flat=True)
    assert {"customers.staff.passkey_added", "customers.staff.logged_in"} <= set(deeds)


def test_it_stands_for_the_code_after_the_password(ana, device, visitor, staff_password):
    assert staff_password(ana.email).headers["location"] == "/backoffice/login/code/"
    assert "/backoffice/login/code/passkey/" in visitor.get("/backoffice/login/code/").text

    answer = visitor.post(CODE, {"answer": device.use(asked(visitor, f"{CODE}ask/"))})

    assert answer.headers["location"] == "/backoffice/"
    assert visitor.get(SECURITY).status_code == 200


def test_after_somebody_elses_password_it_opens_nothing(
    beto, device, staff_client, visitor, staff_password
):
    add(staff_client(beto), Device())
    staff_password(beto.email)

    answer = visitor.post(CODE, {"answer": device.use(asked(visitor, f"{CODE}ask/"))})

    assert answer.status_code == 422
    assert visitor.get(SECURITY).status_code == 302


@pytest.mark.parametrize(
    "spoil",
    [
        lambda device: setattr(device, "origin", "https://forged.example"),
        lambda device: setattr(device, "seen", 0x01),
        lambda device: setattr(device, "handle", b"user:0"),
        lambda device: setattr(device, "counter", device.counter - 1),
        lambda device: setattr(device, "id", b"unknown-to-us-16"),
        lambda device: setattr(device, "key", Device().key),
    ],
    ids=["another site", "no finger", "another person", "a copy", "unknown", "another key"],
)
def test_what_does_not_hold_opens_nothing_and_is_noted(device, visitor, spoil):
    log_in(visitor, device)
    visitor.post("/backoffice/logout/")
    spoil(device)

    answer = log_in(visitor, device)

    assert answer.status_code == 422
    assert "The passkey was not accepted" in answer.text
    assert visitor.get(SECURITY).status_code == 302
    assert AuditEntry.objects.filter(action="customers.staff.passkey_failed").count() == 1


def test_a_question_is_answered_once_and_in_the_session_that_asked(device, visitor):
    answer = device.use(asked(visitor, f"{LOGIN}ask/"))
    stranger = Client()
    asked(stranger, f"{LOGIN}ask/")

    assert stranger.post(LOGIN, {"answer": answer}).status_code == 422
    assert visitor.post(LOGIN, {"answer": answer}).status_code == 302
    visitor.post("/backoffice/logout/")
    assert visitor.post(LOGIN, {"answer": answer}).status_code == 422


@pytest.mark.parametrize("answer", ["", "x", "[]", '{"id": 1}', '{"response": {}}', "9" * 20_000])
def test_nonsense_is_refused(device, visitor, answer):
    asked(visitor, f"{LOGIN}ask/")

    assert visitor.post(LOGIN, {"answer": answer}).status_code == 422


def test_who_was_locked_out_stays_out(ana, device, visitor):
    ana.is_active = False
    ana.save()

    assert log_in(visitor, device).status_code == 422


def test_it_proves_who_acts_and_what_was_sent_goes_on(device, ana_client):
    late = prove(ana_client, minutes_ago=16)
    url = f"{SECURITY}passkeys/{Authenticator.objects.get(type='webauthn').pk}/remove/"
    page = late.post(url)
    assert page.status_code == 403
    assert "/backoffice/security/passkeys/ask/" in page.text
    answer = device.use(asked(late, f"{SECURITY}passkeys/ask/"))

    assert late.post(url, {"proof": "", "proof_passkey": answer}).status_code == 302

    assert not Authenticator.objects.filter(type="webauthn").exists()
    assert AuditEntry.objects.get(action="customers.staff.proved").data == {"by": "passkey"}


def test_the_last_factor_stays_where_one_is_required(ana, device, ana_client, settings):
    settings.STAFF_SECOND_FACTOR_REQUIRED = True
    url = f"{SECURITY}passkeys/{Authenticator.objects.get(type='webauthn').pk}/remove/"

    ana_client.post(url)

    assert factor_exists(user=ana)
    settings.STAFF_SECOND_FACTOR_REQUIRED = False
    ana_client.post(url)
    assert not factor_exists(user=ana)
    assert recovery_codes_left(user=ana) == 0


def test_somebody_elses_passkey_cannot_be_removed(ana, device, staff_client, beto):
    url = f"{SECURITY}passkeys/{Authenticator.objects.get(type='webauthn').pk}/remove/"

    staff_client(beto).post(url)

    assert factor_exists(user=ana)


def test_a_phone_set_up_later_leaves_the_passkey(ana, device, visitor, ana_factor):
    assert log_in(visitor, device).status_code == 302


def test_the_same_device_is_not_kept_twice(ana, device, ana_client):
    answer = add(ana_client, device)

    assert answer.status_code == 422
    assert "holds a passkey for you already" in answer.text


def test_at_an_address_without_a_name_the_page_says_why_not(ana_client):
    page = ana_client.get(f"{SECURITY}passkeys/new/", headers={"host": "127.0.0.1"})

    assert "open under a number" in page.text
    assert "data-passkey" not in page.text
