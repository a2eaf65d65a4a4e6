"""What saving an edit would do is shown before it is saved: numbers, people with reasons, uses."""

import json
import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from config.kit.models import AuditEntry
from customers.models import Customer
from messaging.models import Campaign, CampaignTarget
from targets.models import Membership, Target, TargetVersion
from targets.reading import rule_from_json
from targets.registry import filters
from targets.selectors.comparing import Change, change, change_estimated
from targets.services.refresh import target_refresh
from targets.services.targets import target_update
from tests.conftest import make_staff
from tests.targets.conftest import document
from tests.targets.test_screens import HTMX, NEW, VIP, WOMEN, url

pytestmark = [pytest.mark.feature("BX04"), pytest.mark.django_db]
ACTIVE = {"filter": "status", "op": "any", "value": ["active"]}


def posted(*leaves, **more):
    """The builder's form with these conditions, all of them closed."""
    nodes = [f"n{place}" for place in range(len(leaves))]
    texts = {f"{name}-leaf": json.dumps(leaf) for name, leaf in zip(nodes, leaves, strict=True)}
    basics = {"name": "Vips", "description": "", "n-kind": "all", "node": nodes, "do": "change"}
    return {**basics, "version": "1", "base_name": "Vips", **texts, **more}


def text_of(response):
    """What a reader sees."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def vips(history, make_target):
    """Rayén (active, a woman) and Iker (deactivated, of unknown gender)."""
    return make_target("vips", VIP)


def test_the_difference_is_exact_and_what_saving_then_does(history, vips):
    found = change(vips, rule_from_json(document({"all": [ACTIVE]})))
    assert found == Change(
        before=2,
        after=2,
        entering=1,
        leaving=1,
        who_enter=[history["nahuel"]],
        who_leave=[history["iker"]],
    )
    saved = target_update(target=vips, version=1, name="Vips", rule=document(ACTIVE))
    done = target_refresh(target=saved)
    assert done is not None
    assert (done.entered, done.left, done.members) == (1, 1, 2)


def test_people_who_are_gone_neither_leave_nor_stay(history, vips):
    Customer.objects.filter(pk=history["iker"].pk).update(trashed_at=timezone.now())
    Customer.objects.filter(pk=history["nahuel"].pk).update(trashed_at=timezone.now())
    Membership.objects.create(target=vips, customer_id=999_999, entered_at=timezone.now())
    found = change(vips, rule_from_json(document({"not": {"any": [ACTIVE]}})))
    assert (found.before, found.entering, found.leaving, found.after) == (1, 0, 1, 0)
    assert found.who_leave == [history["rayen"]]


def test_of_many_some_are_shown_and_all_are_counted(vips):
    Customer.objects.bulk_create(Customer(first_name=f"C{n}") for n in range(50))
    rule = rule_from_json(document({"all": [ACTIVE]}))
    for found in (change(vips, rule), change_estimated(vips, rule)):
        assert (found.entering, found.leaving, found.after) == (51, 1, 52)
        assert (len(found.who_enter), len(found.who_leave)) == (3, 1)


def test_a_button_shows_it_without_javascript_and_nothing_is_written(history, ana_client, vips):
    edit = url("edit", vips)
    assert (
        'name="do" value="change"'
        in ana_client.post(edit, posted(ACTIVE, do="count")).content.decode()
    )
    before = (list(Target.objects.values()), list(TargetVersion.objects.values()))
    trail, members = AuditEntry.objects.count(), set(Membership.objects.values_list("customer_id"))
    text = text_of(ana_client.post(edit, posted(ACTIVE)))
    assert "+1 enters −1 leaves 2 today, 2 after saving." in text
    assert "Nahuel enters why holds: have the status Active Found: Active" in text
    assert "Iker leaves why does not hold: have the status Active Found: Inactive" in text
    assert (list(Target.objects.values()), list(TargetVersion.objects.values())) == before
    assert set(Membership.objects.values_list("customer_id")) == members
    assert AuditEntry.objects.count() == trail


def test_only_what_decides_is_given_as_the_reason(ana_client, vips):
    rule = posted(VIP, {"filter": "age", "op": "gte", "value": 18}, **{"n-kind": "all"})
    text = text_of(ana_client.post(url("edit", vips), rule, headers=HTMX))
    assert "+0 enter −1 leaves 2 today, 1 after saving." in text
    assert "Iker leaves why is unknown: are at least 18 years old Found: not on record" in text
    assert "VIP" not in text, "the tag that Iker has is not why he leaves"


def test_with_htmx_it_comes_by_itself_once_the_rule_differs(ana_client, vips):
    edit = url("edit", vips)
    asks = """hx-vals='{"do": "change"}'"""
    assert asks not in ana_client.get(edit).content.decode()
    assert (
        asks not in ana_client.post(edit, posted(VIP, do="numbers"), headers=HTMX).content.decode()
    )
    assert (
        asks in ana_client.post(edit, posted(ACTIVE, do="numbers"), headers=HTMX).content.decode()
    )
    assert asks not in ana_client.post(NEW, posted(ACTIVE, do="count")).content.decode()
    part = ana_client.post(edit, posted(ACTIVE), headers=HTMX).content.decode()
    assert "<html" not in part
    assert "rule-moves" in part


def test_what_takes_long_to_compare_is_estimated_and_then_counted(
    ana_client, vips, few_known, monkeypatch
):
    def slow(leaves, scope):
        wait = "" if scope.is_chosen else " AND (SELECT true FROM pg_sleep(0.5))"
        return [f"person.gender = 'female'{wait}" for _leaf in leaves]

    monkeypatch.setattr(filters["gender"], "compile", slow)
    edit = url("edit", vips)
    first = ana_client.post(edit, posted(WOMEN), headers=HTMX)
    assert "≈ +0 enter ≈ −1 leaves" in text_of(first)
    assert """hx-vals='{"do": "change_exact"}'""" in first.content.decode()
    then = ana_client.post(edit, posted(WOMEN, do="change_exact"), headers=HTMX)
    assert "+0 enter −1 leaves 2 today, 1 after saving." in text_of(then)
    assert "≈" not in text_of(then)


def test_unfinished_rules_and_forged_forms_are_not_compared(ana_client, vips):
    edit = url("edit", vips)
    for rule in (posted({}), posted({"filter": "age", "op": "between", "value": [9, 1]})):
        answer = ana_client.post(edit, rule, headers=HTMX)
        assert answer.status_code == 200
        assert "Finish the marked conditions" in text_of(answer)
    assert ana_client.post(NEW, posted(ACTIVE)).status_code == 200
    assert ana_client.post(NEW, posted(ACTIVE), headers=HTMX).status_code == 200


def campaign(slug, state, target, *, is_excluded=False):
    at = timezone.now()
    frozen = None if state in (Campaign.State.DRAFT, Campaign.State.SCHEDULED) else at
    made = Campaign.objects.create(
        slug=slug, name=slug.title(), state=state, scheduled_at=at, frozen_at=frozen
    )
    CampaignTarget.objects.create(campaign=made, target=target, is_excluded=is_excluded)


def test_what_uses_the_target_is_named_with_what_happens_to_it(ana_client, vips, make_target):
    campaign("borrador", Campaign.State.DRAFT, vips)
    campaign("mañana", Campaign.State.SCHEDULED, vips, is_excluded=True)
    campaign("ahora", Campaign.State.SENDING, vips)
    campaign("antes", Campaign.State.FINISHED, vips)
    make_target("cerca", {"filter": "target", "op": "any", "value": ["vips"]})
    make_target("lejos", {"filter": "target", "op": "any", "value": ["cerca"]})
    text = text_of(ana_client.post(url("edit", vips), posted(ACTIVE), headers=HTMX))
    for told in (
        "Borrador Goes to the people of the new rule when it starts. Draft",
        "Mañana Leaves out the people of the new rule when it starts. Scheduled",
        "Ahora Has begun: its audience stays as it is. Sending",
        "Cerca Its people follow at once.",
        "Lejos Its people follow at once.",
    ):
        assert told in text
    assert "Antes" not in text
    page = text_of(ana_client.get(url("edit", vips)))
    assert "It is used in 4 places: Cerca , Lejos , Mañana , Borrador ." in page


def test_an_analyst_may_not_and_others_see_only_what_is_theirs(beto_client, staff_client, vips):
    assert beto_client.post(url("edit", vips), posted(ACTIVE)).status_code == 403
    role = Group.objects.create(name="rules only")
    role.permissions.set(
        Permission.objects.filter(
            content_type__app_label="targets", codename__in=["view_target", "change_target"]
        )
    )
    editor = staff_client(make_staff("dina@casaquillay.example", "Dina", "rules only"))
    campaign("secreta", Campaign.State.DRAFT, vips)
    text = text_of(editor.post(url("edit", vips), posted(ACTIVE), headers=HTMX))
    assert "+1 enters −1 leaves" in text
    assert "Nahuel" not in text
    assert "Iker" not in text
    assert "Secreta" not in text
    assert "And 1 more that you may not see." in text


def test_a_newer_version_of_somebody_else_is_told_and_met_by_the_conflict(ana_client, vips):
    target_update(target=vips, version=1, name="Vips", rule=document(WOMEN))
    text = text_of(ana_client.post(url("edit", vips), posted(ACTIVE), headers=HTMX))
    assert "Somebody else saved this target meanwhile." in text
    assert "still being found" in text
    assert ana_client.post(url("edit", vips), posted(ACTIVE, do="save")).status_code == 409
    assert Target.objects.get(pk=vips.pk).version == 2
