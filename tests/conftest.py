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
from django.test import Client, TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from config.kit import clock, partitions
from customers.models import Customer, User
from tests.cleaning import Database
from tests.first_database import FirstDatabase

PASSWORD = "una-clave-larga-9"


@pytest.fixture(scope="session")
def first_database(tmp_path_factory: pytest.TempPathFactory) -> FirstDatabase | None:
    """What the workers of one run share; a process that tests alone shares nothing."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    return FirstDatabase(tmp_path_factory.getbasetemp().parent) if is_worker else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, first_database: FirstDatabase | None
) -> None:
    if first_database:
        first_database.use()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    first_database: FirstDatabase | None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    with django_db_blocker.unblock():
        partitions.make_partitions(back=1)
        if first_database:
            first_database.keep()
        untouched = Database.now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: untouched.restore())
        yield
    if first_database:
        with django_db_blocker.unblock():
            first_database.drop()


@pytest.fixture(autouse=True)
def folders_of_this_test(tmp_path: Path, settings: object) -> None:
    """Files and journals go to the test's own folder."""
    settings.FILES_DIR = tmp_path / "files"  # type: ignore[attr-defined]
    settings.JOURNAL_DIR = tmp_path / "journal"  # type: ignore[attr-defined]
    settings.FILES_DIR.mkdir()  # type: ignore[attr-defined]
    settings.JOURNAL_DIR.mkdir()  # type: ignore[attr-defined]
    cache.clear()


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
        session["proved_at"] = session["seen_at"] = int(clock.now().timestamp())
        session.save()
        assert session.session_key is not None
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Shuffled, but the browser's and the long ones first, which no worker should begin at the end."""
    yield
    items.sort(key=lambda item: [not item.get_closest_marker(one) for one in ("browser", "slow")])
    refuse_skips(items)


def refuse_skips(items: list[pytest.Item]) -> None:
    """In CI a missing feature is an error, not a skip."""
    if os.environ.get("REQUIRE_ALL_FEATURES") != "1":
        return
    for item in items:
        for mark in item.iter_markers("skipif"):
            if mark.args and mark.args[0]:
                pytest.fail(f"{item.nodeid} would be skipped: {mark.kwargs.get('reason')}")
