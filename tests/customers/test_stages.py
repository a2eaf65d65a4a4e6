"""Leads and customers: two groups, and how somebody goes from one to the other."""

import pytest
from django.test import Client

from config.kit.models import AuditEntry, OutboxEvent
from customers.models import Activity, Customer
from customers.services.profile import customer_create
from customers.services.stages import customer_convert

LIST = "/backoffice/customers/"


@pytest.mark.feature("O3", "O5")
def test_a_lead_becomes_a_customer_once_and_the_first_reason_stays(ana):
    lead = customer_create(profile={"email": "rayen@correo.example"}, by=ana)
    assert (lead.lifecycle, lead.lifecycle_reason) == ("lead", "staff")

    assert customer_convert(customer=lead, reason="order", note="#1042") is True
    first = Customer.objects.get()
    assert customer_convert(customer=lead, reason="staff", by=ana) is False

    after = Customer.objects.get()
    assert (after.lifecycle, after.lifecycle_reason, after.version) == ("customer", "order", 2)
    assert after.lifecycle_at == first.lifecycle_at > lead.lifecycle_at
    row = Activity.objects.get(kind="stage_changed")
    assert row.data == {"to": "customer", "reason": "order", "note": "#1042"}
    assert AuditEntry.objects.filter(action="customers.customer.stage_changed").count() == 1
    assert OutboxEvent.objects.filter(name="customers.customer_updated").count() == 1
    with pytest.raises(KeyError):
        customer_convert(customer=lead, reason="whim")


@pytest.mark.feature("O3", "O5")
def test_two_groups_with_counts_and_a_label_with_reason_and_date(ana_client: Client):
    ana_client.post(f"{LIST}new/", {"email": "rayen@correo.example", "lifecycle": "lead"})
    ana_client.post(f"{LIST}new/", {"email": "vicente@correo.example", "lifecycle": "lead"})
    lead = Customer.objects.get(email="rayen@correo.example")
    url = f"{LIST}{lead.public_id}/"
    assert "Lead since" in ana_client.get(url).content.decode()
    assert "Make this lead a customer" in ana_client.get(url).content.decode()

    ana_client.post(f"{url}convert/", {"confirmed": "1", "note": "Compró por teléfono"})

    page = ana_client.get(url).content.decode()
    assert "Customer since" in page
    assert "By hand · Compró por teléfono" in page
    assert "Make this lead a customer" not in page
    for view, names in (("customers", ["rayen@"]), ("leads", ["vicente@"])):
        shown = ana_client.get(f"{LIST}?view={view}&columns=name&columns=stage").content.decode()
        assert [one for one in ("rayen@", "vicente@") if one in shown] == names
        assert "· By hand" in shown
    again = ana_client.post(f"{url}convert/", {"confirmed": "1"}, follow=True).content.decode()
    assert "This person is a customer already." in again


@pytest.mark.feature("O3")
def test_an_edit_of_the_stage_is_told_like_any_other_change_of_it(ana_client: Client, ana):
    person = customer_create(profile={"email": "v@correo.example"}, by=ana)
    ana_client.post(
        f"{LIST}{person.public_id}/edit/",
        {"email": "v@correo.example", "lifecycle": "customer", "version": "1"},
    )
    row = Activity.objects.get(kind="stage_changed")
    assert (row.data["to"], row.data["reason"], row.actor_id) == ("customer", "staff", ana.pk)


@pytest.mark.feature("J7")
def test_the_list_shows_where_people_are_and_what_a_bill_needs(ana_client: Client, make_customer):
    person = make_customer(
        "rosa@correo.example",
        first_name="Rosa",
        phone="+56984123390",
        id_type="cl_rut",
        id_number="123456785",
        city="Ancud",
    )
    person.addresses.create(line1="Arturo Prat 12", city="Ancud", is_main=True)
    person.addresses.create(line1="Otra 1", city="Lota")
    make_customer("sin@correo.example")
    wanted = "name,city,phone,document,address"
    page = ana_client.get(f"{LIST}?columns={wanted}").content.decode()
    for text in ("Rosa", "rosa@correo.example", "Ancud", "+56 9 8412 3390", "12.345.678-5"):
        assert text in page
    assert "Arturo Prat 12" in page
    assert "Otra 1" not in page
    assert "sin@correo.example" in page
