"""Clients that know nobody yet, codes of a phone, and the mails that log-ins ask for."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client

from config.kit import outbox
from config.kit.models import OutboxEvent
from customers.models import Customer, User
from customers.services.second_factor import factor_activate, factor_secret_new

PASSWORD = "una-clave-larga-9"


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the phone shows now, or some steps of 30 seconds later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


@pytest.fixture
def visitor() -> Client:
    """Somebody at a browser who is not logged in and reads English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def mails_due(db: None) -> Callable[[], list[dict[str, object]]]:
    """``mails_due()``: the mails that the questions asked so far have led to."""

    def run() -> list[dict[str, object]]:
        OutboxEvent.objects.filter(name="customers.account_mail_requested").delete()
        outbox.dispatch()
        waiting = OutboxEvent.objects.filter(name="customers.account_mail_requested")
        return [event.payload for event in waiting.order_by("id")]

    return run


@pytest.fixture
def ana_factor(ana: User) -> tuple[str, list[str]]:
    """Ana has a second factor: its secret and her recovery codes. The code of now is used."""
    secret = factor_secret_new()
    codes = factor_activate(user=ana, secret=secret, code=code_of(secret, steps=-1))
    return secret, codes


@pytest.fixture
def staff_password(visitor: Client) -> Callable[..., object]:
    """``staff_password("ana@…")``: type address and password at the staff log-in."""

    def send(address: str, password: str = PASSWORD, **more: str) -> object:
        return visitor.post("/backoffice/login/", {"email": address, "password": password, **more})

    return send


@pytest.fixture
def person(carla: User) -> Customer:
    return Customer.objects.get(user=carla)


@pytest.fixture
def lead(make_customer: Callable[..., Customer]) -> Customer:
    """Somebody whom the shop knows, without a log-in."""
    return make_customer("rayen@correo.example", first_name="Rayén", last_name="Huenchumilla")
