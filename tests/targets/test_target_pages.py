"""The list, the page and the uses of a target through HTTP."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.kit import clock, search
from customers.models import Category, Customer, CustomField, Tag
from customers.registry import usages_of
from targets.models import Target, TargetSize, TargetVersion
from tests.targets.conftest import document
from tests.targets.test_screens import NEW, VIP, WOMEN, form, url


@pytest.mark.feature("TG00")
def test_the_drawing_of_its_size_marks_the_last_version_of_a_day(ana_client, make_target):
    target = make_target("vip", VIP)
    now = clock.now()
    for days, number in ((5, 10), (1, 12)):
        TargetSize.objects.create(target=target, at=now - timedelta(days=days), members=number)
    for number, hours in ((2, 71), (3, 70)):
        saved = now - timedelta(hours=hours)
        TargetVersion.objects.create(target=target, number=number, rule={}, saved_at=saved)
    html = ana_client.get(url("target", target)).content.decode()
    assert ">Version 3</text>" in html
    assert ">Version 2</text>" not in html


@pytest.mark.feature("TG00")
def test_the_list_shows_name_words_and_people(history, ana_client, make_target):
    make_target("mujeres", WOMEN)
    make_target("vips", VIP)
    text = ana_client.get("/backoffice/targets/").content.decode()
    assert "People who have the gender Female." in text
    assert "2 targets" in text
    found = ana_client.get("/backoffice/targets/?q=muj").content.decode()
    assert "Mujeres" in found
    assert "Vips" not in found


@pytest.mark.feature("TG00")
@pytest.mark.parametrize("number", ["9" * 5_000, "1e999999999", "-1", "1.5", "x"])
def test_the_list_refuses_a_number_of_people_that_is_none(history, ana_client, number):
    answer = ana_client.get("/backoffice/targets/", {"members_min": number, "f": "1"})
    assert answer.status_code == 200
    assert answer.context["index"].bound_filterset.form.errors["members"]


def test_the_list_asks_as_much_for_12_targets_as_for_1(history, ana_client, make_target):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            ana_client.get("/backoffice/targets/")
        return len(captured)

    make_target("t0", WOMEN)
    ana_client.get("/backoffice/targets/")
    few = queries()
    for number in range(1, 12):
        make_target(f"t{number}", WOMEN)
    assert queries() == few


@pytest.mark.feature("TG00", "TG29")
def test_the_page_of_a_target_has_its_tabs(history, ana_client, make_target):
    target = make_target("vip", VIP)
    make_target("outer", {"filter": "target", "op": "any", "value": ["vip"]})
    overview = ana_client.get(url("target", target)).content.decode()
    assert "People who have the tag vip." in overview
    assert "entered" in overview
    people = ana_client.get(
        reverse("targets:panel", args=[target.public_id, "people"])
    ).content.decode()
    assert "Rayén" in people
    assert "iker@correo.example" in people
    uses = ana_client.get(
        reverse("targets:panel", args=[target.public_id, "uses"])
    ).content.decode()
    assert "Outer" in uses
    versions = reverse("targets:panel", args=[target.public_id, "versions"])
    assert "People who have the tag vip." in ana_client.get(versions).content.decode()
    assert (
        ana_client.get(reverse("targets:panel", args=[target.public_id, "nope"])).status_code == 404
    )


@pytest.mark.feature("TG00")
def test_deleting_asks_first_and_is_refused_while_it_is_used(history, ana_client, make_target):
    target = make_target("vip", VIP)
    outer = make_target("outer", {"filter": "target", "op": "any", "value": ["vip"]})
    assert "used by Outer" in ana_client.get(url("delete", target)).content.decode()
    assert "are lost" in ana_client.get(url("delete", outer)).content.decode()
    ana_client.post(url("delete", target), {"confirmed": "1"})
    assert Target.objects.filter(pk=target.pk).exists()
    ana_client.post(url("delete", outer), {"confirmed": "1"})
    assert ana_client.post(url("delete", target), {"confirmed": "1"}).status_code == 302
    assert not Target.objects.exists()


def test_duplicating_opens_the_copy(history, ana_client, make_target):
    answer = ana_client.post(url("duplicate", make_target("vip", VIP)))
    assert answer.url == url("edit", Target.objects.get(slug="copy-of-vip"))


def test_an_analyst_reads_and_changes_nothing(history, beto_client, make_target):
    target = make_target("vip", VIP)
    assert beto_client.get("/backoffice/targets/").status_code == 200
    page = beto_client.get(url("target", target))
    assert page.status_code == 200
    assert url("edit", target) not in page.content.decode()
    assert beto_client.get(NEW).status_code == 403
    assert beto_client.post(NEW, form(do="save")).status_code == 403
    for name in ("duplicate", "refresh"):
        assert beto_client.post(url(name, target)).status_code == 403
    assert beto_client.post(url("delete", target), {"confirmed": "1"}).status_code == 403
    assert Target.objects.count() == 1


@pytest.mark.feature("TG29", "M9")
def test_the_customers_list_is_filtered_by_target(history, ana_client, make_target):
    make_target("vip", VIP)
    text = ana_client.get("/backoffice/customers/?target=vip&f=1").content.decode()
    assert "Rayén" in text
    assert "Nahuel" not in text
    assert ana_client.get("/backoffice/customers/?target=nope&f=1").status_code in (200, 422)


@pytest.mark.feature("TG29", "M8")
def test_the_customers_list_is_filtered_by_a_rule_in_the_address(history, ana_client):
    rule = json.dumps(
        document({"all": [VIP, {"not": {"filter": "age", "op": "lt", "value": 200}}]})
    )
    answer = ana_client.get("/backoffice/customers/", {"rule": json.dumps(document(VIP)), "f": "1"})
    text = answer.content.decode()
    assert "Iker" in text
    assert "Nahuel" not in text
    assert "People who have the tag vip." in text
    answer = ana_client.get("/backoffice/customers/", {"rule": rule, "f": "1"})
    assert "Iker" not in answer.content.decode()
    wrong = ana_client.get("/backoffice/customers/", {"rule": '{"x":1}', "f": "1"})
    assert wrong.status_code in (200, 422)


def test_the_record_of_a_person_names_their_targets(history, ana_client, make_target):
    make_target("vip", VIP)
    target_url = url("target", Target.objects.get())
    assert target_url in ana_client.get(record(history["iker"])).content.decode()
    assert target_url not in ana_client.get(record(history["nahuel"])).content.decode()


def record(customer: Customer) -> str:
    return reverse("customers:record", args=[customer.public_id])


def test_the_search_finds_targets(history, make_target, ana):
    make_target("vip", VIP)
    groups = search.find("vip", user=ana)
    assert [hit.title for kind, hits in groups for hit in hits if str(kind.label) == "Targets"] == [
        "Vip"
    ]


def test_a_tag_that_a_rule_asks_for_is_known_to_be_used(history, make_target):
    make_target("vip", VIP)
    make_target("oro", {"filter": "category", "op": "any", "value": ["oro"]})
    make_target("texto", {"filter": "custom_field", "field": "generic_text_1", "op": "empty"})
    assert "Vip" in usages_of("tag", Tag.objects.get(name="VIP"))
    assert "Oro" in usages_of("category", Category.objects.get())
    assert "Texto" in usages_of("custom_field", CustomField.objects.get(key="generic_text_1"))
    assert "Vip" not in usages_of("tag", Tag.objects.get(name="Mayorista"))


def test_the_page_of_a_target_renews_itself_until_its_people_are_counted(ana_client, make_target):
    target = make_target("todos", {"all": []})
    url = f"/backoffice/targets/{target.public_id}/"
    assert 'hx-trigger="every 2s"' not in ana_client.get(url).content.decode()
    Target.objects.filter(pk=target.pk).update(version=2)
    assert 'hx-trigger="every 2s"' in ana_client.get(url).content.decode()
