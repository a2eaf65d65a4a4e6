"""Each export of another system goes in; every odd row is understood or refused."""

from typing import Any

import pytest

from customers.importing.batches import consent_columns
from customers.models import Address, Customer, ExternalId, ImportBatch, Tag
from customers.models.consent import ConsentState
from tests.imports.conftest import EXPORTS, apply, configure, refusals, stage, upload

pytestmark = [pytest.mark.django_db, pytest.mark.feature("US05", "J22")]


def read(name: str) -> ImportBatch:
    return upload((EXPORTS / name).read_bytes(), name)


def take_in(name: str, **options: Any) -> ImportBatch:
    batch = read(name)
    mode = "column" if consent_columns(batch.columns) else "no"
    staged = stage(configure(batch, consent={"mode": mode}, **options))
    return apply(staged)


def fields_of(batch: ImportBatch) -> dict[str, str]:
    return {one["name"]: one["field"] for one in batch.columns}


COLUMNS = {
    "erp_clientes_windows.csv": {
        "RUT": "id_number",
        "Nombre": "first_name",
        "Apellido paterno": "last_name",
        "Apellido materno": "second_last_name",
        "Correo electrónico": "email",
        "Teléfono": "phone",
        "Fecha nacimiento": "birthday",
        "Género": "gender",
        "Ciudad": "city",
        "Puntos": "later.points",
        "Fecha de registro": "registered_at",
        "Estado": "status",
    },
    "listmonk_subscribers.csv": {
        "email": "email",
        "name": "full_name",
        "attributes": "attributes",
        "attributes: city": "city",
        "attributes: country": "country",
        "attributes: orders": "later.orders",
    },
    "mailchimp_subscribed.csv": {
        "Email Address": "email",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Birthday": "birthday",
        "Phone Number": "phone",
        "MEMBER_RATING": "later.rating",
        "OPTIN_TIME": "consent.at",
        "OPTIN_IP": "consent.ip",
        "CONFIRM_TIME": "consent.confirmed_at",
        "CONFIRM_IP": "consent.confirmed_ip",
        "LEID": "external.mailchimp",
        "TAGS": "tags",
    },
    "pos_utf16.txt": {
        "External ID": "external.pos",
        "Name": "first_name",
        "Last Name": "last_name",
        "E-mail": "email",
        "Phone": "phone",
        "Type of ID": "id_type",
        "ID Number": "id_number",
        "Gender": "gender",
        "City": "city",
        "Birthday": "birthday",
        "Points": "later.points",
        "Registration Date": "registered_at",
        "Level": "later.level",
        "Tags": "tags",
        "Generic Text 1": "custom.generic_text_1",
        "Generic Integer 1": "custom.generic_integer_1",
        "Generic Date 1": "custom.generic_date_1",
    },
    "shopify_customers.csv": {
        "Customer ID": "external.shopify",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Email": "email",
        "Accepts Email Marketing": "consent.email",
        "Default Address Company": "later.company",
        "Default Address Address1": "address.line1",
        "Default Address City": "address.city",
        "Default Address Country Code": "address.country",
        "Default Address Zip": "address.postal_code",
        "Phone": "phone",
        "Accepts SMS Marketing": "consent.sms",
        "Total Spent": "later.spent",
        "Total Orders": "later.orders",
        "Note": "note",
        "Tax Exempt": "later.tax_exempt",
        "Tags": "tags",
    },
    "tiendanube_clientes_bom.csv": {
        "Nombre": "full_name",
        "Email": "email",
        "Teléfono": "phone",
        "DNI / CUIT": "id_number",
        "Total consumido (ARS)": "later.spent",
        "Cantidad de compras": "later.orders",
        "Última compra": "later.last_order",
        "Dirección": "address.line1",
        "Ciudad": "city",
        "País": "country",
        "Notas": "note",
    },
}
FORMATS = {
    "erp_clientes_windows.csv": ("cp1252", ";", "dmy", ","),
    "listmonk_subscribers.csv": ("utf-8", ",", "dmy", ","),
    "mailchimp_subscribed.csv": ("utf-8", ",", "mdy", ","),
    "pos_utf16.txt": ("utf-16-le", "\t", "dmy", ","),
    "shopify_customers.csv": ("utf-8", ",", "dmy", "."),
    "tiendanube_clientes_bom.csv": ("utf-8", ";", "dmy", ","),
}
LAYOUTS = {
    "erp_clientes_windows.csv": "",
    "listmonk_subscribers.csv": "listmonk",
    "mailchimp_subscribed.csv": "mailchimp",
    "pos_utf16.txt": "pos",
    "shopify_customers.csv": "shopify",
    "tiendanube_clientes_bom.csv": "tiendanube",
}


@pytest.mark.parametrize("name", COLUMNS)
def test_the_format_and_every_column_are_recognised(name: str) -> None:
    batch = read(name)
    form = batch.format
    found = (form["encoding"], form["delimiter"], form["date_order"], form["decimal"])
    assert found == FORMATS[name]
    assert form["has_header"] is True
    assert form["layout"] == LAYOUTS[name]
    assert fields_of(batch) == COLUMNS[name]
    assert all(one["is_recognised"] for one in batch.columns)


LONG = "It may have at most 150 characters; this has 400."
FORMULA = "This is a formula of a spreadsheet, not a text."
FUTURE = "Nobody is born in the future."
NO_AT = "It has no @."
NOBODY = "Nothing here says who this is: no e-mail, phone, ID number or code."


def mail(line: int) -> str:
    return f"It repeats the e-mail address of line {line}."


def code(line: int) -> str:
    return f"It repeats the code of line {line}."


def number(line: int) -> str:
    return f"It repeats the ID number of line {line}."


REFUSED = {
    "erp_clientes_windows.csv": [
        (51, "Correo electrónico", mail(16)),
        (283, "Correo electrónico", mail(6)),
        (365, "Nombre", LONG),
        (484, "Correo electrónico", mail(5)),
        (590, "RUT", number(8)),
        (748, "Correo electrónico", mail(12)),
        (897, "Correo electrónico", mail(10)),
        (1316, "Fecha nacimiento", FUTURE),
        (1468, "Correo electrónico", NO_AT),
        (1472, "Correo electrónico", mail(11)),
        (1493, "Nombre", FORMULA),
    ],
    "listmonk_subscribers.csv": [
        (51, "email", mail(16)),
        (283, "email", mail(6)),
        (365, "name", LONG),
        (484, "email", mail(5)),
        (590, "email", NOBODY),
        (748, "email", mail(12)),
        (897, "email", mail(10)),
        (1316, "email", mail(13)),
        (1468, "email", NO_AT),
        (1472, "email", mail(11)),
        (1493, "name", FORMULA),
    ],
    "mailchimp_subscribed.csv": [
        (51, "Email Address", mail(16)),
        (283, "Email Address", mail(6)),
        (365, "First Name", LONG),
        (484, "Email Address", mail(5)),
        (590, "LEID", code(8)),
        (748, "Email Address", mail(12)),
        (897, "Email Address", mail(10)),
        (1316, "Email Address", mail(13)),
        (1468, "Email Address", NO_AT),
        (1472, "Email Address", mail(11)),
        (1493, "First Name", FORMULA),
    ],
    "pos_utf16.txt": [
        (51, "External ID", code(15)),
        (283, "E-mail", mail(6)),
        (365, "Name", LONG),
        (484, "E-mail", mail(5)),
        (590, "External ID", code(8)),
        (748, "External ID", code(12)),
        (897, "E-mail", mail(10)),
        (1316, "Birthday", FUTURE),
        (1468, "E-mail", NO_AT),
        (1472, "E-mail", mail(11)),
        (1493, "Name", FORMULA),
    ],
    "shopify_customers.csv": [
        (51, "Email", mail(16)),
        (283, "Email", mail(6)),
        (365, "First Name", LONG),
        (484, "Email", mail(5)),
        (590, "Customer ID", code(8)),
        (748, "Email", mail(12)),
        (897, "Email", mail(10)),
        (1316, "Email", mail(13)),
        (1468, "Email", NO_AT),
        (1472, "Email", mail(11)),
        (1494, "First Name", FORMULA),
    ],
    "tiendanube_clientes_bom.csv": [
        (51, "Email", mail(16)),
        (283, "Email", mail(6)),
        (365, "Nombre", LONG),
        (484, "Email", mail(5)),
        (590, "DNI / CUIT", number(8)),
        (748, "Email", mail(12)),
        (897, "Email", mail(10)),
        (1316, "Email", mail(13)),
        (1468, "Email", NO_AT),
        (1472, "Email", mail(11)),
        (1494, "Nombre", FORMULA),
    ],
}


@pytest.mark.parametrize("name", REFUSED)
def test_all_go_in_but_eleven_rows_each_with_line_column_and_reason(name: str) -> None:
    batch = take_in(name)
    assert refusals(batch) == REFUSED[name]
    assert batch.counts == {
        "rows": 1511,
        "create": 1500,
        "update": 0,
        "unchanged": 0,
        "conflict": 0,
        "reject": 11,
    }
    assert Customer.objects.live().count() == 1500


def test_the_erp_file_is_understood_cell_by_cell() -> None:
    take_in("erp_clientes_windows.csv")
    person = Customer.objects.get(email_key="marjorie.lagos2@ejemplo.cl")
    assert (person.first_name, person.last_name, person.second_last_name) == (
        "Marjorie",
        "Lagos",
        "Delgado",
    )
    assert (person.id_type, person.id_number) == ("cl_rut", "135226491")
    assert person.phone == "+56966649031"
    assert (person.birth_date.isoformat(), person.gender) == ("1989-11-02", "female")
    assert (person.city, person.status, person.source) == ("Curaco de Vélez", "active", "import")
    assert person.registered_at.isoformat() == "2021-01-15T09:32:00+00:00"
    assert Customer.objects.filter(status="deactivated").count() == 582
    guessed = Customer.objects.get(email_key="climaco.pont9@ejemplo.cl")
    assert guessed.phone == "+34627939936"
    assert Customer.objects.filter(phone__startswith="+34").count() == 78


def test_shopify_brings_codes_addresses_tags_and_consent() -> None:
    take_in("shopify_customers.csv")
    person = Customer.objects.get(email_key="luis.romero6@ejemplo.cl")
    assert ExternalId.objects.get(customer=person).value == "7000000000006"
    address = Address.objects.get(customer=person)
    assert (address.line1, address.postal_code, address.is_main) == (
        "Calle Gabriela Mistral 29 Dpto. 523",
        "27359",
        True,
    )
    assert (person.city, person.country, person.phone) == ("Colbún", "CL", "+56953894854")
    names = Tag.objects.filter(taggings__customer=person).order_by("name")
    assert [tag.name for tag in names] == ["newsletter", "retail"]
    assert ConsentState.objects.filter(value="granted", channel="email").count() == 918


def test_mailchimp_grants_only_what_an_address_or_a_confirmation_proves() -> None:
    take_in("mailchimp_subscribed.csv")
    assert ConsentState.objects.filter(value="granted").count() == 918
    held = ConsentState.objects.get(customer__email_key="perla.ortiz1@correo.example")
    assert held.since.isoformat() == "2026-03-28T14:40:55+00:00"
    person = Customer.objects.get(email_key="perla.ortiz1@correo.example")
    assert (person.birth_date, person.birth_month, person.birth_day) == (None, 8, 22)
    silent = Customer.objects.get(email_key="reina.mendez7@correo.example")
    assert not ConsentState.objects.filter(customer=silent).exists()


def test_the_till_brings_people_without_an_address_and_custom_fields() -> None:
    take_in("pos_utf16.txt")
    assert Customer.objects.filter(email="").count() == 582
    person = ExternalId.objects.get(system="pos", value="0000007").customer
    assert (person.first_name, person.email) == ("Reina", "")
    assert person.custom == {
        "generic_text_1": "sucursal 7",
        "generic_integer_1": 23,
        "generic_date_1": "2022-02-26",
    }


def test_tiendanube_splits_whole_names() -> None:
    take_in("tiendanube_clientes_bom.csv")
    person = Customer.objects.get(email_key="anapaula.cordoba17@mail.example")
    assert (person.first_name, person.last_name) == ("Ana Paula", "Cordoba")


@pytest.mark.parametrize("name", ["erp_clientes_windows.csv", "shopify_customers.csv"])
def test_a_second_import_of_a_file_changes_nothing(name: str) -> None:
    take_in(name)
    batch = read(name)
    mode = "column" if consent_columns(batch.columns) else "no"
    again = stage(configure(batch, update=True, consent={"mode": mode}))
    assert (again.counts["create"], again.counts["update"]) == (0, 0)
    assert again.counts["unchanged"] == 1500
