"""The customers list filtered by conditions: ready-made or own, in the address, and as a target."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils.html import escape

from config.kit import clock
from config.kit.models import SavedView
from customers.models import Category, Customer, Tag
from targets.models import KeptRule, Target
from targets.presets import presets
from targets.reading import rule_from_json
from targets.registry import SECTIONS
from targets.selectors.evaluation import count
from targets.selectors.words import rule_words
from tests.conftest import make_staff
from tests.targets.conftest import document
from tests.targets.test_screens import HTMX, NEW, VIP, WOMEN

pytestmark = pytest.mark.django_db
LIST = "/backoffice/customers/"
FILTER = "/backoffice/targets/filter/"


def people(response):
    """First names of the list's rows."""
    text = response.content.decode()
    return {name for name in ("Rayén", "Iker", "Nahuel") if f">{name}" in text}


def link(response, words):
    """Where a link of the page leads that says this."""
    found = re.search(
        rf'<a [^>]*href="([^"]+)"[^>]*>(?:(?!</a>).)*{re.escape(words)}', response, re.S
    )
    assert found, words
    return found[1].replace("&amp;", "&")


def posted(*leaves, **more):
    nodes = [f"n{place}" for place in range(len(leaves))]
    texts = {f"{name}-leaf": json.dumps(leaf) for name, leaf in zip(nodes, leaves, strict=True)}
    return {"n-kind": "all", "node": nodes, "do": "apply", **texts, **more}


@pytest.mark.feature("M8", "M12", "M10")
def test_own_conditions_filter_the_list_beside_its_other_filters(history, ana_client):
    url = f"{LIST}?verified=no&sort=name&f=1&open=filter"
    page = ana_client.get(url).content.decode()
    builder = link(page, "Ready-made filters and own conditions")
    assert "Nothing is saved" in ana_client.get(builder).content.decode()
    state = parse_qs(urlsplit(builder).query)["state"][0]
    done = ana_client.post(FILTER, posted(VIP, state=state))
    asked = parse_qs(urlsplit(done.url).query)
    assert asked["verified"] == ["no"]
    assert asked["sort"] == ["name"]
    assert json.loads(asked["rule"][0]) == document({"all": [VIP]})
    listed = ana_client.get(done.url)
    assert people(listed) == {"Iker"}
    assert "Conditions: <b>People who have the tag vip.</b>" in listed.content.decode()


@pytest.mark.feature("M6", "M8", "M13")
def test_the_chip_leads_back_to_the_conditions_and_cancel_to_the_list(history, ana_client):
    rule = json.dumps(document(VIP))
    listed = ana_client.get(LIST, {"rule": rule, "city": "donos", "f": "1"}).content.decode()
    builder = ana_client.get(link(listed, "People who have the tag vip.")).content.decode()
    assert "have the tag" in builder
    back = link(builder, "Cancel")
    assert parse_qs(urlsplit(back).query) == {"rule": [rule], "city": ["donos"], "f": ["1"]}
    assert f'type="hidden" name="rule" value="{escape(rule)}"' in listed, "the panel keeps it"


@pytest.mark.feature("M12")
def test_unfinished_conditions_stay_on_the_page_with_what_is_wrong(history, ana_client):
    wrong = posted({"filter": "age", "op": "between", "value": [9, 1]}, state="verified=no&f=1")
    answer = ana_client.post(FILTER, wrong)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Finish or remove the marked conditions." in text
    assert 'name="state" value="verified=no&amp;f=1"' in text


@pytest.mark.feature("M8", "M12")
def test_a_filter_too_long_for_an_address_is_kept_and_named_there(history, ana_client):
    names = ["VIP", *(f"etiqueta número {n}" for n in range(300))]
    many = {"filter": "tags", "op": "any", "value": names}
    answer = ana_client.post(FILTER, posted(many, state="verified=no&f=1"))
    assert answer.status_code == 302
    assert len(answer.url) < 200
    listed = ana_client.get(answer.url)
    assert people(listed) == {"Iker"}
    chip = link(listed.content.decode(), "People who")
    assert len(chip) < 400
    builder = ana_client.get(chip)
    assert builder.context["builder"].rule.to_json() == document({"all": [many]})
    again = ana_client.post(FILTER, posted(many))
    assert KeptRule.objects.count() == 1
    assert parse_qs(urlsplit(again.url).query)["rule"][0].startswith("~")
    unknown = ana_client.get(LIST, {"rule": "~0'", "f": "1"})
    assert "This filter is not kept here." in unknown.content.decode()
    target = ana_client.get(link(listed.content.decode(), "Save as target"))
    assert target.status_code == 200


def test_a_rule_whose_things_are_gone_is_refused_in_words(history, ana_client):
    gone = document({"filter": "category", "op": "any", "value": ["oro"]})
    Category.objects.update(code="plata")
    answer = ana_client.get(LIST, {"rule": json.dumps(gone), "f": "1"})
    text = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    assert "These conditions cannot be asked: “oro” does not exist." in text


@pytest.mark.feature("M7")
def test_ready_made_conditions_come_with_their_number(history, ana_client):
    page = ana_client.get(FILTER).content.decode()
    assert 'name="preset-new" value="30"' in page
    made = ana_client.post(FILTER, posted(do="preset:new", **{"preset-new": "12"}))
    assert "registered in the last 12 days" in made.content.decode()
    part = ana_client.post(
        FILTER, posted(VIP, do="preset:away", **{"n-kind": "any", "preset-away": "x"}), headers=HTMX
    ).content.decode()
    assert "<html" not in part
    assert "logged in in the last 90 days" in part
    leaves = re.findall(r'name="node" value="(n\w+)"', part)
    assert leaves == ["n0", "n0_0", "n1", "n1_0"], "what was asked before stays as it was"
    assert ana_client.post(FILTER, posted(do="preset:none")).status_code == 200


@pytest.mark.feature("M7")
@pytest.mark.parametrize("key", list(presets))
def test_every_ready_made_condition_is_a_rule_that_can_be_counted(history, key):
    preset = presets[key]
    assert preset.section in SECTIONS
    assert ("%(n)s" in str(preset.label)) is (preset.start > 0)
    for number in {preset.start, preset.start and 1, preset.start and preset.most}:
        rule = rule_from_json(document(preset.rule(number)))
        assert rule_words(rule)
        assert 0 <= count(rule) <= 3


@pytest.mark.feature("M7", "TG29")
def test_ready_made_conditions_find_exactly_their_people(history):
    now = clock.now()
    Customer.objects.update(registered_at=now - timedelta(days=40))
    Customer.objects.filter(pk=history["iker"].pk).update(registered_at=now - timedelta(days=9))
    rule = rule_from_json(document(presets["new"].rule(10)))
    assert count(rule) == 1
    assert count(rule_from_json(document(presets["unverified"].rule(0)))) == 2
    assert count(rule_from_json(document(presets["untagged"].rule(0)))) == 1


@pytest.mark.feature("M9", "TG29")
def test_what_the_list_is_filtered_by_becomes_a_target_with_the_same_people(
    history, ana_client, make_target
):
    make_target("todos", {"all": []})
    tag = Tag.objects.get(name="VIP").pk
    gold = Category.objects.get().pk
    cases = {
        f"tag={tag}": {"Rayén", "Iker"},
        "tag=-": {"Nahuel"},
        f"tag={tag}&category={gold}": {"Iker"},
        "category=*": {"Iker"},
        "stage=customer": {"Rayén"},
        "status=deactivated": {"Iker"},
        "verified=yes": {"Rayén"},
        "consent=granted": {"Rayén"},
        "city=ñuñ": {"Rayén"},
        "city=don": {"Iker"},
        "target=todos&last_login=filled": {"Rayén"},
        "last_login=empty": {"Iker", "Nahuel"},
        "registered=before&registered_after=2026-11-01": {"Rayén"},
        "registered=between&registered_after=2026-11-01": {"Iker", "Nahuel"},
        "registered=between&registered_before=2026-10-31": {"Rayén"},
        "registered=older&registered_n=60": {"Rayén"},
    }
    for query, names in cases.items():
        listed = ana_client.get(f"{LIST}?{query}&f=1")
        assert people(listed) == names, query
        builder = link(listed.content.decode(), "Save as target")
        asked = parse_qs(urlsplit(builder).query)
        assert "without" not in asked, query
        rule = rule_from_json(json.loads(asked["rule"][0]))
        assert count(rule) == len(names), query


@pytest.mark.feature("M9")
def test_what_a_rule_cannot_say_is_named(history, ana_client):
    listed = ana_client.get(f"{LIST}?registered=month&stage=customer&q=ray&f=1").content.decode()
    page = ana_client.get(link(listed, "Save as target")).content.decode()
    assert "are at the stage" in page
    assert "cannot say this part of the list's filter: Registered, the search." in page


@pytest.mark.feature("M8")
def test_conditions_of_the_list_are_saved_as_a_target(history, ana_client):
    page = ana_client.post(FILTER, posted(WOMEN, do="as_target")).content.decode()
    assert f'action="{NEW}"' in page
    done = ana_client.post(NEW, posted(WOMEN, do="save", name="Mujeres"))
    assert done.status_code == 302
    assert Target.objects.get().rule == document({"all": [WOMEN]})


def test_who_may_not_see_targets_or_make_them_is_not_offered_them(
    history, ana_client, beto_client, staff_client
):
    assert "Save as target" not in beto_client.get(f"{LIST}?verified=no&f=1").content.decode()
    assert "Save as target" not in beto_client.get(FILTER).content.decode()
    beto_client.post(FILTER, posted(WOMEN, do="as_target"))
    assert not Target.objects.exists()
    for name, codes in (("lists", ["view_customer"]), ("rules", ["view_target"])):
        role = Group.objects.create(name=name)
        role.permissions.set(Permission.objects.filter(codename__in=codes))
    lists = staff_client(make_staff("dina@casaquillay.example", "Dina", "lists"))
    rules = staff_client(make_staff("elsa@casaquillay.example", "Elsa", "rules"))
    assert "Ready-made filters" not in lists.get(LIST).content.decode()
    assert lists.get(FILTER).status_code == 403
    assert rules.get(FILTER).status_code == 403


@pytest.mark.feature("M10", "M11")
def test_clear_removes_chips_search_and_conditions(history, ana_client):
    query = urlencode({"rule": json.dumps(document(VIP)), "verified": "no", "q": "ike", "f": "1"})
    text = ana_client.get(f"{LIST}?{query}").content.decode()
    for words in ("Conditions: <b>", "Verified: <b>No</b>", "Search: <b>ike</b>"):
        assert words in text
    assert people(ana_client.get(link(text, "Clear all"))) == {"Rayén", "Iker", "Nahuel"}


@pytest.mark.feature("M13")
@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"target": ["borrado"]}, "Target"),
        ({"rule": ['{"version": 0, "rule": {"all": []}}']}, "Conditions"),
        ({"rule": ["{"]}, "Conditions"),
    ],
)
def test_a_kept_view_of_what_is_gone_shows_nobody(history, ana, ana_client, params, name):
    view = SavedView.objects.create(list_key="customers", owner=ana, name="Vieja", params=params)
    opened = ana_client.get(f"{LIST}?view={view.public_id}")
    assert people(opened) == set()
    assert f"It is: {name}." in opened.content.decode()
    going_on = ana_client.get(link(opened.content.decode(), "Go on without it"))
    assert people(going_on) == {"Rayén", "Iker", "Nahuel"}


def test_a_shared_view_by_target_is_not_widened_for_who_sees_no_targets(history, ana, staff_client):
    role = Group.objects.create(name="lists")
    role.permissions.set(Permission.objects.filter(codename="view_customer"))
    view = SavedView.objects.create(
        list_key="customers", owner=ana, name="VIP", params={"target": ["vip"]}, is_shared=True
    )
    client = staff_client(make_staff("dina@casaquillay.example", "Dina", "lists"))
    opened = client.get(f"{LIST}?view={view.public_id}")
    assert people(opened) == set()
    assert "It is: Target." in opened.content.decode()
