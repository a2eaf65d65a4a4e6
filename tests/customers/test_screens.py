"""The screens of the customers, as staff use them: list, record, forms, settings."""

import pytest
from django.test import Client

from config.kit.jobs.services import job_run_now
from config.kit.models import Job
from customers.models import Category, Customer, CustomField, Tag
from customers.services.tags import tag_add
from targets.services.targets import target_create
from tests.customers.screens import EMPTY_FORM, LIST, NEW, record_url


@pytest.mark.feature("O17", "O18", "US04")
def test_an_email_alone_makes_a_record(ana_client: Client):
    answer = ana_client.post(NEW, {**EMPTY_FORM, "email": "Nahuel@Correo.example"})
    customer = Customer.objects.get(email_key="nahuel@correo.example")
    assert answer.status_code == 302
    assert answer["Location"] == record_url(customer)
    assert customer.email == "Nahuel@Correo.example"
    assert (customer.lifecycle, customer.status, customer.source) == ("lead", "active", "staff")
    assert customer.id_type == ""


@pytest.mark.feature("M14", "E7")
def test_the_till_makes_a_record_without_an_email(ana_client: Client):
    answer = ana_client.post(NEW, {**EMPTY_FORM, "first_name": "Rayén", "phone": "9 8412 3390"})
    assert answer.status_code == 302
    assert Customer.objects.get().phone == "+56984123390"


@pytest.mark.feature("M14")
def test_a_name_alone_identifies_nobody(ana_client: Client):
    answer = ana_client.post(NEW, {**EMPTY_FORM, "first_name": "Rayén"})
    assert answer.status_code == 422
    assert "Give at least an e-mail" in answer.content.decode()
    assert not Customer.objects.exists()


@pytest.mark.feature("E6", "E10", "E3")
def test_each_wrong_datum_is_said_at_its_place(ana_client: Client, make_customer):
    other = make_customer("v.rios@ejemplo.cl", first_name="Verónica", last_name="Ríos Arce")
    answer = ana_client.post(
        NEW,
        {
            **EMPTY_FORM,
            "id_number": "17.842.365-9",
            "birthday": "31-02-1992",
            "email": "V.Rios@ejemplo.cl",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The check digit is wrong. For 17.842.365 it is 7." in page
    assert "February has no day 31. Use day-month-year." in page
    answer = ana_client.post(NEW, {**EMPTY_FORM, "email": "V.Rios@ejemplo.cl"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'It already belongs to <a href="{record_url(other)}">Verónica Ríos Arce</a>.' in page
    assert Customer.objects.count() == 1


@pytest.mark.feature("E29")
def test_tags_and_categories_are_managed_in_the_settings(ana_client: Client, make_customer):
    ana_client.post(f"{LIST}tags/new/", {"name": "Frecuente", "color": "2"})
    twice = ana_client.post(f"{LIST}tags/new/", {"name": "FRECUENTE", "color": "2"})
    assert twice.status_code == 422
    tag = Tag.objects.get()
    person = make_customer("v@correo.example")
    tag_add(customer=person, names=["frecuente"])
    asked = ana_client.get(f"{LIST}tags/{tag.pk}/delete/").content.decode()
    assert "It is taken from 1 person." in asked
    assert "Delete tag" in asked
    rule = {"filter": "tags", "op": "any", "value": ["Frecuente"]}
    target = target_create(name="Fieles", rule={"version": 1, "rule": {"all": [rule]}})
    kept = ana_client.get(f"{LIST}tags/{tag.pk}/delete/").content.decode()
    assert "It cannot be deleted: it is used by Fieles." in kept
    assert "Delete tag" not in kept
    target.delete()
    ana_client.post(f"{LIST}categories/new/", {"name": "Minorista", "code": "", "description": ""})
    category = Category.objects.get()
    assert category.code == "minorista"
    asked = ana_client.get(f"{LIST}categories/{category.pk}/delete/").content.decode()
    assert "Delete category" in asked
    person.assignments.create(category=category)
    kept = ana_client.get(f"{LIST}categories/{category.pk}/delete/").content.decode()
    assert "1 person has this category" in kept
    assert "Delete category" not in kept
    ana_client.post(f"{LIST}categories/{category.pk}/delete/", {"confirmed": "1"})
    assert Category.objects.exists()
    page = ana_client.get(f"{LIST}categories/").content.decode()
    assert "1 person has this category" in page
    ana_client.post(f"{LIST}tags/{tag.pk}/delete/", {"confirmed": "1"})
    assert not person.taggings.exists()


@pytest.mark.feature("ST17")
def test_a_field_is_defined_ordered_disabled_and_deleted(ana_client: Client, make_customer):
    page = ana_client.post(
        f"{LIST}fields/new/",
        {"label": "Canal preferido", "kind": "dropdown", "options": "Web\nTienda"},
    )
    assert page.status_code == 302, page.content.decode()
    field = CustomField.objects.get(key="canal_preferido")
    assert field.options == [
        {"value": "web", "label": "Web"},
        {"value": "tienda", "label": "Tienda"},
    ]
    person = make_customer("v@correo.example", custom={"canal_preferido": "web"})
    edit = f"{LIST}fields/{field.pk}/"
    version = ana_client.get(edit).context["page"].version
    sent = {"label": "Canal preferido", "version": version}
    lost = ana_client.post(edit, {**sent, "options": "tienda = Tienda"})
    assert "1 person has “Web”" in lost.content.decode()
    ana_client.post(
        edit, {**sent, "label": "Canal", "options": "web = Web y tienda\ntienda = Tienda"}
    )
    assert "Web y tienda" in ana_client.get(record_url(person)).content.decode()
    ana_client.post(f"{LIST}fields/{field.pk}/move/up/")
    ana_client.post(f"{LIST}fields/{field.pk}/delete/", {"confirmed": "1", "phrase": "Canal"})
    assert CustomField.objects.filter(pk=field.pk).exists()
    ana_client.post(f"{LIST}fields/{field.pk}/switch/")
    assert "Web y tienda" not in ana_client.get(record_url(person)).content.decode()
    ana_client.post(f"{LIST}fields/{field.pk}/delete/", {"confirmed": "1", "phrase": "Canal"})
    job_run_now(job=Job.objects.get())
    person.refresh_from_db()
    assert person.custom == {}


@pytest.mark.feature("US01")
@pytest.mark.parametrize(
    "path", ["new/", "{id}/edit/", "{id}/trash/", "{id}/status/deactivated/", "tags/new/"]
)
def test_who_only_reads_changes_nothing(beto_client: Client, make_customer, path):
    person = make_customer("v@correo.example")
    url = LIST + path.replace("{id}", str(person.public_id))
    assert beto_client.get(url).status_code == 403
    assert beto_client.post(url, {"confirmed": "1"}).status_code == 403
    person.refresh_from_db()
    assert (person.status, person.trashed_at, person.version) == ("active", None, 1)


@pytest.mark.feature("US01")
def test_who_only_reads_sees_no_buttons(beto_client: Client, make_customer):
    person = make_customer("v@correo.example")
    assert "New customer" not in beto_client.get(LIST).content.decode()
    page = beto_client.get(record_url(person)).content.decode()
    assert "/edit/" not in page
    assert "/trash/" not in page


@pytest.mark.feature("US01", "US04", "US06", "US12")
@pytest.mark.parametrize(
    "path",
    [
        "",
        "new/",
        "{id}/",
        "{id}/details/",
        "{id}/notes/",
        "{id}/edit/",
        "{id}/addresses/new/",
        "{id}/status/deactivated/",
        "fields/",
        "fields/new/",
        "tags/",
        "categories/",
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_screen_is_there_in_both_languages(ana_client, make_customer, path, language):
    person = make_customer("v@correo.example", first_name="Valentina", country="CL")
    ana_client.cookies["language"] = language
    answer = ana_client.get(LIST + path.replace("{id}", str(person.public_id)))
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()
