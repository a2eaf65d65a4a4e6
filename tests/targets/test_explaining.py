"""Why somebody is in a target or not, and until when."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError
from django.urls import reverse
from django.utils import translation

from customers.models import Customer, Tagging
from targets.registry import filters
from targets.selectors.explaining import explain
from targets.services.lists import list_create
from targets.upkeep.worker import Upkeep
from tests.targets.conftest import T, evidence_of
from tests.targets.test_commands import run

pytestmark = [pytest.mark.feature("BX02", "TG00"), pytest.mark.django_db]
SAMPLES: dict[str, dict[str, object]] = {
    "account_type": {"op": "any", "value": ["guest"]},
    "activity_count": {"kinds": ["login", "email_opened"], "op": "gte", "value": 1},
    "age": {"op": "gte", "value": 18},
    "birth_date": {"op": "anniversary", "value": {"next": 7, "unit": "days"}},
    "bucket": {"salt": "a", "percent": 50},
    "category": {"op": "any", "value": ["oro"]},
    "consent": {"channel": "email", "op": "any", "value": ["granted"]},
    "custom_field": {"field": "generic_date_1", "op": "not_empty"},
    "device": {"op": "any", "value": ["mobile"]},
    "email_bounced": {},
    "email_clicked": {},
    "email_delivered": {},
    "email_open_count": {"op": "gte", "value": 1},
    "email_opened": {},
    "email_spam": {},
    "email_unopened": {},
    "email_unread": {},
    "field": {"field": "city", "op": "not_empty"},
    "gender": {"op": "not_empty"},
    "last_login": {"op": "last", "value": {"n": 30, "unit": "days"}},
    "lifecycle": {"op": "any", "value": ["lead"]},
    "login": {},
    "registered_at": {"op": "last", "value": {"n": 30, "unit": "days"}},
    "status": {"op": "any", "value": ["active"]},
    "static_list": {"op": "any", "value": ["invitados"]},
    "tags": {"op": "not_empty"},
    "target": {"op": "any", "value": ["dentro"]},
    "verified": {"op": "is", "value": True},
}
RULE = {
    "all": [
        {"filter": "age", "op": "gte", "value": 18},
        {
            "any": [
                {
                    "filter": "login",
                    "window": {"last": 30, "unit": "days"},
                    "count": {"op": "gte", "value": 1},
                },
                {"filter": "tags", "op": "any", "value": ["mayorista"]},
            ]
        },
        {"not": {"filter": "gender", "op": "any", "value": ["male"]}},
    ]
}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def why_url(target, customer):
    return reverse("targets:explain", args=[target.public_id, customer.public_id])


def test_every_part_has_its_truth_its_value_and_its_witness(history, make_target):
    target = make_target("adultas", RULE)
    found = explain(target, history["rayen"], T)
    assert (found.satisfies, found.is_live) == (True, True)
    age, login, tags, gender = found.leaves
    assert (age.truth, evidence_of(age).value) == (True, 36)
    assert (login.truth, evidence_of(login).value) == (True, 1)
    assert evidence_of(login).witnesses[0].at == T - timedelta(days=2)
    assert login.flips_at == T + timedelta(days=28)
    assert (tags.truth, evidence_of(tags).value) == (True, ["Mayorista"])
    assert gender.truth is False
    assert [part.truth for part in found.root.parts] == [True, True, True]
    assert found.flips_at is None, "the tag keeps her in"


def test_who_is_out_reads_why_and_what_is_unknown(history, make_target):
    target = make_target("adultas", RULE)
    found = explain(target, history["nahuel"], T)
    age, login, _tags, gender = found.leaves
    assert found.satisfies is False
    assert (age.truth, evidence_of(age).shown, age.missing) == (None, "not on record", "Age")
    assert (login.truth, evidence_of(login).value) == (False, 0)
    assert (gender.truth, found.root.parts[2].truth) == (None, None)
    assert found.root.truth is False


def test_a_mail_is_a_witness_that_leads_to_its_page(history, make_target, ana_client):
    target = make_target(
        "leyeron",
        {"filter": "email_clicked", "campaign": "oferta", "count": {"op": "gte", "value": 1}},
    )
    [clicked] = explain(target, history["rayen"]).leaves
    [witness] = evidence_of(clicked).witnesses
    assert (witness.kind, witness.label, witness.at) == (
        "delivery",
        "Oferta",
        T - timedelta(days=1),
    )
    page = ana_client.get(why_url(target, history["rayen"])).content.decode()
    assert f'href="/backoffice/messages/{witness.id}/"' in page


def test_the_log_says_since_when_and_why(history, make_target):
    Upkeep().settle()
    target = make_target("vip", {"filter": "tags", "op": "any", "value": ["VIP"]})
    Tagging.objects.filter(customer=history["iker"]).delete()
    Upkeep().settle()
    found = explain(target, history["iker"])
    assert found.since is not None
    assert (found.is_member, found.since.is_entry) == (False, False)
    assert found.since.source == "customers_tagging"
    assert explain(target, history["nahuel"]).since is None
    assert explain(
        target, history["iker"], found.since.occurred_at - timedelta(microseconds=1)
    ).is_member


def test_who_is_in_the_trash_is_in_nothing_and_time_changes_nothing(history, make_target):
    target = make_target("todos", {"filter": "login", "window": {"last": 90, "unit": "days"}})
    Customer.objects.filter(pk=history["rayen"].pk).update(trashed_at=T)
    found = explain(target, history["rayen"], T)
    assert (found.root.truth, found.satisfies, found.flips_at) == (True, False, None)


def test_targets_inside_are_explained_by_their_rule_at_the_instant(history, make_target):
    make_target("recientes", {"filter": "login", "window": {"last": 30, "unit": "days"}})
    target = make_target("fuera", {"filter": "target", "op": "none", "value": ["recientes"]})
    found = explain(target, history["rayen"], T)
    [inner] = found.leaves
    assert (inner.truth, evidence_of(inner).value) == (False, ["recientes"])
    assert found.flips_at == T + timedelta(days=28), "the log-in leaves the window of the inner one"


@pytest.mark.parametrize("name", sorted(filters))
def test_every_filter_explains_what_it_finds(name, history, make_target):
    rule = {"filter": name, **SAMPLES[name]}
    list_create(name="Invitados")
    make_target("dentro", {"filter": "verified", "op": "is", "value": True})
    target = make_target(f"muestra-{name}".replace("_", "-"), rule)
    for person in history.values():
        [leaf] = explain(target, person, T).leaves
        assert evidence_of(leaf).shown
        json.dumps(evidence_of(leaf).value)


def test_the_page_draws_marks_words_and_links_for_who_may_see_them(
    history, make_target, ana_client, ana, spanish_texts
):
    target = make_target("adultas", RULE)
    page = ana_client.get(f"{why_url(target, history['rayen'])}?at=2026-11-23T14:05:00%2B00:00")
    text = page.content.decode()
    assert "Why they are not in it" in text, "the log begins later"
    assert '<span class="visually-hidden">holds:</span>' in text
    assert '<span class="visually-hidden">does not hold:</span>' in text
    assert "36 years, born 23 Nov 1990" in text
    assert "Changes on 21 Dec 2026 11:05:00 if nothing else happens." in text
    assert "Stays in for as long as their data stay as they are." in text
    ana.language = "es"
    ana.save()
    ana_client.cookies["language"] = "es"
    spanish = ana_client.get(why_url(target, history["rayen"]))
    assert "Al menos uno de estos" in spanish.content.decode()


def test_reasons_are_for_who_may_see_customers(history, make_target, staff_client, beto):
    target = make_target("adultas", RULE)
    assert staff_client(beto).get(why_url(target, history["rayen"])).status_code == 200
    beto.groups.clear()
    beto.user_permissions.add(Permission.objects.get(codename="view_target"))
    assert staff_client(beto).get(why_url(target, history["rayen"])).status_code == 403


def test_a_person_is_looked_for_among_the_members(history, make_target, ana_client):
    target = make_target("vip", {"filter": "tags", "op": "any", "value": ["VIP"]})
    url = reverse("targets:panel", args=[target.public_id, "people"])
    text = ana_client.get(url, {"q": "nahuel"}).content.decode()
    assert f'href="{why_url(target, history["nahuel"])}">Why not?' in text
    tab = reverse("customers:panel", args=[history["nahuel"].public_id, "targets"])
    text = ana_client.get(tab).content.decode()
    assert "Why not?" in text
    assert "In no target" in text


def test_the_command_says_the_same(history, make_target):
    make_target("adultas", RULE)
    at = T.isoformat()
    told = json.loads(
        run("target_explain", "adultas", "rayen@correo.example", "--at", at, "--json")
    )
    assert (told["satisfies"], told["flips_at"], told["nodes"]["/rule/all/0"]) == (True, None, True)
    assert told["leaves"][1]["flips_at"] == (T + timedelta(days=28)).isoformat()
    text = run("target_explain", "adultas", str(history["nahuel"].public_id), "--at", at)
    assert "[unknown] are at least 18 years old: not on record" in text
    with pytest.raises(CommandError, match=r"There is no customer nobody@x\.example"):
        run("target_explain", "adultas", "nobody@x.example")
    with pytest.raises(CommandError, match="--at must be an instant"):
        run("target_explain", "adultas", "rayen@correo.example", "--at", "yesterday")
