"""Staff see the storefront as a customer sees it: everything, for a while, and reading only."""

from datetime import timedelta

import pytest
from django.test import Client

from config.kit import clock
from config.kit.models import AuditEntry
from customers.models import Customer, Session
from customers.sessions import STOREFRONT
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_staff_people import prove

pytestmark = pytest.mark.django_db


def url_of(customer: Customer) -> str:
    return f"/backoffice/customers/{customer.public_id}/view-as/"


@pytest.fixture
def looking(ana_client: Client, person: Customer) -> Client:
    """Ana, looking at what Carla sees."""
    answer = ana_client.post(url_of(person), {"confirmed": "1"})
    assert answer.headers["location"] == "/account/"
    return ana_client


@pytest.mark.feature("US13")
def test_the_account_is_shown_with_whose_it_is_and_the_trail_says_who_looked(ana, looking, person):
    home = looking.get("/account/")
    data = looking.get("/account/data/")

    assert "Carla Etxeberria</strong>" in home.text
    assert 'value="carla@correo.example"' in data.text or "carla@correo.example" in data.text
    assert home.headers["cache-control"] == "no-store, private"
    seen = AuditEntry.objects.filter(action="customers.customer.page_viewed_as").order_by("id")
    assert [(one.actor_id, one.data) for one in seen] == [
        (ana.pk, {"page": "account:home"}),
        (ana.pk, {"page": "account:data"}),
    ]


def test_the_person_is_not_logged_in_by_it(looking, person, carla):
    looking.get("/account/")

    person.refresh_from_db()
    carla.refresh_from_db()
    assert (person.last_login_at, person.login_count, carla.last_login) == (None, 0, None)
    assert not Session.objects.filter(user=carla).exists()


def test_nothing_can_be_sent(looking, person):
    for page in ("/account/data/", "/account/consents/", "/account/security/password/"):
        answer = looking.post(page, {"first_name": "Otra", "version": person.version})
        assert (page, answer.status_code) == (page, 403)
    before = person.version
    person.refresh_from_db()
    assert (person.first_name, person.version) == ("Carla", before)


def test_it_ends_by_itself_by_hand_and_with_the_right(looking, ana, person, monkeypatch):
    back = looking.post("/account/viewing/end/")
    assert back.headers["location"] == f"/backoffice/customers/{person.public_id}/"
    assert looking.get("/account/").status_code == 302

    looking.post(url_of(person), {"confirmed": "1"})
    ana.groups.clear()
    assert looking.get("/account/").status_code == 302


def test_after_a_quarter_of_an_hour_it_is_over(looking, monkeypatch):
    later = clock.now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert looking.get("/account/").status_code == 302


def test_who_logs_in_there_sees_their_own(looking, make_customer, carla):
    looking.post("/account/login/", {"email": carla.email, "password": PASSWORD})

    assert "viewing-bar" not in looking.get("/account/").text
    assert looking.post("/account/data/", {"version": "0"}).status_code == 422


def test_who_has_no_log_in_or_may_not_log_in_cannot_be_looked_at(ana_client, make_customer, person):
    nobody = make_customer("rayen@correo.example")
    person.status = Customer.Status.DEACTIVATED
    person.save()

    for one in (nobody, person):
        answer = ana_client.post(url_of(one), {"confirmed": "1"})
        assert answer.headers["location"] == f"/backoffice/customers/{one.public_id}/"
    assert not Session.objects.filter(scope=STOREFRONT).exists()


def test_it_takes_the_right_and_a_fresh_proof(ana_client, beto, staff_client, person):
    assert staff_client(beto).get(url_of(person)).status_code == 403

    late = prove(ana_client, minutes_ago=16)
    assert late.post(url_of(person), {"confirmed": "1"}).status_code == 403
    assert late.get("/account/").status_code == 302
