"""The record of a customer, as staff use it: facts, form, notes, status, what belongs to it."""

import json
import re
from html import escape, unescape

import pytest
from django.test import Client

from customers.models import Category, Customer, Tag
from tests.customers.screens import EMPTY_FORM, LIST, base_in, record_url


@pytest.mark.feature("O22")
def test_a_record_goes_to_the_trash_and_comes_back(ana_client: Client, make_customer):
    person = make_customer("1@correo.example", first_name="Uno")
    asked = ana_client.get(f"{record_url(person)}trash/")
    assert "its e-mail stays reserved" in asked.content.decode()
    ana_client.post(f"{record_url(person)}trash/", {"confirmed": "1"})
    person.refresh_from_db()
    assert person.trashed_at is not None
    assert "In the trash since" in ana_client.get(record_url(person)).content.decode()
    ana_client.post(f"{record_url(person)}restore/")
    person.refresh_from_db()
    assert person.trashed_at is None


@pytest.mark.feature("O22", "E34")
def test_what_lies_in_the_trash_is_found_by_a_search_and_erased_from_there(
    ana_client: Client, make_customer
):
    person = make_customer("uno@correo.example", first_name="Uno")
    erase = f'href="{record_url(person)}erase/"'
    assert erase not in ana_client.get(record_url(person)).content.decode()
    ana_client.post(f"{record_url(person)}trash/", {"confirmed": "1"})
    assert erase in ana_client.get(record_url(person)).content.decode()
    assert ana_client.get(f"{record_url(person)}erase/").status_code == 200
    missed = ana_client.get(f"{LIST}?q=uno").content.decode()
    there = f"{LIST}?view=trash&f=1&place=trash&q=uno"
    assert f'href="{escape(there)}"' in missed
    assert "Uno" in ana_client.get(there).content.decode()
    assert "Show what matches in the trash" not in ana_client.get(f"{LIST}?q=zz").content.decode()


@pytest.mark.feature("US06", "E13")
def test_the_record_shows_its_facts_side_and_tabs(ana_client: Client, make_customer):
    person = make_customer(
        "v@correo.example",
        first_name="Valentina",
        last_name="Ríos",
        second_last_name="Cárdenas",
        phone="+56984123390",
        id_type="cl_rut",
        id_number="178423657",
        birth_month=6,
        birth_day=14,
    )
    twin = make_customer("w@correo.example", first_name="Gemela", phone="+56984123390")
    page = ana_client.get(record_url(person)).content.decode()
    for text in (
        "Valentina Ríos Cárdenas",
        "+56 9 8412 3390",
        "RUT 17.842.365-7",
        "14-06",
        "Perhaps the same person:",
        str(twin.public_id),
        str(person.public_id)[:8],
    ):
        assert text in page
    for panel in ("details", "notes"):
        assert ana_client.get(f"{record_url(person)}{panel}/").status_code == 200
    assert ana_client.get(f"{record_url(person)}nothing/").status_code == 404


@pytest.mark.feature("US12", "O9")
def test_an_edit_saves_the_record_its_address_and_categories(ana_client: Client, make_customer):
    person = make_customer("v@correo.example", first_name="Valentina")
    category = Category.objects.create(code="minorista", name="Minorista")
    shown = ana_client.get(f"{record_url(person)}edit/")
    assert 'value="Valentina"' in shown.content.decode()
    answer = ana_client.post(
        f"{record_url(person)}edit/",
        {
            **EMPTY_FORM,
            "version": "1",
            "first_name": "Valentina",
            "email": "v@correo.example",
            "city": "Ñuñoa",
            "country": "CL",
            "line1": "Av. Irarrázaval 2821",
            "district": "Ñuñoa",
            "categories": [category.pk],
            "custom.generic_text_1": "Manta",
            "custom.generic_integer_1": "1,234",
            "custom.generic_date_1": "24-12-2026",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    person.refresh_from_db()
    assert person.city == "Ñuñoa"
    assert person.custom == {
        "generic_text_1": "Manta",
        "generic_integer_1": 1234,
        "generic_date_1": "2026-12-24",
    }
    assert person.addresses.get().line1 == "Av. Irarrázaval 2821"
    assert [row.category for row in person.assignments.all()] == [category]
    page = ana_client.get(record_url(person)).content.decode()
    assert "<strong>Ana Millaray</strong> edited the record" in page


@pytest.mark.feature("US12", "US05")
def test_a_phone_that_only_a_file_may_bring_does_not_hold_up_an_edit(ana_client, make_customer):
    person = make_customer("v@correo.example", phone="+56912340000")
    url = f"{record_url(person)}edit/"
    form = {**EMPTY_FORM, "version": "1", "email": "v@correo.example", "last_name": "Ríos"}
    refused = ana_client.post(url, {**form, "phone": "+56 912340001"})
    assert refused.status_code == 422
    assert "No phone in that country begins like this." in refused.content.decode()
    assert ana_client.post(url, {**form, "phone": "+56 912340000"}).status_code == 302
    person.refresh_from_db()
    assert (person.last_name, person.phone) == ("Ríos", "+56912340000")


@pytest.mark.feature("US12")
def test_two_people_who_change_different_fields_do_not_disturb_each_other(
    ana_client: Client, make_customer
):
    person = make_customer("v@correo.example", first_name="Valentina", city="Talca")
    page = ana_client.get(f"{record_url(person)}edit/").content.decode()
    base = base_in(page)
    assert json.loads(base)["city"] == "Talca"
    Customer.objects.filter(pk=person.pk).update(city="Curicó", version=2)
    mine = {**EMPTY_FORM, "version": "1", "base": base, "email": "v@correo.example"}
    answer = ana_client.post(
        f"{record_url(person)}edit/", {**mine, "first_name": "Vale", "city": "Talca"}
    )
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.first_name, person.city, person.version) == ("Vale", "Curicó", 3)


@pytest.mark.feature("US12")
def test_a_saved_form_needs_no_draft_any_more(ana_client: Client, make_customer):
    person = make_customer("v@correo.example", first_name="Valentina")
    url = f"{record_url(person)}edit/"
    key = f"customer:{person.public_id}"
    page = ana_client.get(url).content.decode()
    assert f'data-draft="{key}"' in page
    assert "data-draft-done" not in page
    mine = {**EMPTY_FORM, "version": "1", "base": base_in(page), "email": "v@correo.example"}

    refused = ana_client.post(url, {**mine, "email": "nothing"}).content.decode()
    assert f'data-draft="{key}"' in refused
    assert "data-draft-done" not in refused
    saved = ana_client.post(url, {**mine, "first_name": "Vale"}, follow=True).content.decode()

    assert f'data-draft-done="{key}"' in saved
    assert "data-draft-done" not in ana_client.get(url).content.decode()


@pytest.mark.feature("US12", "O9")
def test_two_people_who_change_one_field_see_both_values(ana_client: Client, make_customer):
    person = make_customer("v@correo.example", first_name="Valentina", city="Talca")
    page = ana_client.get(f"{record_url(person)}edit/").content.decode()
    base = base_in(page)
    Customer.objects.filter(pk=person.pk).update(city="Curicó", first_name="Vale", version=2)
    mine = {**EMPTY_FORM, "version": "1", "base": base, "email": "v@correo.example"}
    answer = ana_client.post(
        f"{record_url(person)}edit/", {**mine, "first_name": "Valentina", "city": "Linares"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Linares" in page
    assert "Curicó" in page
    kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert kept["version"] == "2"
    assert kept["first_name"] == "Vale"
    chosen = {key: unescape(value) for key, value in kept.items() if key != "csrfmiddlewaretoken"}
    answer = ana_client.post(f"{record_url(person)}edit/", {**chosen, "city": "Linares"})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.first_name, person.city) == ("Vale", "Linares")


@pytest.mark.feature("US11", "O13", "E31")
def test_a_note_is_written_pinned_edited_and_deleted(ana_client: Client, make_customer):
    person = make_customer("v@correo.example")
    url = record_url(person)
    ana_client.post(f"{url}notes/new/", {"body": "Prefiere <b>retirar</b> en Lastarria"})
    note = person.notes.get()
    page = ana_client.get(url).content.decode()
    assert "Prefiere &lt;b&gt;retirar&lt;/b&gt; en Lastarria" in page
    ana_client.post(f"{url}notes/{note.public_id}/pin/")
    edit = f"{url}notes/{note.public_id}/edit/"
    version = ana_client.get(edit).context["page"].version
    ana_client.post(edit, {"body": "Retira", "version": version})
    assert ana_client.post(edit, {"body": "Otra", "version": version}).status_code == 409
    note.refresh_from_db()
    assert (note.body, note.is_pinned, note.version) == ("Retira", True, 2)
    assert note.revisions.get().body == "Prefiere <b>retirar</b> en Lastarria"
    shown = ana_client.get(f"{url}notes/{note.public_id}/edit/").content.decode()
    assert "What it said before" in shown
    ana_client.post(f"{url}notes/{note.public_id}/delete/", {"confirmed": "1"})
    assert "Retira" not in ana_client.get(f"{url}notes/").content.decode()


@pytest.mark.feature("US02")
def test_deactivating_from_the_record_asks_and_tells_the_timeline(
    ana_client: Client, make_customer
):
    person = make_customer("v@correo.example")
    url = f"{record_url(person)}status/"
    assert "All open sessions end" in ana_client.get(f"{url}deactivated/").content.decode()
    ana_client.post(f"{url}deactivated/", {"confirmed": "1", "reason": "Pidió una pausa"})
    refused = ana_client.post(f"{url}disabled/", {"confirmed": "1", "reason": ""})
    assert refused.status_code == 422
    person.refresh_from_db()
    assert person.status == "deactivated"
    page = ana_client.get(record_url(person)).content.decode()
    assert "Pidió una pausa" in page
    assert ana_client.get(f"{url}nonsense/").status_code == 404


@pytest.mark.feature("US02")
@pytest.mark.parametrize(("until", "is_shown"), [("9999-12-31", True), ("0001-01-01", False)])
def test_the_timeline_is_filtered_up_to_the_first_and_the_last_of_all_days(
    ana_client: Client, make_customer, until: str, is_shown: bool
):
    person = make_customer("v@correo.example")
    sent = {"confirmed": "1", "reason": "Pidió una pausa"}
    ana_client.post(f"{record_url(person)}status/deactivated/", sent)
    page = ana_client.get(record_url(person), {"tab": "activity", "until": until})
    entries = page.content.decode().partition('class="timeline')[2]
    assert ("Pidió una pausa" in entries) == is_shown


@pytest.mark.feature("O10")
def test_tags_are_added_and_removed_on_the_record(ana_client: Client, make_customer):
    person = make_customer("v@correo.example")
    ana_client.post(f"{record_url(person)}tags/", {"name": "Frecuente, Zona sur"})
    assert person.taggings.count() == 2
    tag = Tag.objects.get(name="Frecuente")
    ana_client.post(f"{record_url(person)}tags/{tag.pk}/remove/")
    assert [row.tag.name for row in person.taggings.all()] == ["Zona sur"]


@pytest.mark.feature("E3", "E4", "E7", "E9")
def test_aliases_phones_codes_and_addresses_come_and_go(ana_client: Client, make_customer):
    person = make_customer("v@correo.example")
    other = make_customer("otra@correo.example", first_name="Otra")
    url = record_url(person)
    taken = ana_client.post(f"{url}emails/new/", {"address": "OTRA@correo.example"})
    assert taken.status_code == 422
    assert record_url(other) in taken.content.decode()
    ana_client.post(f"{url}emails/new/", {"address": "vale@correo.example"})
    ana_client.post(f"{url}phones/new/", {"number": "2 2345 6789", "label": "Oficina"})
    ana_client.post(f"{url}codes/new/", {"system": "ERP", "value": "0048213"})
    ana_client.post(
        f"{url}addresses/new/",
        {"line1": "Los Aromos 12", "city": "Chillán", "country": "CL", "label": "Casa"},
    )
    page = ana_client.get(f"{url}details/").content.decode()
    for text in ("vale@correo.example", "+56 2 2345 6789", "0048213", "Los Aromos 12"):
        assert text in page
    alias = person.emails.get(is_primary=False)
    rows = [("alias", alias), ("phone", person.phones.get())]
    rows += [("external", person.external_ids.get()), ("address", person.addresses.get())]
    for kind, row in rows:
        assert ana_client.get(f"{url}remove/{kind}/{row.pk}/").status_code == 200
        ana_client.post(f"{url}remove/{kind}/{row.pk}/", {"confirmed": "1"})
    page = ana_client.get(f"{url}details/").content.decode()
    assert "vale@correo.example" not in page
    assert "Los Aromos 12" not in page
