"""The seven types of custom fields, from the form to the record and back."""

import pytest
from django.test import Client

from customers.models import Customer, CustomField
from customers.services.custom_fields import custom_field_create

NEW = "/backoffice/customers/new/"


def define(label: str, kind: str, **values: object) -> CustomField:
    return custom_field_create(label=label, kind=kind, values=values)


@pytest.mark.feature("ST17", "ST18", "ST19", "ST20", "ST21", "ST22", "ST23")
@pytest.mark.parametrize(
    ("kind", "text", "kept", "shown"),
    [
        ("checkbox", "yes", True, "Yes"),
        ("checkbox", "no", False, "No"),
        ("date", "24-12-2026", "2026-12-24", "24 Dec 2026"),
        ("dropdown", "tienda", "tienda", "Tienda"),
        ("paragraph", "Uno\r\nDos", "Uno\nDos", "Uno<br>Dos"),
        ("number", "1,234.5", 1234.5, "1,234.50"),
        ("number", "-7", -7, "−7"),
        ("choice", "web", "web", "Web"),
        ("text", " Ñire ", "Ñire", "Ñire"),
    ],
)
def test_each_type_keeps_its_kind_of_value(ana_client: Client, kind, text, kept, shown):
    field = define("Prueba", kind, options="Web\nTienda")
    answer = ana_client.post(
        NEW,
        {"email": "a@correo.example", "lifecycle": "lead", f"custom.{field.key}": text},
    )
    assert answer.status_code == 302, answer.content.decode()
    customer = Customer.objects.get()
    assert customer.custom == {"prueba": kept}
    page = ana_client.get(f"/backoffice/customers/{customer.public_id}/details/")
    assert shown in page.content.decode()
    form = ana_client.get(f"/backoffice/customers/{customer.public_id}/edit/").context["form"]
    again = ana_client.post(
        f"/backoffice/customers/{customer.public_id}/edit/",
        {
            "version": "1",
            "email": "a@correo.example",
            "lifecycle": "lead",
            "custom.prueba": form["custom.prueba"].value(),
        },
    )
    assert again.status_code == 302
    customer.refresh_from_db()
    assert (customer.custom, customer.version) == ({"prueba": kept}, 1)


@pytest.mark.feature("ST17", "ST18", "ST19", "ST20", "ST21", "ST22", "ST23")
@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("date", "31-02-2026", "February has no day 31."),
        ("number", "doce", "This is not a number."),
        ("text", "x" * 501, "It may have at most 500 characters; this has 501."),
        ("dropdown", "Teléfono", "Select a valid choice"),
    ],
)
def test_a_value_that_is_no_such_thing_is_refused(ana_client: Client, kind, text, message):
    field = define("Prueba", kind, options="Web\nTienda")
    answer = ana_client.post(
        NEW,
        {"email": "a@correo.example", "lifecycle": "lead", f"custom.{field.key}": text},
    )
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Customer.objects.exists()


@pytest.mark.feature("ST17")
def test_a_required_field_must_be_filled(ana_client: Client):
    define("Socio", "text", is_required=True)
    answer = ana_client.post(NEW, {"email": "a@correo.example", "lifecycle": "lead"})
    assert answer.status_code == 422
    assert not Customer.objects.exists()


@pytest.mark.feature("E16", "E17", "E18")
def test_the_generic_fields_are_there_from_the_start(db):
    generic = CustomField.objects.filter(is_builtin=True)
    assert sorted(generic.values_list("kind", flat=True)) == (
        ["date"] * 2 + ["number"] * 5 + ["text"] * 5
    )


@pytest.mark.feature("E17")
def test_a_generic_integer_is_a_whole_number(ana_client: Client):
    answer = ana_client.post(
        NEW,
        {"email": "a@correo.example", "lifecycle": "lead", "custom.generic_integer_1": "1.5"},
    )
    assert answer.status_code == 422
    assert "This must be a whole number." in answer.content.decode()


@pytest.mark.feature("ST17")
def test_the_list_names_a_field_in_the_language_of_the_reader(ana_client: Client):
    define("Talla", "text", label_en="Size")
    page = ana_client.get("/backoffice/customers/fields/").content.decode()
    assert "Size" in page
    assert "Talla" not in page
