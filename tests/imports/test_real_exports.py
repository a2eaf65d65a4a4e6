"""Each export of another system goes in; every odd row is understood or refused."""

from datetime import date
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
    return apply(staged) if staged.counts["create"] + staged.counts["update"] else staged


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
TWO_PEOPLE = "Its e-mail and its codes belong to different customers."
NO_AT = "It has no @."
NOBODY = "Nothing here says who this is: no e-mail, phone, ID number or code."


def mail(line: int) -> str:
    return f"Line {line} has the same e-mail address, and the last one holds."


def code(line: int) -> str:
    return f"Line {line} has the same code, and the last one holds."


def number(line: int) -> str:
    return f"Line {line} has the same ID number, and it holds."


REFUSED = {
    "erp_clientes_windows.csv": [
        (5, "Correo electrónico", mail(484)),
        (6, "Correo electrónico", mail(283)),
        (10, "Correo electrónico", mail(897)),
        (11, "Correo electrónico", mail(1472)),
        (12, "Correo electrónico", mail(748)),
        (16, "Correo electrónico", mail(51)),
        (365, "Nombre", LONG),
        (590, "RUT", number(8)),
        (1316, "Fecha nacimiento", FUTURE),
        (1468, "Correo electrónico", NO_AT),
        (1493, "Nombre", FORMULA),
    ],
    "listmonk_subscribers.csv": [
        (5, "email", mail(484)),
        (6, "email", mail(283)),
        (10, "email", mail(897)),
        (11, "email", mail(1472)),
        (12, "email", mail(748)),
        (13, "email", mail(1316)),
        (16, "email", mail(51)),
        (365, "name", LONG),
        (590, "email", NOBODY),
        (1468, "email", NO_AT),
        (1493, "name", FORMULA),
    ],
    "mailchimp_subscribed.csv": [
        (5, "Email Address", mail(484)),
        (6, "Email Address", mail(283)),
        (8, "LEID", code(590)),
        (10, "Email Address", mail(897)),
        (11, "Email Address", mail(1472)),
        (12, "Email Address", mail(748)),
        (13, "Email Address", mail(1316)),
        (51, "", TWO_PEOPLE),
        (365, "First Name", LONG),
        (1468, "Email Address", NO_AT),
        (1493, "First Name", FORMULA),
    ],
    "pos_utf16.txt": [
        (5, "E-mail", mail(484)),
        (6, "E-mail", mail(283)),
        (8, "External ID", code(590)),
        (10, "E-mail", mail(897)),
        (11, "E-mail", mail(1472)),
        (12, "External ID", code(748)),
        (15, "External ID", code(51)),
        (365, "Name", LONG),
        (1316, "Birthday", FUTURE),
        (1468, "E-mail", NO_AT),
        (1493, "Name", FORMULA),
    ],
    "shopify_customers.csv": [
        (5, "Email", mail(484)),
        (6, "Email", mail(283)),
        (8, "Customer ID", code(590)),
        (10, "Email", mail(897)),
        (11, "Email", mail(1472)),
        (12, "Email", mail(748)),
        (13, "Email", mail(1316)),
        (51, "", TWO_PEOPLE),
        (365, "First Name", LONG),
        (1468, "Email", NO_AT),
        (1494, "First Name", FORMULA),
    ],
    "tiendanube_clientes_bom.csv": [
        (5, "Email", mail(484)),
        (6, "Email", mail(283)),
        (10, "Email", mail(897)),
        (11, "Email", mail(1472)),
        (12, "Email", mail(748)),
        (13, "Email", mail(1316)),
        (16, "Email", mail(51)),
        (365, "Nombre", LONG),
        (590, "DNI / CUIT", number(8)),
        (1468, "Email", NO_AT),
        (1494, "Nombre", FORMULA),
    ],
}


@pytest.mark.parametrize("name", REFUSED)
def test_all_go_in_once_but_eleven_rows_each_with_line_column_and_reason(name: str) -> None:
    batch = take_in(name)
    assert refusals(batch) == REFUSED[name]
    counts = batch.counts
    assert (counts["rows"], counts["create"], counts["update"]) == (1511, 1500, 0)
    assert counts["reject"] + counts["conflict"] == 11
    assert Customer.objects.live().count() == 1500
    for _time in ("second", "third"):
        batch = take_in(name, update=True)
        counts = {name: batch.counts[name] for name in ("create", "update", "unchanged")}
        assert counts == {"create": 0, "update": 0, "unchanged": 1500}
        assert refusals(batch) == REFUSED[name]


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
    assert (person.birth_date, person.gender) == (date(1989, 11, 2), "female")
    assert (person.city, person.status, person.source) == ("Curaco de Vélez", "active", "import")
    assert person.registered_at.isoformat() == "2021-01-15T09:32:00+00:00"
    assert Customer.objects.filter(status="deactivated").count() == 581
    guessed = Customer.objects.get(email_key="climaco.pont9@ejemplo.cl")
    assert guessed.phone == "+34627939936"
    assert Customer.objects.filter(phone__startswith="+34").count() == 78


def test_shopify_brings_codes_addresses_tags_and_consent() -> None:
    take_in("shopify_customers.csv")
    person = ExternalId.objects.get(system="shopify", value="7000000000006").customer
    # The last row about him, line 590, comes without an address.
    assert (person.first_name, person.email) == ("Luis", "")
    address = Address.objects.get(customer=person)
    assert (address.line1, address.postal_code, address.is_main) == (
        "Calle Gabriela Mistral 29 Dpto. 523",
        "27359",
        True,
    )
    assert (person.city, person.country, person.phone) == ("Colbún", "CL", "+56953894854")
    names = Tag.objects.filter(taggings__customer=person).order_by("name")
    assert [tag.name for tag in names] == ["newsletter", "retail"]
    assert ConsentState.objects.filter(value="granted", channel="email").count() == 917


def test_mailchimp_grants_only_what_an_address_or_a_confirmation_proves() -> None:
    take_in("mailchimp_subscribed.csv")
    assert ConsentState.objects.filter(value="granted").count() == 917
    held = ConsentState.objects.get(customer__email_key="perla.ortiz1@correo.example")
    assert held.since.isoformat() == "2026-03-28T14:40:55+00:00"
    person = Customer.objects.get(email_key="perla.ortiz1@correo.example")
    assert (person.birth_date, person.birth_month, person.birth_day) == (None, 8, 22)
    silent = Customer.objects.get(email_key="reina.mendez7@correo.example")
    assert not ConsentState.objects.filter(customer=silent).exists()


def test_the_till_brings_people_without_an_address_and_custom_fields() -> None:
    take_in("pos_utf16.txt")
    assert Customer.objects.filter(email="").count() == 583
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
