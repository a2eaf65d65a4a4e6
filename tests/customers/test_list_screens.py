"""The list of the customers, as staff use it: filters, search, bulk actions."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit import clock
from config.kit.jobs.services import job_run_now
from config.kit.models import AuditEntry, Job
from customers.models import Activity, Customer, Tag
from customers.services.categories import category_assign, category_save
from customers.services.tags import tag_add
from tests.customers.screens import LIST, record_url


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
        ("?f=1&status=nonsense", set()),
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


@pytest.mark.feature("O10", "M18")
def test_tags_that_exist_are_ticked_and_new_ones_written(ana_client: Client, make_customer):
    person = make_customer("1@correo.example")
    held = Tag.objects.create(name="a, b")
    asked = {"action": "tag", "ids": [str(person.public_id)]}

    empty = ana_client.post(LIST, {**asked, "confirmed": "1"})
    assert empty.status_code == 422
    assert "Choose a tag, or write one." in empty.content.decode()
    assert not Job.objects.exists()

    told = {**asked, "confirmed": "1", "known": [held.pk], "names": "nuevo"}
    assert ana_client.post(LIST, told).status_code == 302
    job_run_now(job=Job.objects.get())
    assert set(person.taggings.values_list("tag__name", flat=True)) == {"a, b", "nuevo"}


@pytest.mark.feature("E33", "M18")
def test_two_ticked_people_lead_to_the_preview_of_their_merge(ana_client: Client, make_customer):
    people = [make_customer(f"{n}@correo.example", first_name=f"P{n}") for n in range(3)]
    ids = [str(one.public_id) for one in people]
    answer = ana_client.post(LIST, {"action": "merge", "ids": ids[:2]})
    assert answer.headers["Location"] == f"{LIST}{ids[0]}/merge/{ids[1]}/"
    assert ana_client.get(answer.headers["Location"]).status_code == 200
    for chosen in (ids, ids[:1], [ids[0], "none"]):
        refused = ana_client.post(LIST, {"action": "merge", "ids": chosen}, follow=True)
        assert refused.redirect_chain[-1][0].startswith(LIST)
        assert "Tick two records: they are merged two at a time." in refused.content.decode()
    assert Customer.objects.filter(merged_into=None).count() == 3
