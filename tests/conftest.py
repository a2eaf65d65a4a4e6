"""The cast, and what every test stands on.

Ana owns the shop and may do all. Beto is an analyst: he only reads. Carla is a customer with a
log-in on the storefront.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client

from config.kit import clock, partitions
from config.kit.partitions import ledgers
from customers.models import Customer, User

PASSWORD = "una-clave-larga-9"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        partitions.make_partitions(back=1)
        _let_tests_empty_the_trail()


def _let_tests_empty_the_trail() -> None:
    """Tests that commit are cleared away by TRUNCATE; the test of that guard puts it back."""
    with connection.cursor() as cursor:
        for table in ("kit_auditentry", "kit_auditseal", "kit_auditvalues"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_never_emptied")


@pytest.fixture(autouse=True)
def folders_of_this_test(tmp_path: Path, settings: object) -> None:
    """Files and journals go to the test's own folder."""
    settings.FILES_DIR = tmp_path / "files"  # type: ignore[attr-defined]
    settings.JOURNAL_DIR = tmp_path / "journal"  # type: ignore[attr-defined]
    settings.FILES_DIR.mkdir()  # type: ignore[attr-defined]
    settings.JOURNAL_DIR.mkdir()  # type: ignore[attr-defined]
    cache.clear()


@pytest.fixture(autouse=True)
def ledgers_of_this_test(
    request: pytest.FixtureRequest, django_db_blocker: object
) -> Iterator[None]:
    """Django's flush knows no unmanaged table: what a committed test wrote there goes here."""
    yield
    mark = request.node.get_closest_marker("django_db")
    is_marked = mark is not None and mark.kwargs.get("transaction", False)
    if not is_marked and "transactional_db" not in request.fixturenames:
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        for table in ledgers:
            cursor.execute(f"TRUNCATE {table}")


def make_staff(email: str, name: str, role: str) -> User:
    user = User(email=email, name=name, is_staff=True, language="es")
    user.set_password(PASSWORD)
    user.save()
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def ana(db: None) -> User:
    return make_staff("ana@casaquillay.example", "Ana Millaray", "owner")


@pytest.fixture
def beto(db: None) -> User:
    return make_staff("beto@casaquillay.example", "Beto Arriagada", "analyst")


@pytest.fixture
def carla(db: None) -> User:
    user = User(email="carla@correo.example", name="Carla Etxeberria", language="es")
    user.set_password(PASSWORD)
    user.save()
    customer = Customer(
        user=user, first_name="Carla", last_name="Etxeberria", verified_at=clock.now()
    )
    customer.set_email("carla@correo.example")
    customer.save()
    return user


@pytest.fixture
def staff_client() -> Callable[[User], Client]:
    """``staff_client(ana)``: a client whose staff session has passed the log-in."""

    def enter(user: User) -> Client:
        client = Client()
        from customers.sessions import SessionStore

        session = SessionStore(scope="backoffice")
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session["staff_verified"] = True
        session["proved_at"] = int(clock.now().timestamp())
        session.save()
        client.cookies[settings.STAFF_SESSION_COOKIE_NAME] = session.session_key
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return enter


@pytest.fixture
def ana_client(ana: User, staff_client: Callable[[User], Client]) -> Client:
    return staff_client(ana)


@pytest.fixture
def beto_client(beto: User, staff_client: Callable[[User], Client]) -> Client:
    return staff_client(beto)


@pytest.fixture
def carla_client(carla: User) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(carla)
    return client


@pytest.fixture
def make_customer(db: None) -> Callable[..., Customer]:
    """``make_customer("ana@x.cl", first_name=…)``: a live customer with an address."""

    def make(email: str = "", **values: object) -> Customer:
        customer = Customer(**values)
        if email:
            customer.set_email(email)
        customer.save()
        customer.refresh_from_db()
        return customer

    return make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI a missing feature is an error, not a skip."""
    if os.environ.get("REQUIRE_ALL_FEATURES") != "1":
        return
    for item in items:
        for mark in item.iter_markers("skipif"):
            if mark.args and mark.args[0]:
                pytest.fail(f"{item.nodeid} would be skipped: {mark.kwargs.get('reason')}")
