"""Who left, the way back with a proof, and blocked addresses."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.kit.models import AuditEntry
from customers.models import ConsentEvent, Customer, Suppression, User
from customers.selectors.gate import may_send
from customers.services.activity import activity_record
from customers.services.consent import consent_record, suppression_add
from messaging.models import Campaign

pytestmark = [pytest.mark.django_db, pytest.mark.feature("MS05")]
LIST = "/backoffice/unsubscriptions/"
BLOCKED = f"{LIST}blocked/"
Reader = Callable[..., Customer]


def leave(customer: Customer, source: str = "unsubscribe") -> None:
    consent_record(customer=customer, channel="email", value="withdrawn", source=source)


def allowed(customer: Customer) -> bool:
    return may_send(customer, channel="email", purpose="marketing").allowed


def test_who_left_is_listed_with_source_and_campaign(
    ana_client: Client, reader: Reader, draft: Campaign
) -> None:
    nekane = reader("nekane@correo.example", first_name="Nekane")
    reader("stays@correo.example", first_name="Quedada")
    leave(nekane)
    activity_record(customer_id=nekane.pk, kind="email_unsubscribed", context_id=draft.pk)

    html = ana_client.get(LIST).content.decode()
    assert " object (" not in html

    assert "Nekane" in html
    assert "Link in a mail" in html
    assert reverse("messaging:campaign", args=[draft.public_id]) in html
    assert "Quedada" not in html


def test_filter_by_source_and_search(ana_client: Client, reader: Reader) -> None:
    for name, source in (("Nekane", "unsubscribe"), ("Lautaro", "staff")):
        leave(reader(f"{name.lower()}@correo.example", first_name=name), source)

    by_source = ana_client.get(LIST, {"source": "staff", "f": "1"}).context["index"].rows
    by_name = ana_client.get(LIST, {"q": "nekane"}).context["index"].rows

    assert ["Lautaro" in row.cells[0].html for row in by_source] == [True]
    assert ["Nekane" in row.cells[0].html for row in by_name] == [True]


def test_subscribing_again_needs_a_proof(ana_client: Client, reader: Reader) -> None:
    customer = reader("nekane@correo.example", first_name="Nekane")
    leave(customer)
    url = reverse("messaging:resubscribe", args=[customer.public_id])
    before = ConsentEvent.objects.count()

    warned = ana_client.get(url)
    refused = ana_client.post(url, {"evidence": "   "})

    assert "said no to marketing mail" in warned.content.decode()
    assert refused.status_code == 422
    assert ConsentEvent.objects.count() == before
    assert not allowed(customer)


def test_the_proof_goes_to_the_ledger_with_who_wrote_it(
    ana_client: Client, ana: User, reader: Reader
) -> None:
    customer = reader("nekane@correo.example", first_name="Nekane")
    leave(customer)
    url = reverse("messaging:resubscribe", args=[customer.public_id])

    answer = ana_client.post(url, {"evidence": "Llamó el 12 de mayo."})

    event = ConsentEvent.objects.latest("id")
    assert answer.headers["Location"] == LIST
    assert (event.value, event.source, event.evidence) == (
        "granted",
        "staff",
        "Llamó el 12 de mayo.",
    )
    assert event.actor_id == ana.pk
    assert allowed(customer)
    assert AuditEntry.objects.filter(action="customers.consent.recorded").count() == 1


def test_who_has_not_left_cannot_be_subscribed_again(ana_client: Client, reader: Reader) -> None:
    customer = reader("nekane@correo.example")
    before = ConsentEvent.objects.count()

    answer = ana_client.post(
        reverse("messaging:resubscribe", args=[customer.public_id]), {"evidence": "x"}
    )

    assert answer.headers["Location"] == LIST
    assert ConsentEvent.objects.count() == before


def test_a_reader_may_look_and_not_subscribe(beto_client: Client, reader: Reader) -> None:
    customer = reader("nekane@correo.example")
    leave(customer)

    assert beto_client.get(LIST).status_code == 200
    url = reverse("messaging:resubscribe", args=[customer.public_id])
    assert beto_client.post(url, {"evidence": "x"}).status_code == 403
    assert not allowed(customer)


def test_blocking_and_unblocking_an_address(ana_client: Client, reader: Reader) -> None:
    customer = reader("nekane@correo.example", first_name="Nekane")

    ana_client.post(f"{BLOCKED}new/", {"address": "Nekane@Correo.example", "detail": "Lo pidió"})
    assert not allowed(customer)
    assert "Nekane" in ana_client.get(BLOCKED).content.decode()

    url = reverse("messaging:suppression-remove", args=[Suppression.objects.get().pk])
    asked = ana_client.post(url)
    assert asked.status_code == 200
    assert Suppression.objects.count() == 1

    ana_client.post(url, {"confirmed": "1"})
    assert Suppression.objects.count() == 0
    assert allowed(customer)
    assert AuditEntry.objects.filter(action="customers.suppression.removed").count() == 1


def test_a_reader_cannot_unblock(beto_client: Client) -> None:
    held = suppression_add(address="x@correo.example", reason="complaint")
    url = reverse("messaging:suppression-remove", args=[held.pk])

    assert beto_client.post(url, {"confirmed": "1"}).status_code == 403
    assert Suppression.objects.count() == 1


def test_an_address_that_is_none_is_refused_at_its_field(ana_client: Client) -> None:
    answer = ana_client.post(f"{BLOCKED}new/", {"address": "no es"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["address"]
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize("path", [LIST, BLOCKED])
def test_lists_ask_the_same_number_of_questions_for_any_number(
    path: str, ana_client: Client, reader: Reader
) -> None:
    def add(start: int, end: int) -> None:
        for number in range(start, end):
            leave(reader(f"p{number}@correo.example"))
            suppression_add(address=f"p{number}@correo.example", reason="complaint")

    add(0, 1)
    ana_client.get(path)
    with CaptureQueriesContext(connection) as few:
        ana_client.get(path)
    add(1, 12)
    with CaptureQueriesContext(connection) as many:
        ana_client.get(path)

    assert len(many) == len(few)
