"""The ledger: links, staff with evidence, blocked addresses, the chain."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from customers.models import (
    ConsentEvent,
    ConsentSeal,
    ConsentState,
    Customer,
    Session,
    Suppression,
)
from customers.selectors.gate import may_send
from customers.services.consent import (
    consent_record,
    consent_withdraw_by_link,
    suppression_add,
    suppression_remove,
)
from customers.services.consent_seals import broken_consent_seals, consent_seal

LINK = {"channel": "email", "purpose": "marketing", "ip": "203.0.113.9", "user_agent": "Mail/1"}


def grant(customer: Customer, *, occurred_at: datetime | None = None) -> ConsentEvent:
    return consent_record(
        customer=customer,
        channel="email",
        value="granted",
        source="form",
        occurred_at=occurred_at,
    )


@pytest.fixture
def person(make_customer: Callable[..., Customer]) -> Customer:
    return make_customer("rayen@correo.example", first_name="Rayén")


def tamper(sql: str, *params: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL clientela.ledger_maintenance = 'on'")
        cursor.execute(sql, params)
        cursor.execute("SET LOCAL clientela.ledger_maintenance = 'off'")


@pytest.mark.feature("O14")
def test_an_unsubscribe_link_withdraws_once(person):
    grant(person)

    assert consent_withdraw_by_link(customer=person, **LINK) is True
    assert consent_withdraw_by_link(customer=person, **LINK) is False

    row = ConsentEvent.objects.latest("id")
    assert ConsentEvent.objects.count() == 2
    assert (row.value, row.source, row.ip, row.user_agent) == (
        "withdrawn",
        "unsubscribe",
        "203.0.113.9",
        "Mail/1",
    )
    assert may_send(person, channel="email", purpose="marketing").reason == "unsubscribed"


def test_who_was_never_asked_may_still_say_no(person):
    assert consent_withdraw_by_link(customer=person, **LINK) is True

    assert ConsentState.objects.get(customer=person).value == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_write_one_statement(person):
    gate, results = threading.Barrier(5), []

    def click() -> None:
        gate.wait()
        results.append(consent_withdraw_by_link(customer=person, **LINK))
        connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False] * 4 + [True]
    assert ConsentEvent.objects.count() == 1


def test_the_panel_shows_states_and_history_with_proof(person, ana_client):
    grant(person, occurred_at=clock.now() - timedelta(days=3))
    consent_withdraw_by_link(customer=person, **LINK)

    html = ana_client.get(
        reverse("customers:panel", args=[person.public_id, "consents"])
    ).content.decode()

    for text in ("Withdrawn", "Granted", "Unsubscribe link", "203.0.113.9", "Note a statement"):
        assert text in html


def statement(client, person: Customer, **values: str):
    url = reverse("consents:statement_create", args=[person.public_id])
    return client.post(url, {"channel": "email", "purpose": "marketing", **values})


@pytest.mark.feature("O14")
def test_staff_grant_only_with_evidence(person, ana, ana_client):
    refused = statement(ana_client, person, value="granted", evidence="  ")
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["evidence"]
    assert not ConsentEvent.objects.exists()

    accepted = statement(ana_client, person, value="granted", evidence="Hoja firmada 14")

    assert accepted.status_code == 302
    row = ConsentEvent.objects.get()
    assert (row.value, row.source, row.evidence, row.actor_id) == (
        "granted",
        "staff",
        "Hoja firmada 14",
        ana.pk,
    )
    entry = AuditEntry.objects.get(action="customers.consent.recorded")
    assert (entry.actor_id, entry.data["value"]) == (ana.pk, "granted")


def test_staff_withdraw_without_evidence_and_for_a_past_day(person, ana_client):
    grant(person, occurred_at=clock.now() - timedelta(days=9))
    day = clock.today() - timedelta(days=2)

    statement(ana_client, person, value="withdrawn", said_on=day.isoformat())

    state = ConsentState.objects.get(customer=person)
    assert state.value == "withdrawn"
    assert state.since.astimezone(clock.site_zone()).date() == day


def test_nobody_agreed_in_the_future(person, ana_client):
    day = clock.today() + timedelta(days=1)

    answer = statement(
        ana_client, person, value="granted", evidence="Hoja 14", said_on=day.isoformat()
    )

    assert list(answer.context["form"].errors) == ["said_on"]
    assert not ConsentEvent.objects.exists()


def test_who_only_reads_cannot_note_statements(person, beto_client):
    assert statement(beto_client, person, value="withdrawn").status_code == 403
    assert not ConsentEvent.objects.exists()
    panel = reverse("customers:panel", args=[person.public_id, "consents"])
    assert "Note a statement" not in beto_client.get(panel).content.decode()


def test_a_person_who_does_not_exist_is_404(ana_client):
    url = reverse("consents:statement_create", args=["00000000-0000-4000-8000-000000000000"])
    assert ana_client.get(url).status_code == 404


@pytest.mark.feature("US10")
def test_the_login_panel_tells_the_state_of_the_password(carla, person, ana_client):
    with_login = reverse("customers:panel", args=[carla.customer.public_id, "login"])
    without = reverse("customers:panel", args=[person.public_id, "login"])

    assert "None yet" in ana_client.get(without).content.decode()
    assert "None yet" not in ana_client.get(with_login).content.decode()


def test_staff_end_a_customers_sessions_but_not_a_colleagues(
    carla, carla_client, ana_client, beto_client
):
    assert carla_client.get("/account/").status_code == 200
    url = reverse("consents:sessions_end", args=[carla.customer.public_id])
    assert beto_client.post(url).status_code == 403
    assert ana_client.get(url).status_code == 405

    ana_client.post(url)

    assert carla_client.get("/account/").status_code == 302
    assert Session.objects.filter(scope="backoffice").count() == 2
    assert AuditEntry.objects.get(action="customers.customer.sessions_ended").data == {
        "sessions": 1
    }


def test_a_blocked_address_stays_blocked_with_its_first_reason(person, ana):
    grant(person)
    suppression_add(address=" RAYEN@Correo.example", reason="hard_bounce", detail="550 5.1.1")
    suppression_add(address="rayen@correo.example", reason="manual", by=ana)

    row = Suppression.objects.get()
    assert (row.address_key, row.reason, row.detail) == (
        "rayen@correo.example",
        "hard_bounce",
        "550 5.1.1",
    )
    assert may_send(person, channel="email", purpose="marketing").reason == "suppressed"
    assert may_send(person, channel="email", purpose="transactional").reason == "suppressed"

    suppression_remove(suppression=row, by=ana)

    assert may_send(person, channel="email", purpose="marketing").allowed
    entry = AuditEntry.objects.get(action="customers.suppression.removed")
    assert "rayen" not in str(entry.data)


def test_the_chain_covers_every_statement_once(person):
    for _n in range(5):
        grant(person)

    assert (consent_seal(limit=3), consent_seal(), consent_seal()) == (3, 2, 0)
    assert ConsentSeal.objects.count() == 5
    assert broken_consent_seals() == 0


@pytest.mark.parametrize(
    "change",
    [
        "value = 'withdrawn'",
        "evidence = 'made up'",
        "ip = '198.51.100.1'",
        "wording = 'I want everything'",
        "occurred_at = occurred_at - interval '1 day'",
        "customer_id = customer_id + 1",
    ],
)
def test_any_change_of_a_sealed_statement_shows(person, change):
    events = [grant(person) for _n in range(3)]
    consent_seal()

    tamper(f"UPDATE customers_consentevent SET {change} WHERE id = %s", events[1].pk)

    assert broken_consent_seals() == 1


def test_a_removed_statement_shows(person):
    events = [grant(person) for _n in range(3)]
    consent_seal()

    tamper("DELETE FROM customers_consentevent WHERE id = %s", events[1].pk)

    assert broken_consent_seals() == 1


def test_an_erasure_of_the_personal_values_keeps_the_chain(person):
    event = grant(person)
    grant(person)
    consent_seal()

    tamper(
        "UPDATE customers_consentevent SET ip = NULL, user_agent = '', evidence = '' WHERE id = %s",
        event.pk,
    )
    tamper("UPDATE customers_consentseal SET salt = '' WHERE event_id = %s", event.pk)

    assert broken_consent_seals() == 0


@pytest.mark.parametrize("table", ["customers_consentevent", "customers_consentseal"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_ledger_and_chain_refuse_changes(person, table, verb):
    grant(person)
    consent_seal()

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))


def test_a_statement_in_an_unknown_channel_is_refused(person):
    with pytest.raises(DomainError, match="consent_unknown"):
        consent_record(customer=person, channel="fax", value="granted", source="form")
