"""In production the first visitor does not become the owner: whoever has the set-up link does."""

import json
from io import StringIO

import pytest
import time_machine
from django.core import signing
from django.core.management import CommandError, call_command
from django.test import Client

from customers.models import User

NEW = {
    "name": "Dora Nahuel",
    "email": "dora@casaquillay.example",
    "password": "una-clave-larga-9",
}
WELCOME = "/backoffice/welcome/"


@pytest.fixture
def visitor(db: None, settings) -> Client:
    settings.SETUP_LINK_REQUIRED = True
    return Client()


def link() -> str:
    printed = StringIO()
    call_command("setup_link", "--json", stdout=printed)
    url: str = json.loads(printed.getvalue())["url"]
    return url


def test_without_the_link_nobody_becomes_the_owner(visitor):
    seen = visitor.get(visitor.get("/backoffice/login/").url)

    assert seen.status_code == 403
    assert "python3 manage.py setup_link" in seen.content.decode()
    assert 'name="password"' not in seen.content.decode()
    assert visitor.post(WELCOME, NEW).status_code == 403
    assert not User.objects.exists()


def test_the_link_of_the_command_makes_the_owner_once(visitor, settings):
    url = link()
    assert url.startswith(f"{settings.SITE_URL}{WELCOME}?token=")
    path = url.removeprefix(settings.SITE_URL)
    assert visitor.get(path).status_code == 200

    assert visitor.post(path, NEW).status_code == 302

    assert User.objects.get().email == "dora@casaquillay.example"
    other = Client().post(path, {**NEW, "email": "e@x.example"})
    assert (other.status_code, User.objects.count()) == (404, 1)
    with pytest.raises(CommandError, match="There is an owner already"):
        call_command("setup_link")


@pytest.mark.parametrize("salt", ["customers.first-owner.", "django.core.signing"])
def test_a_token_signed_for_something_else_opens_nothing(visitor, salt):
    token = signing.dumps("first-owner", salt=salt)
    assert visitor.post(f"{WELCOME}?token={token}", NEW).status_code == 403
    assert not User.objects.exists()


def test_the_link_holds_for_a_day(visitor, settings):
    with time_machine.travel("2026-01-01T10:00:00Z", tick=False):
        path = link().removeprefix(settings.SITE_URL)
    with time_machine.travel("2026-01-02T09:59:59Z", tick=False):
        assert visitor.get(path).status_code == 200
    with time_machine.travel("2026-01-02T10:00:02Z", tick=False):
        assert visitor.get(path).status_code == 403
