"""Log-in of customers, first and forgotten passwords. What is answered never tells who exists."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as live
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit import clock, outbox
from customers.models import Activity, Session
from customers.services.status import customer_deactivate, customer_disable
from tests.accounts import hashers
from tests.accounts.conftest import PASSWORD
from tests.accounts.storefront import CARLA, kinds_of, log_in
from tests.accounts.test_staff_login import plain

SHOP = live.SESSION_COOKIE_NAME


@pytest.mark.feature("J1")
def test_a_customer_logs_in_and_it_is_noted(carla, person, visitor):
    answer = log_in(visitor, " CARLA@correo.example")

    assert (answer.status_code, answer.url) == (302, "/account/")
    assert answer.cookies["language"].value == "es"
    person.refresh_from_db()
    assert person.login_count == 1
    assert clock.now() - person.last_login_at < timedelta(seconds=10)
    row = Activity.objects.get(customer=person, kind="login")
    assert (row.origin, row.ip, row.actor_id) == ("storefront", "127.0.0.1", carla.pk)
    assert "Carla Etxeberria" in visitor.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("address", "password"),
    [
        (CARLA, "not-her-password"),
        ("nobody@correo.example", PASSWORD),
        ("rayen@correo.example", PASSWORD),
        ("ana@casaquillay.example", "not-her-password"),
    ],
)
def test_every_wrong_login_gets_the_same_answer(ana, carla, lead, visitor, address, password):
    reference = log_in(visitor, "x@y.example", "something-else")

    answer = log_in(visitor, address, password)

    assert answer.status_code == reference.status_code == 422
    assert plain(answer.content) == plain(reference.content)
    assert set(answer.cookies) == set(reference.cookies)
    assert not Session.objects.filter(user__isnull=False).exists()


def test_a_failed_login_is_noted_for_the_person_that_exists(person, visitor):
    log_in(visitor, CARLA, "not-her-password")
    log_in(visitor, "nobody@correo.example", "not-her-password")
    assert kinds_of(person) == []

    outbox.dispatch()

    assert kinds_of(person) == ["login_failed"]
    assert Activity.objects.filter(kind="login_failed").count() == 1


def test_known_and_unknown_addresses_write_the_same(person, visitor):
    log_in(visitor, CARLA, "warm-up-of-caches")

    def statements(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            log_in(visitor, address, "not-the-password")
        return [re.sub(r"'[^']*'|\d+", "?", one["sql"])[:60] for one in seen.captured_queries]

    assert statements(CARLA) == statements("nobody@correo.example")


def test_asking_for_a_link_does_the_same_for_every_address(person, lead, visitor):
    def ask(address: str):
        with CaptureQueriesContext(connection) as seen:
            answer = visitor.post("/account/password/", {"email": address})
        shape = [re.sub(r"'[^']*'|\d+", "?", one["sql"])[:60] for one in seen.captured_queries]
        return answer.status_code, answer.url, shape

    ask("warm@up.example")
    answers = [ask(one) for one in (CARLA, "rayen@correo.example", "nobody@x.example", "odd")]

    assert all(answer == answers[0] for answer in answers)
    assert answers[0][:2] == (302, "/account/password/sent/")


def test_the_time_of_an_answer_tells_nothing(person, visitor, settings):
    """Hashing is what takes long: it is done for an address that nobody has too, and as long."""
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountedHasher"]
    person.user.set_password(PASSWORD)
    person.user.save()

    def hashed(address: str) -> list[int]:
        hashers.asked.clear()
        log_in(visitor, address, "not-the-password")
        return list(hashers.asked)

    assert hashed(CARLA) == hashed("nobody@correo.example") == [hashers.CountedHasher.iterations]


@pytest.mark.feature("US02")
def test_a_deactivated_customer_reads_contact_us_only_after_the_right_password(
    person, visitor, ana
):
    open_elsewhere = Client()
    log_in(open_elsewhere)
    customer_deactivate(customer=person, reason="asked for it", by=ana)

    wrong = log_in(visitor, CARLA, "not-her-password")
    right = log_in(visitor)

    assert "Contact us" not in wrong.content.decode()
    assert right.status_code == 422
    assert "Your account is paused. Contact us to use it again." in right.content.decode()
    assert open_elsewhere.get("/account/").status_code == 302
    assert not Session.objects.filter(user__isnull=False).exists()


def test_a_disabled_customer_is_not_told_more_than_a_stranger(person, visitor):
    reference = log_in(visitor, "x@y.example")
    customer_disable(customer=person, reason="fraud")

    answer = log_in(visitor)

    assert plain(answer.content) == plain(reference.content)


def test_a_person_of_the_team_without_a_record_is_shown_the_way(ana, visitor):
    answer = log_in(visitor, ana.email)

    assert answer.status_code == 422
    assert "This log-in is for the team." in answer.content.decode()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/account/data/", "/account/data/"),
        ("//evil.example/account/", "/account/"),
        ("https://evil.example", "/account/"),
        ("/backoffice/", "/account/"),
    ],
)
def test_next_leads_only_into_the_account(carla, visitor, target, expected):
    assert log_in(visitor, next=target).url == expected


def test_logging_out_needs_a_post_and_is_noted(person, visitor):
    log_in(visitor)
    key = visitor.cookies[SHOP].value
    assert visitor.get("/account/logout/").status_code == 405

    visitor.post("/account/logout/")

    assert not Session.objects.filter(session_key=key).exists()
    assert kinds_of(person) == ["login", "logout"]
