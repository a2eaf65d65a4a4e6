"""How complete a record is, and the link with which a person fills in what is missing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from config.kit import clock
from config.kit.errors import DomainError
from customers.backoffice.filters import CustomerFilter
from customers.models import Activity, Address, ConsentState, Customer, CustomField, DataRequest
from customers.privacy.services import customer_block
from customers.selectors.completeness import completeness_of
from customers.selectors.locks import locks_of, provenance_of
from customers.services.data_requests import (
    data_request_create,
    data_request_link,
    data_request_revoke,
)
from customers.services.record_rules import record_rules_set
from messaging.models import TransactionalMail
from messaging.services.account_mails import account_letter

pytestmark = [pytest.mark.feature("M17"), pytest.mark.django_db]


@pytest.fixture
def person(make_customer: Callable[..., Customer]) -> Customer:
    return make_customer("rayen@correo.example", first_name="Rayén", last_name="Soto", country="CL")


@pytest.fixture
def visitor() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def path_of(made: DataRequest) -> str:
    return "/" + data_request_link(made).partition("//")[2].partition("/")[2]


def again(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def test_the_record_says_how_complete_it_is_and_what_is_missing(person, ana_client) -> None:
    found = completeness_of(person)
    assert (found.filled, found.expected, found.percent) == (3, 6, 50)
    assert list(found.missing) == ["phone", "city", "birthday"]
    text = ana_client.get(f"/backoffice/customers/{person.public_id}/").content.decode()
    assert "50% complete" in text
    record_rules_set(expected=["email", "address"])
    assert list(completeness_of(person).missing) == ["address"]
    Address.objects.create(customer=person, line1="Calle 1", is_main=True)
    assert completeness_of(person).percent == 100


def test_the_list_finds_who_lacks_something(person, make_customer) -> None:
    record_rules_set(expected=["city", "address", "birthday", "custom.generic_text_1"])
    whole = make_customer(
        "b@x.cl", city="Talca", birth_month=1, birth_day=2, custom={"generic_text_1": "x"}
    )
    Address.objects.create(customer=whole, line1="Calle 1", is_main=True)
    for value, people in (("yes", [whole]), ("no", [person])):
        rows = CustomerFilter({"complete": value}, queryset=Customer.objects.all()).qs
        assert list(rows) == people
    record_rules_set(expected=[])
    assert CustomerFilter({"complete": "no"}, queryset=Customer.objects.all()).qs.count() == 0


def test_the_person_fills_in_only_what_is_missing(person, ana, visitor) -> None:
    made = data_request_create(customer=person, is_mailed=False, by=ana)
    page = visitor.get(path_of(made))
    text = page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert ('name="phone"' in text, 'name="birthday"' in text) == (True, True)
    assert ('name="first_name"' in text, "Soto" in text, "rayen@" in text) == (False, False, False)
    bad = visitor.post(path_of(made), {"phone": "12", "birthday": "31-02-1990"})
    assert bad.status_code == 422
    assert visitor.post(path_of(made), {"phone": " "}).status_code == 422
    said = {"phone": "9 2222 2222", "birthday": "", "city": "Talca", "first_name": "Otra"}
    assert "Thank you" in visitor.post(path_of(made), said).content.decode()
    held = again(person)
    assert (held.phone, held.city, held.first_name) == ("+56922222222", "Talca", "Rayén")
    assert provenance_of(held)["phone"].source == "storefront"
    assert (locks_of(held).whole, locks_of(held).fields) == (None, {})
    told = Activity.objects.get(customer=person, kind="data_given")
    assert (told.data["fields"], told.origin) == (["phone", "city"], "storefront")
    assert not ConsentState.objects.filter(customer=person).exists()
    assert held.verified_at is None
    assert visitor.get(path_of(made)).status_code == 410
    assert visitor.post(path_of(made), said).status_code == 410


def test_what_staff_filled_in_meanwhile_stays(person, ana, visitor) -> None:
    made = data_request_create(customer=person, is_mailed=False, by=ana)
    Customer.objects.filter(pk=person.pk).update(phone="+56911111111")
    visitor.post(path_of(made), {"phone": "9 2222 2222", "city": "Talca"})
    assert (again(person).phone, again(person).city) == ("+56911111111", "Talca")


def test_address_document_and_own_fields_can_be_asked_for(person, ana, visitor) -> None:
    CustomField.objects.filter(key="generic_text_1").update(is_visible=True, is_editable=True)
    keys = ["id_number", "address", "custom.generic_text_1", "custom.generic_text_2"]
    record_rules_set(expected=keys)
    made = data_request_create(customer=person, is_mailed=False, by=ana)
    assert made.fields == keys[:3]
    said = {
        "id_type": "cl_rut",
        "id_number": "12.345.678-5",
        "line1": "Calle 1",
        "city": "Talca",
        "custom.generic_text_1": "Azul",
    }
    assert visitor.post(path_of(made), said).status_code == 200
    held = again(person)
    assert (held.id_number, held.custom["generic_text_1"], held.city) == ("123456785", "Azul", "")
    assert Address.objects.get(customer=person).city == "Talca"


def test_an_e_mail_of_somebody_else_is_not_told_and_not_taken(make_customer, ana, visitor) -> None:
    make_customer("otra@correo.example")
    till = make_customer(first_name="Sin", last_name="Correo", phone="+56911111111")
    made = data_request_create(customer=till, is_mailed=False, by=ana)
    answer = visitor.post(path_of(made), {"email": "OTRA@correo.example", "city": "Talca"})
    assert "Thank you" in answer.content.decode()
    assert (again(till).email, again(till).city) == ("", "Talca")
    assert Activity.objects.get(kind="data_given").data["email_taken"] is True


def test_a_link_that_ended_says_so(person, ana, visitor: Client) -> None:
    def dead(made: DataRequest) -> bool:
        return visitor.get(path_of(made)).status_code == 410

    first = data_request_create(customer=person, is_mailed=False, by=ana)
    second = data_request_create(customer=person, is_mailed=False, by=ana)
    assert (dead(first), dead(second)) == (True, False)
    assert data_request_revoke(data_request=second, by=ana)
    assert not data_request_revoke(data_request=second, by=ana)
    late = data_request_create(customer=person, is_mailed=False, by=ana)
    past = clock.now() - timedelta(days=20)
    DataRequest.objects.filter(pk=late.pk).update(
        created_at=past, expires_at=past + timedelta(days=1)
    )
    blocked = data_request_create(customer=person, is_mailed=False, by=ana)
    customer_block(customer=person, is_on=True, by=ana)
    assert [dead(one) for one in (second, late, blocked)] == [True, True, True]
    assert visitor.get("/data/0123:abc/").status_code == 410


def test_it_goes_by_mail_where_the_gate_lets_it(person, ana, ana_client, make_customer) -> None:
    url = f"/backoffice/customers/{person.public_id}/missing/"
    assert ana_client.get(f"{url}qr.svg").status_code == 404
    ana_client.post(url, {"act": "mail"})
    made = DataRequest.objects.get()
    subject, html, text = account_letter(
        TransactionalMail(kind="data_request", customer=person), language="en"
    )
    assert subject.startswith("Some of your data is missing at")
    assert data_request_link(made) in text
    assert "Complete my data" in html
    assert ana_client.get(f"{url}qr.svg")["Content-Type"] == "image/svg+xml"
    assert data_request_link(made) in ana_client.get(url).content.decode()
    ana_client.post(url, {"act": "revoke"})
    with pytest.raises(ValueError, match="nothing is asked"):
        account_letter(TransactionalMail(kind="data_request", customer=person), language="en")
    till = make_customer(first_name="Sin", phone="+56911111111")
    with pytest.raises(DomainError, match="no_mail"):
        data_request_create(customer=till, is_mailed=True, by=ana)


def test_who_only_reads_asks_nobody(person, beto_client: Any) -> None:
    url = f"/backoffice/customers/{person.public_id}/missing/"
    assert beto_client.post(url, {"act": "qr"}).status_code == 403
    assert not DataRequest.objects.exists()
