"""The builder of targets through HTTP, with and without htmx."""

import json

import pytest
from django.urls import reverse

from config.kit.models import Job
from targets.models import Target
from targets.registry import filters
from tests.targets.conftest import document

WOMEN = {"filter": "gender", "op": "any", "value": ["female"]}
VIP = {"filter": "tags", "op": "any", "value": ["vip"]}
NEW = "/backoffice/targets/new/"
HTMX = {"HX-Request": "true"}


def form(**more):
    """The posted form of all[women (closed), age (open)]."""
    return {
        "name": "Mujeres",
        "description": "",
        "n-kind": "all",
        "node": ["n0", "n1"],
        "n0-leaf": json.dumps(WOMEN),
        "n1-filter": "age",
        "n1-was": "age",
        "n1-op": "gte",
        "n1-value": "18",
        **more,
    }


def url(name, target):
    return reverse(f"targets:{name}", args=[target.public_id])


@pytest.mark.feature("TG00")
def test_a_target_is_built_and_saved_without_javascript(history, ana_client, ana):
    page = ana_client.get(NEW).content.decode()
    assert "Choose what to ask" in page
    page = ana_client.post(NEW, form(do="count")).content.decode()
    assert 'id="n0-numbers"' in page
    assert "People who have the gender Female and are at least 18 years old." in page
    saved = ana_client.post(NEW, form(do="save"))
    target = Target.objects.get()
    assert saved.url == url("target", target)
    assert target.created_by == ana
    assert target.rule == document({"all": [WOMEN, {"filter": "age", "op": "gte", "value": 18}]})
    assert Job.objects.filter(kind="targets.refresh").count() == 1


@pytest.mark.feature("TG00")
def test_what_takes_long_to_count_is_estimated_and_then_counted(
    history, few_known, ana_client, monkeypatch
):
    def slow(leaves, scope):
        condition = "person.gender = 'female'"
        wait = "" if scope.is_chosen else " AND (SELECT true FROM pg_sleep(0.5))"
        return [condition + wait for _leaf in leaves]

    monkeypatch.setattr(filters["gender"], "compile", slow)
    first = ana_client.post(NEW, form(do="numbers"), headers=HTMX).content.decode()
    assert "≈ 1" in first
    assert """hx-vals='{"do": "exact"}'""" in first
    then = ana_client.post(NEW, form(do="exact"), headers=HTMX).content.decode()
    assert "≈" not in then
    assert "counted just now" in then


@pytest.mark.feature("TG00")
def test_buttons_change_the_tree(history, ana_client):
    page = ana_client.post(NEW, form(do="remove:n0")).content.decode()
    assert 'name="n1-leaf"' not in page
    assert "Female" not in page
    page = ana_client.post(NEW, form(do="group:n")).content.decode()
    assert 'name="n2-kind"' in page
    assert 'name="n2_0-filter"' in page
    page = ana_client.post(NEW, form(do="open:n0")).content.decode()
    assert 'name="n0-filter"' in page
    assert 'name="n1-leaf"' in page


@pytest.mark.feature("TG29")
def test_a_campaign_to_its_people_begins_at_the_page_of_a_target(
    make_target, ana_client, beto_client
):
    target = make_target("vip", VIP)
    begin = f"/backoffice/campaigns/new/?target={target.pk}"
    assert f'href="{begin}"' in ana_client.get(url("target", target)).content.decode()
    assert begin not in beto_client.get(url("target", target)).content.decode()
    assert f'<option value="{target.pk}" selected>' in ana_client.get(begin).content.decode()


@pytest.mark.feature("TG00", "TG28")
def test_who_lacks_the_datum_of_a_negated_condition_is_included_by_a_button(history, ana_client):
    """Iker and Nahuel say no gender: "not female" leaves them out, until one asks otherwise."""
    women = {"n-kind": "none", "node": ["n0"], "n0-leaf": json.dumps(WOMEN)}
    asked = ana_client.post(NEW, {**women, "do": "count"})
    assert asked.context["builder"].counts.total == 0
    assert "<strong>2</strong> people have no “Gender”." in asked.content.decode()
    answer = ana_client.post(NEW, {**women, "do": "include:n0"})
    builder = answer.context["builder"]
    there = {"filter": "gender", "op": "not_empty"}
    assert builder.document == document({"not": {"any": [{"all": [WOMEN, there]}]}})
    assert builder.counts.total == 2
    assert "have no “Gender”" not in answer.content.decode()
    assert ana_client.post(NEW, {**women, "do": "include:n7"}).status_code == 200


def test_another_filter_brings_its_own_controls(history, ana_client):
    page = ana_client.post(NEW, form(**{"n1-filter": "login", "do": "count"}), headers=HTMX)
    text = page.content.decode()
    assert 'name="n1-window_kind"' in text
    assert 'name="n1-count_op"' in text
    assert "<html" not in text


@pytest.mark.feature("TG00")
def test_typing_brings_back_numbers_alone(history, ana_client):
    text = ana_client.post(NEW, form(do="numbers"), headers=HTMX).content.decode()
    assert 'id="n1-numbers" hx-swap-oob="true"' in text
    assert 'id="rule-total" hx-swap-oob="true"' in text
    assert "<select" not in text


@pytest.mark.feature("TG28")
def test_people_without_the_datum_are_named_beside_a_negated_condition(history, ana_client):
    negated = {**form(do="count"), "n-kind": "none"}
    text = ana_client.post(NEW, negated, headers=HTMX).content.decode()
    assert "<strong>2</strong> people have no “Gender”" in text
    assert "people have no" not in ana_client.post(NEW, form(do="count")).content.decode()


def test_unfinished_conditions_keep_a_rule_from_being_saved(history, ana_client):
    page = ana_client.post(NEW, form(**{"n1-value": "", "do": "save"}))
    assert page.status_code == 422
    text = page.content.decode()
    assert "Finish or remove the marked conditions." in text
    assert "Write a number here." in text
    assert not Target.objects.exists()
    assert ana_client.post(NEW, form(name=" ", do="save")).status_code == 422


@pytest.mark.feature("TG00")
def test_an_expert_writes_json_and_sees_problems_at_their_path(history, ana_client):
    rule = document({"not": {"all": [WOMEN, VIP]}})
    page = ana_client.post(NEW, form(do="json", json=json.dumps(rule)))
    assert page.status_code == 200
    assert (
        "are not among those who (have the gender Female and have the tag vip)"
        in page.content.decode()
    )
    wrong = document({"all": [{"filter": "wings"}]})
    page = ana_client.post(NEW, form(do="json", json=json.dumps(wrong)), headers=HTMX)
    assert page.status_code == 422
    text = page.content.decode()
    assert "/rule/all/0/filter" in text
    assert "There is no such filter." in text


@pytest.mark.parametrize(
    "junk",
    [
        {"node": ["n0", "n0", "n9_9", "x", "n" + "0_" * 50 + "0"]},
        {"n0-leaf": "[" * 100_000},
        {"n0-leaf": "7", "n-kind": "some"},
        {"n1-filter": "wings", "version": "9" * 40, "token": "x"},
        {"n1-value": "1e999"},
        {"n1-value": "9" * 30},
        {"n1-filter": "field", "n1-was": "field", "n1-field": "password"},
        {"do": "up:n7_7"},
        {"do": "json", "json": "[" * 100_000},
    ],
)
def test_forged_forms_do_no_harm(history, ana_client, junk):
    assert ana_client.post(NEW, {**form(do="count"), **junk}).status_code in (200, 422)
    assert ana_client.post("/backoffice/targets/people/", {**form(), **junk}).status_code == 200
    assert not Target.objects.exists()


@pytest.mark.feature("TG00")
def test_the_side_column_shows_reach_and_a_sample(history, ana_client):
    both = {"n-kind": "any", "total": "2", "draw": "1"}
    text = ana_client.post("/backoffice/targets/people/", form(**both)).content.decode()
    assert "Rayén" in text
    assert reverse("customers:record", args=[history["rayen"].public_id]) in text


@pytest.mark.feature("TG00")
def test_two_editors_change_different_parts_and_both_stay(history, ana_client, make_target):
    target = make_target("mujeres", WOMEN)
    edit = url("edit", target)
    began = {"version": "1", "base_name": "Mujeres", "base_description": ""}
    renamed = {**began, "node": ["n0"], "name": "Ellas"}
    assert ana_client.post(edit, form(do="save", **renamed)).status_code == 302
    other_rule = {**began, "n-kind": "any", "description": "De siempre"}
    assert ana_client.post(edit, form(do="save", **other_rule)).status_code == 302
    held = Target.objects.get()
    assert (held.name, held.description, held.version) == ("Ellas", "De siempre", 3)
    assert "any" in held.rule["rule"]


@pytest.mark.feature("TG00")
def test_two_editors_change_the_same_part_and_one_chooses(history, ana_client, make_target):
    target = make_target("mujeres", WOMEN)
    edit = url("edit", target)
    began = {"version": "1", "base_name": "Mujeres", "base_description": ""}
    assert ana_client.post(edit, form(do="save", name="Ellas", **began)).status_code == 302
    refused = ana_client.post(edit, form(do="save", name="Mías", **began))
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "Somebody else saved this meanwhile" in text
    assert 'name="version" value="2"' in text
    assert 'value="Mías"' in text
    assert 'value="Ellas"' in text
    assert Target.objects.get().name == "Ellas"
    chosen = {**began, "version": "2", "base_name": "Ellas"}
    assert ana_client.post(edit, form(do="save", name="Mías", **chosen)).status_code == 302
    assert Target.objects.get().name == "Mías"


def test_saving_as_new_leaves_the_first_as_it_was(history, ana_client, make_target):
    target = make_target("mujeres", VIP)
    ana_client.post(url("edit", target), form(do="save_as_new", version="1"))
    assert Target.objects.get(pk=target.pk).rule == document(VIP)
    assert Target.objects.exclude(pk=target.pk).get().name == "Copy of Mujeres"


@pytest.mark.feature("TG00")
def test_what_is_dragged_lands_where_it_was_dropped_and_has_the_focus(history, ana_client):
    nested = form(node=["n0", "n1", "n2", "n2_0"])
    nested |= {"n2-kind": "any", "n2_0-leaf": json.dumps(VIP)}
    page = ana_client.get(NEW).content.decode()
    assert 'data-place="n:end"' in page
    page = ana_client.post(NEW, nested | {"do": "move:n0>n2:end"}, headers=HTMX)
    assert page.context["builder"].full_document["rule"]["all"][1] == {"any": [VIP, WOMEN]}
    assert 'id="n1_1-open" data-autofocus' in page.content.decode()
    for nonsense in ("move:", "move:n9>n", "move:n2>n2_0:0", "move:n0>x:-1", "copy:n7"):
        page = ana_client.post(NEW, nested | {"do": nonsense}, headers=HTMX)
        assert page.status_code == 200


@pytest.mark.feature("TG00", "BX02")
def test_the_sample_says_why_and_anybody_is_asked_for(history, ana_client):
    page = ana_client.post("/backoffice/targets/people/", form(who="iker"))
    [drawn] = page.context["known"]
    assert (drawn.person.first_name, drawn.is_in) == ("Rayén", True)
    assert [str(one.phrase) for one in drawn.reasons] == [
        "have the gender Female",
        "are at least 18 years old",
    ]
    [asked] = page.context["asked"]
    assert (asked.person.first_name, asked.is_in) == ("Iker", False)
    assert "Not in it" in page.content.decode()


@pytest.mark.feature("TG00")
def test_a_new_target_starts_from_a_ready_made_rule(db, ana_client):
    page = ana_client.get(NEW).content.decode()
    assert '<details class="rule-presets" open>' in page
    assert "Start from a ready-made rule" in page
    asked = {"do": "preset:champions", "preset-champions": "7", "node": ["n0"], "n0-filter": ""}
    made = ana_client.post(NEW, asked)
    assert made.context["builder"].words == (
        "People who logged in at least 7 times in the last 90 days "
        "and logged in in the last 30 days."
    )
    assert '<details class="rule-presets">' in made.content.decode()
