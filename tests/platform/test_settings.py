"""A production installation whose settings are missing or contradict each other does not start."""

import runpy
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from config.supervisor import database
from config.supervisor.checks import production
from config.supervisor.places import ROOT

COMPLETE = {
    **production(),
    "DATABASE_URL": "postgresql://clientela:secret@db.example:5432/clientela?sslmode=require",
    "REDIS_URL": "rediss://cache.example:6379/0",
}
REQUIRED = (
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_URL",
    "ENCRYPTION_KEYS",
    "REDIS_URL",
    "SECRET_KEY",
    "SITE_URL",
)
OTHERS = ("DEBUG", "STAFF_SECOND_FACTOR_REQUIRED", "VAR_DIR", "LOG_LEVEL", "BOUNCE_ADDRESS")


@pytest.fixture
def production_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in OTHERS:
        monkeypatch.delenv(name, raising=False)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def read() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "config" / "settings" / "__init__.py"))


def test_a_complete_production_environment_is_read(production_environment):
    read_settings = read()

    assert read_settings["DATABASES"]["default"]["HOST"] == "db.example"
    assert read_settings["DATABASES"]["default"]["PASSWORD"] == "secret"
    assert read_settings["DATABASES"]["default"]["OPTIONS"]["sslmode"] == "require"
    assert read_settings["CELERY_BROKER_URL"] == "rediss://cache.example:6379/0"
    assert read_settings["EMAIL"]["tls"] == "starttls"
    assert read_settings["BOUNCE_ADDRESS"] == "bounces@clientela.example"
    assert read_settings["SETUP_LINK_REQUIRED"]
    assert read_settings["STAFF_SECOND_FACTOR_REQUIRED"]
    assert not read_settings["DEBUG"]


@pytest.mark.parametrize("value", [None, "", "  "])
@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_missing_is_named(production_environment, name, value):
    if value is None:
        production_environment.delenv(name)
    else:
        production_environment.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "true"),
        ("STAFF_SECOND_FACTOR_REQUIRED", "off"),
        ("MAILBOX_DIR", "/var/lib/mailbox"),
        ("SITE_URL", "http://clientela.example"),
        ("ALLOWED_HOSTS", "another.example"),
    ],
)
def test_what_contradicts_production_is_named(production_environment, name, value):
    production_environment.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"),
        ("DEBUG", "perhaps"),
        ("DATABASE_URL", "mysql://db.example/clientela"),
        ("DATABASE_URL", "postgresql://db.example"),
        ("DATABASE_URL", "postgresql://db.example:port/clientela"),
        ("REDIS_URL", "amqp://cache.example"),
        ("EMAIL_URL", "http://mail.example"),
        ("EMAIL_URL", "smtp://mail.example:99999"),
        ("EMAIL_URL", "smtp://mail.example?tls=perhaps"),
        ("DEFAULT_FROM_EMAIL", "Tienda"),
        ("SITE_LANGUAGE", "fr"),
        ("SITE_TIME_ZONE", "America/Atlantis"),
        ("SITE_COUNTRY", "Chile"),
        ("SITE_CURRENCY", "$"),
        ("IMPORT_MAX_MB", "0"),
        ("SENDING_CONNECTIONS", "many"),
        ("SENDING_DOMAIN_RATES", "gmail.com"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_value_that_means_nothing_is_named(production_environment, name, value):
    production_environment.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read()


@pytest.mark.django_db
def test_a_server_that_is_too_old_is_refused_by_its_number(monkeypatch):
    checked = {"databases": ["default"], "tags": ["database"]}
    call_command("check", **checked)
    monkeypatch.setattr("config.kit.checks.OLDEST_POSTGRES", 99)
    with pytest.raises(SystemCheckError, match=r"is PostgreSQL \d+.\n\tHINT: Clientela needs Pos"):
        call_command("check", **checked)
    with pytest.raises(SystemExit, match="Clientela needs PostgreSQL 99 or newer"):
        database.refuse_old_server()
