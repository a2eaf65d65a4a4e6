"""Two members of staff edit one tag, category or custom field: nobody's change is lost silently."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Category, Customer, CustomField, Tag, User
from customers.services.categories import category_assign, category_save
from customers.services.custom_fields import custom_field_create
from customers.services.notes import note_add
from customers.services.tags import tag_save
from tests.answers import Answer
from tests.conftest import make_staff

pytestmark = [pytest.mark.feature("US12"), pytest.mark.django_db]
SETTINGS = "/backoffice/customers/"


@pytest.fixture
def dora_client(staff_client: Callable[[User], Client], db: None) -> Client:
    return staff_client(make_staff("dora@casaquillay.example", "Dora Ñancupil", "owner"))


def seen(client: Client, url: str) -> dict[str, Any]:
    """The form as the browser would send it back untouched."""
    page = client.get(url).context["page"]
    held = {
        one.html_name: one.value()
        for one in page.form
        if not one.field.disabled and one.value() not in (None, False)
    }
    return {**held, "version": page.version}


def conflicts(answer: Answer) -> list[tuple[str, str, str, str]]:
    assert answer.status_code == 409
    rows = [one for _name, one in answer.context["conflicts"]]
    return [(one.name, one.base, one.yours, one.theirs) for one in rows]


def picked(answer: Answer, **chosen: str) -> dict[str, str]:
    """What the conflict screen sends."""
    return {**dict(answer.context["kept"]), "version": answer.context["version"], **chosen}


def test_a_tag_that_both_renamed_is_asked_about(ana_client: Client, dora_client: Client, ana: User):
    tag = tag_save(name="Mayorista", color=1, by=ana)
    url = f"{SETTINGS}tags/{tag.pk}/"
    anas, doras = seen(ana_client, url), seen(dora_client, url)

    assert ana_client.post(url, {**anas, "name": "Empresa", "color": "2"}).status_code == 302
    asked = dora_client.post(url, {**doras, "name": "Gremio"})

    assert conflicts(asked) == [("name", "Mayorista", "Gremio", "Empresa")]
    assert "Ana Millaray" in asked.content.decode()
    tag.refresh_from_db()
    assert (tag.name, tag.color) == ("Empresa", 2)

    assert dora_client.post(url, picked(asked, name="Gremio")).status_code == 302
    tag.refresh_from_db()
    assert (tag.name, tag.color) == ("Gremio", 2)


def test_of_a_category_what_differs_goes_together(
    ana_client: Client, dora_client: Client, ana: User
):
    category = category_save(name="Minorista", description="Compran poco.\r\nPagan ya.", by=ana)
    url = f"{SETTINGS}categories/{category.pk}/"
    anas, doras = seen(ana_client, url), seen(dora_client, url)

    ana_client.post(url, {**anas, "name": "Al detalle"})
    joined = dora_client.post(url, {**doras, "description": "Compran en la tienda."}, follow=True)

    assert "Saved, together with what Ana Millaray changed meanwhile." in joined.content.decode()
    category.refresh_from_db()
    assert (category.name, category.description) == ("Al detalle", "Compran en la tienda.")


def test_a_custom_field_asks_about_the_same_and_keeps_the_rest(
    ana_client: Client, dora_client: Client, ana: User
):
    options = {"options": "Rojo\nVerde"}
    field = custom_field_create(label="Color", kind="dropdown", values=options, by=ana)
    url = f"{SETTINGS}fields/{field.pk}/"
    anas, doras = seen(ana_client, url), seen(dora_client, url)

    ana_client.post(url, {**anas, "label": "Tono", "is_visible": "on"})
    asked = dora_client.post(
        url, {**doras, "label": "Matiz", "options": doras["options"].replace("\n", "\r\n")}
    )

    assert conflicts(asked) == [("label", "Color", "Matiz", "Tono")]
    assert dora_client.post(url, picked(asked, label="Tono")).status_code == 302
    field.refresh_from_db()
    assert (field.label, field.is_visible, len(field.options)) == ("Tono", True, 2)


def test_a_form_refused_for_another_reason_still_knows_what_it_showed(
    ana_client: Client, dora_client: Client, ana: User
):
    field = custom_field_create(label="Color", kind="text", values={}, by=ana)
    url = f"{SETTINGS}fields/{field.pk}/"
    doras = seen(dora_client, url)
    ana_client.post(url, {**seen(ana_client, url), "label": "Tono"})

    refused = dora_client.post(url, {**doras, "label": ""})
    assert refused.status_code == 422
    again = {**doras, "label": "Matiz", "version": refused.context["page"].version}

    assert conflicts(dora_client.post(url, again)) == [("label", "Color", "Matiz", "Tono")]
    field.refresh_from_db()
    assert field.label == "Tono"


@pytest.mark.parametrize("version", ["", "[]", "{", '{"name": 3}', "\x00"])
def test_what_does_not_say_what_it_showed_overwrites_nothing(
    version: str, ana_client: Client, ana: User
):
    tag = tag_save(name="Mayorista", color=1, by=ana)
    category = category_save(name="Minorista", by=ana)
    field = custom_field_create(label="Color", kind="text", values={}, by=ana)
    for url, name in (
        (f"tags/{tag.pk}/", "name"),
        (f"categories/{category.pk}/", "name"),
        (f"fields/{field.pk}/", "label"),
    ):
        answer = ana_client.post(
            f"{SETTINGS}{url}", {name: "Otra", "color": "1", "version": version}
        )
        assert [one[0] for one in conflicts(answer)] == [name]
    assert Tag.objects.get().name == "Mayorista"
    assert Category.objects.get().name == "Minorista"
    assert CustomField.objects.get(pk=field.pk).label == "Color"


def test_categories_that_both_gave_and_took_go_together(
    ana_client: Client, dora_client: Client, make_customer: Callable[..., Customer]
):
    old, kept, anas_own, doras_own = [
        category_save(name=name) for name in ("Minorista", "Frecuente", "Empresa", "Gremio")
    ]
    person = make_customer("v@correo.example")
    category_assign(customer=person, categories=[old, kept])
    url = f"{SETTINGS}{person.public_id}/edit/"
    anas, doras = seen(ana_client, url), seen(dora_client, url)

    ana_client.post(url, {**anas, "categories": [old.pk, kept.pk, anas_own.pk]})
    joined = dora_client.post(url, {**doras, "categories": [kept.pk, doras_own.pk]})

    assert joined.status_code == 302
    names = person.assignments.values_list("category__name", flat=True)
    assert sorted(names) == ["Empresa", "Frecuente", "Gremio"]


def test_a_note_that_both_edited_is_asked_about(
    ana_client: Client, dora_client: Client, make_customer: Callable[..., Customer], ana: User
):
    note = note_add(customer=make_customer("v@correo.example"), body="Llamar", by=ana)
    url = f"{SETTINGS}{note.customer.public_id}/notes/{note.public_id}/edit/"
    anas, doras = seen(ana_client, url), seen(dora_client, url)

    ana_client.post(url, {**anas, "body": "Llamar hoy"})
    asked = dora_client.post(url, {**doras, "body": "Escribir"})

    assert conflicts(asked) == [("body", "Llamar", "Escribir", "Llamar hoy")]
    dora_client.post(url, picked(asked, body="Escribir"))
    note.refresh_from_db()
    assert note.body == "Escribir"
    revisions = note.revisions.order_by("id").values_list("body", flat=True)
    assert list(revisions) == ["Llamar", "Llamar hoy"]


def test_an_address_that_both_moved_is_asked_about(
    ana_client: Client, dora_client: Client, make_customer: Callable[..., Customer]
):
    person = make_customer("v@correo.example", city="Talca")
    url = f"{SETTINGS}{person.public_id}/edit/"
    ana_client.post(url, {**seen(ana_client, url), "line1": "Uno Sur 10"})
    anas, doras = seen(ana_client, url), seen(dora_client, url)

    ana_client.post(url, {**anas, "line1": "Dos Norte 20"})
    asked = dora_client.post(url, {**doras, "line1": "Tres Oriente 30"})

    assert conflicts(asked) == [("line1", "Uno Sur 10", "Tres Oriente 30", "Dos Norte 20")]
    assert person.addresses.get().line1 == "Dos Norte 20"
