"""Whom staff put into a target or leave out of it, on top of the rule: exact, live, explained."""

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from config.kit.errors import DomainError
from config.kit.models import AuditEntry
from customers.models import Customer
from targets.models import Membership, MembershipChange, StaticEntry, StaticList, Target
from targets.reading import rule_from_json
from targets.selectors.comparing import change
from targets.selectors.evaluation import audience_sql, count, target_sql
from targets.selectors.explaining import explain
from targets.selectors.lists import sides_of
from targets.selectors.words import target_words
from targets.services.picks import target_pick
from targets.services.refresh import target_refresh
from targets.services.targets import target_delete, target_duplicate, target_update
from targets.upkeep.auditing import targets_audit
from targets.upkeep.worker import Upkeep
from tests.targets.conftest import document, evidence_of

pytestmark = [pytest.mark.feature("TG27", "TG00"), pytest.mark.django_db]
VIP = {"filter": "tags", "op": "any", "value": ["VIP"]}
WOMEN = {"filter": "gender", "op": "any", "value": ["female"]}


def members(target: Target) -> set[str]:
    held = Membership.objects.filter(target=target).values("customer_id")
    return set(Customer.objects.filter(pk__in=held).values_list("first_name", flat=True))


def fresh(target: Target) -> set[str]:
    return {one.first_name for one in Customer.objects.raw(*target_sql(target))}


@pytest.fixture
def vips(history: dict[str, Customer], make_target: Callable[..., Target]) -> Target:
    """Rayén and Iker by the rule; Nahuel is put in, Iker left out."""
    target = make_target("vip", VIP)
    Upkeep().settle()
    target_pick(target=target, customer=history["nahuel"], side="included")
    target_pick(target=target, customer=history["iker"], side="excluded")
    Upkeep().settle()
    target.refresh_from_db()
    return target


@pytest.mark.feature("BX01")
def test_upkeep_keeps_whom_staff_chose_whatever_the_rule_says(vips, history):
    assert members(vips) == fresh(vips) == {"Rayén", "Nahuel"}
    assert (vips.version, vips.members_count) == (1, 2)
    history["rayen"].taggings.all().delete()
    Customer.objects.filter(pk=history["nahuel"].pk).update(city="Lota")
    Upkeep().settle()
    assert members(vips) == fresh(vips) == {"Nahuel"}
    target_pick(target=vips, customer=history["iker"], side="")
    target_pick(target=vips, customer=history["nahuel"], side="")
    Upkeep().settle()
    assert members(vips) == fresh(vips) == {"Iker"}
    causes = MembershipChange.objects.filter(target_id=vips.pk, cause="change")
    picked = causes.filter(source__startswith="targets_staticentry:")
    assert sorted(picked.values_list("customer_id", "is_entry")) == sorted(
        [(history["nahuel"].pk, True), (history["iker"].pk, False),
         (history["nahuel"].pk, False), (history["iker"].pk, True)]
    )  # fmt: skip
    assert targets_audit().drift == 0


def test_who_was_put_in_on_both_sides_stands_on_the_last_one(vips, history):
    assert target_pick(target=vips, customer=history["nahuel"], side="excluded")
    assert not target_pick(target=vips, customer=history["nahuel"], side="excluded")
    Upkeep().settle()
    assert members(vips) == {"Rayén"}
    changes = AuditEntry.objects.filter(action="targets.target.picked").order_by("pk")
    assert [(one.data["before"], one.data["after"]) for one in changes] == [
        ("", "included"), ("", "excluded"), ("included", "excluded"),
    ]  # fmt: skip


def test_a_new_rule_and_a_full_evaluation_keep_them(vips):
    target_update(target=vips, version=1, name="VIP", rule=document(WOMEN))
    target_refresh(target=vips)
    assert members(vips) == {"Rayén", "Nahuel"}
    Upkeep().settle()
    assert members(vips) == fresh(vips) == {"Rayén", "Nahuel"}


def test_counts_audiences_and_other_targets_have_them_too(vips, make_target):
    assert count(vips) == 2
    inner = make_target("dentro", {"filter": "target", "op": "any", "value": ["vip"]})
    outer = make_target("fuera", {"filter": "target", "op": "none", "value": ["vip"]})
    assert (members(inner), members(outer)) == ({"Rayén", "Nahuel"}, {"Iker"})
    sql, params = audience_sql([vips], [])
    assert {one.first_name for one in Customer.objects.raw(sql, params)} == {"Rayén", "Nahuel"}


@pytest.mark.feature("BX02")
def test_the_choice_by_hand_is_explained(vips, history):
    inside = explain(vips, history["nahuel"])
    assert (inside.is_member, inside.satisfies) == (True, True)
    told = [(one.filter, one.truth, str(one.phrase)) for one in inside.leaves]
    assert told == [
        ("tags", False, "have the tag VIP"),
        ("static_list", True, "were put in by hand"),
        ("static_list", True, "were not left out by hand"),
    ]
    assert evidence_of(inside.leaves[1]).shown == "Put in by hand"
    outside = explain(vips, history["iker"])
    assert outside.is_member is False
    assert [one.truth for one in outside.leaves] == [True, False, False]
    assert target_words(vips) == (
        "People who have the tag VIP. And whom staff put in by hand, without whom they left out."
    )


@pytest.mark.feature("BX04")
def test_the_preview_of_an_edit_counts_them(vips):
    found = change(vips, rule_from_json(document(WOMEN)))
    assert (found.before, found.entering, found.leaving, found.after) == (2, 0, 0, 2)


@pytest.mark.feature("BX04")
def test_the_builder_counts_the_rule_by_line_and_the_target_as_a_whole(vips, ana_client):
    shown = ana_client.get(reverse("targets:edit", args=[vips.public_id]))
    builder = shown.context["builder"]
    assert [line.count for line in builder.lines if not line.ends] == [2, 2]
    assert (builder.counts.total, builder.full_document) == (2, document({"all": [VIP]}))
    assert "Put in by hand 1 and left out by hand 1" in shown.content.decode()


def test_a_copy_has_them_and_a_deleted_target_takes_them_along(vips, history):
    copy = target_duplicate(target=vips)
    target_refresh(target=copy)
    assert members(copy) == {"Rayén", "Nahuel"}
    target_delete(target=vips)
    assert StaticList.objects.count() == 2
    with pytest.raises(ObjectDoesNotExist):
        target_pick(target=vips, customer=history["rayen"], side="excluded")


def test_an_edit_saved_as_a_new_target_has_them(vips, history, ana_client, ana):
    url = reverse("targets:edit", args=[vips.public_id])
    edited = {"name": "Mujeres", "rule": json.dumps(document({"all": [WOMEN]}))}
    saved = ana_client.post(url, {**edited, "do": "save_as_new", "version": 1})
    copy = Target.objects.get(name="Mujeres")
    assert saved.url == reverse("targets:target", args=[copy.public_id])
    target_refresh(target=copy)
    Upkeep().settle()
    assert members(copy) == fresh(copy) == {"Rayén", "Nahuel"}
    assert sides_of(copy, list(history.values())) == {
        history["nahuel"].pk: "included", history["iker"].pk: "excluded",
    }  # fmt: skip
    copied = AuditEntry.objects.get(action="targets.target.picks_copied")
    assert copied.data == {"from": "vip", "included": 1, "excluded": 1}
    assert (copied.subject_id, copied.actor_id) == (copy.pk, ana.pk)
    assert set(
        StaticEntry.objects.filter(list__target=copy).values_list("added_by", flat=True)
    ) == {ana.pk}
    target_pick(target=copy, customer=history["iker"], side="")
    assert sides_of(vips, [history["iker"]]) == {history["iker"].pk: "excluded"}


def test_who_is_gone_cannot_be_put_in(vips, history):
    rayen = history["rayen"]
    Customer.objects.filter(pk=rayen.pk).update(trashed_at=rayen.registered_at)
    with pytest.raises(DomainError) as refusal:
        target_pick(target=vips, customer=rayen, side="included")
    assert refusal.value.code == "person_gone"


def test_the_tab_and_the_reasons_offer_it(vips, history, ana_client, beto_client):
    tab = reverse("targets:panel", args=[vips.public_id, "people"])
    why = reverse("targets:explain", args=[vips.public_id, history["rayen"].public_id])
    page = ana_client.get(tab).content.decode()
    assert page.count("Let the rule decide") == 2
    url = reverse("targets:pick", args=[vips.public_id, history["rayen"].public_id])
    assert ana_client.post(url, {"side": "excluded", "back": why}).url == why
    assert "Left out by hand, whatever the rule says." in ana_client.get(why).content.decode()
    assert ana_client.post(url, {"side": "nonsense", "back": "//evil.example"}).url == tab
    Upkeep().settle()
    assert members(vips) == {"Nahuel"}
    assert beto_client.post(url, {"side": ""}).status_code == 403
    assert "Let the rule decide" not in beto_client.get(why).content.decode()
