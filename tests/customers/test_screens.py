"""The screens of the customers, as staff use them: list, record, forms, settings."""

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit import clock
from config.kit.jobs.services import job_run_now
from config.kit.models import AuditEntry, Job
from customers.models import Activity, Category, Customer, CustomField, Tag
from customers.services.categories import category_assign, category_save
from customers.services.tags import tag_add

LIST = "/backoffice/customers/"
NEW = "/backoffice/customers/new/"
EMPTY_FORM = {
    "first_name": "",
    "last_name": "",
    "second_last_name": "",
    "id_type": "cl_rut",
    "id_number": "",
    "birthday": "",
    "email": "",
    "phone": "",
    "line1": "",
    "line2": "",
    "district": "",
    "city": "",
    "region": "",
    "postal_code": "",
    "country": "",
    "lifecycle": "lead",
    "gender": "",
    "language": "",
    "time_zone": "",
}


def record_url(customer: Customer) -> str:
    return f"/backoffice/customers/{customer.public_id}/"


def base_in(page: str) -> str:
    """What the form remembers of the values that it showed."""
    found = re.search(r'name="base" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


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


@pytest.mark.feature("US01", "O1", "E12")
def test_the_list_shows_people_with_their_state(ana_client: Client, make_customer):
    person = make_customer("rayen@correo.example", first_name="Rayén", last_name="Etxeberria")
    make_customer("x@correo.example", first_name="Ñusta", status="deactivated")
    page = ana_client.get(LIST).content.decode()
    assert "Rayén Etxeberria" in page
    assert "rayen@correo.example" in page
    assert record_url(person) in page
    assert "2 customers" in page


@pytest.mark.feature("US01")
def test_the_list_asks_as_many_questions_for_twelve_people_as_for_one(
    ana_client: Client, make_customer
):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert ana_client.get(LIST).status_code == 200
        return len(seen)

    tag_add(customer=make_customer("a0@correo.example"), names=["Frecuente"])
    ana_client.get(LIST)
    one = count()
    for n in range(1, 12):
        person = make_customer(f"a{n}@correo.example")
        tag_add(customer=person, names=["Frecuente", f"T{n}"])
    assert count() == one


@pytest.mark.feature("US02", "US03", "O10", "O23", "E29")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Uno", "Dos", "Tres"}),
        ("?view=inactive", {"Dos"}),
        ("?f=1&status=deactivated", {"Dos"}),
        ("?f=1&verified=yes", {"Uno"}),
        ("?view=unverified", {"Dos", "Tres"}),
        ("?view=customers", {"Tres"}),
        ("?f=1&city=valparai", {"Tres"}),
        ("?f=1&city_is=empty", {"Uno", "Dos"}),
        ("?f=1&city_is=filled", {"Tres"}),
        ("?f=1&last_login=empty", {"Uno", "Dos", "Tres"}),
        ("?f=1&last_login=last&last_login_n=30", set()),
        ("?f=1&registered=today", {"Uno", "Dos", "Tres"}),
        ("?f=1&registered=older&registered_n=2", set()),
        ("?f=1&stage=customer&stage=lead", {"Uno", "Dos", "Tres"}),
        ("?f=1&tag=-&category=-", {"Uno", "Dos", "Tres"}),
        ("?f=1&tag=*", set()),
        ("?f=1&consent=none", {"Uno", "Dos", "Tres"}),
        ("?f=1&consent=granted", set()),
        ("?view=trash", {"Cuatro"}),
        ("?f=1&status=nonsense", {"Uno", "Dos", "Tres"}),
        ("?q=dos", {"Dos"}),
        ("?f=1&registered_after=2026-01-01", {"Uno", "Dos", "Tres"}),
    ],
)
def test_filters_and_views_narrow_the_list(ana_client: Client, make_customer, query, names):
    make_customer("1@correo.example", first_name="Uno", verified_at=clock.now())
    make_customer("2@correo.example", first_name="Dos", status="deactivated")
    make_customer("3@correo.example", first_name="Tres", lifecycle="customer", city="Valparaíso")
    make_customer("4@correo.example", first_name="Cuatro", trashed_at=clock.now())
    page = ana_client.get(LIST + query).content.decode()
    shown = {name for name in ("Uno", "Dos", "Tres", "Cuatro") if f">{name}<" in page}
    assert shown == names


@pytest.mark.feature("O23")
def test_the_list_filters_by_tag_and_category(ana_client: Client, make_customer):
    one = make_customer("1@correo.example", first_name="Uno")
    make_customer("2@correo.example", first_name="Dos")
    tag_add(customer=one, names=["Frecuente"])
    category = category_save(name="Minorista")
    category_assign(customer=one, categories=[category])
    tag = Tag.objects.get()
    for query in (f"?f=1&tag={tag.pk}", f"?f=1&category={category.pk}"):
        page = ana_client.get(LIST + query).content.decode()
        assert ">Uno<" in page
        assert ">Dos<" not in page


@pytest.mark.feature("M4")
def test_a_search_that_is_too_long_says_so(ana_client: Client, make_customer):
    make_customer("1@correo.example", first_name="Uno")
    answer = ana_client.get(LIST, {"q": "a b c d e f g h i j k"})
    assert answer.status_code == 422
    assert "Search with at most 10 words." in answer.content.decode()


@pytest.mark.feature("O19", "O10", "US02")
def test_tagging_all_that_match_is_a_job(ana_client: Client, ana, make_customer):
    for n in range(3):
        make_customer(f"{n}@correo.example", lifecycle="customer")
    lead = make_customer("lead@correo.example")
    answer = ana_client.post(
        f"{LIST}?view=customers",
        {
            "action": "tag",
            "select_all": "1",
            "query": "view=customers",
            "expected": "3",
            "names": "Zona sur, frecuente",
            "confirmed": "1",
        },
    )
    assert answer.status_code == 302
    job = job_run_now(job=Job.objects.get())
    assert (job.state, job.result) == ("succeeded", {"changed": 3, "unchanged": 0})
    assert set(Tag.objects.values_list("name", flat=True)) == {"Zona sur", "frecuente"}
    assert Customer.objects.filter(taggings__tag__name="Zona sur").count() == 3
    assert not lead.taggings.exists()
    assert Activity.objects.filter(kind="tag_added").count() == 6
    entry = AuditEntry.objects.get(action="customers.bulk.tag")
    assert (entry.actor_id, entry.data["count"]) == (ana.pk, 3)


@pytest.mark.feature("US02", "O19")
def test_a_bulk_status_reports_who_was_left_out(ana_client: Client, make_customer):
    people = [make_customer(f"{n}@correo.example", first_name=f"P{n}") for n in range(2)]
    shut = make_customer("shut@correo.example", first_name="Cerrada", status="disabled")
    ana_client.post(
        LIST,
        {
            "action": "status",
            "ids": [str(one.public_id) for one in [*people, shut]],
            "status": "deactivated",
            "reason": "",
            "confirmed": "1",
        },
    )
    job = job_run_now(job=Job.objects.get())
    assert job.result == {"changed": 2, "unchanged": 1}
    assert [error.column for error in job.errors.all()] == ["Cerrada"]
    shut.refresh_from_db()
    assert shut.status == "disabled"


@pytest.mark.feature("O21")
def test_a_bulk_trash_names_its_consequence_first(ana_client: Client, make_customer):
    person = make_customer("1@correo.example")
    chosen = {"action": "trash", "ids": [str(person.public_id)]}
    page = ana_client.post(LIST, chosen)
    assert "cannot log in" in page.content.decode()
    assert not Job.objects.exists()
    ana_client.post(LIST, {**chosen, "confirmed": "1"})
    job_run_now(job=Job.objects.get())
    person.refresh_from_db()
    assert person.trashed_at is not None


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
    ana_client.post(f"{LIST}categories/new/", {"name": "Minorista", "code": "", "description": ""})
    category = Category.objects.get()
    assert category.code == "minorista"
    person.assignments.create(category=category)
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
