"""Looking back: who was in at an instant, who entered and left between two, and why."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError
from django.urls import reverse

from customers.models import Activity
from targets.models import MembershipChange
from targets.selectors.history import movements, then
from targets.services.refresh import target_refresh
from targets.services.targets import target_update
from targets.upkeep.worker import Upkeep
from tests.targets.conftest import document
from tests.targets.test_commands import run

pytestmark = [pytest.mark.feature("BX03", "TG00"), pytest.mark.django_db]
AT = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
RECENT = {"filter": "login", "window": {"last": 30, "unit": "days"}}


@pytest.fixture
def story(history, make_target):
    """Nahuel logs in and time takes him out; then the rule is another one."""
    target = make_target("recientes", RECENT)
    Upkeep(now=lambda: AT).settle()
    visit = AT - timedelta(days=29)
    Activity.objects.bulk_create(
        [Activity(customer=history["nahuel"], kind="login", occurred_at=visit)]
    )
    Upkeep(now=lambda: AT).settle()
    Upkeep(now=lambda: AT + timedelta(days=2)).settle()
    return target


def names(found):
    return [str(person) for person, _since in found.rows]


def test_members_as_of_any_instant_are_those_of_the_log(history, story):
    assert (then(story, AT - timedelta(days=1)).total, names(then(story, AT))) == (1, ["Nahuel"])
    entered = MembershipChange.objects.filter(target_id=story.pk, is_entry=True).latest("id")
    assert then(story, AT).rows[0][1] == entered.occurred_at
    assert then(story, AT + timedelta(days=2)).total == 0
    version = then(story, AT).version
    assert version is not None
    assert version.number == 1


def test_who_came_and_went_has_its_reason(history, story):
    found = movements(story, AT - timedelta(microseconds=1), AT + timedelta(days=3))
    assert (found.entered, found.left) == (1, 2)
    told = {(str(person), change.is_entry, change.cause) for change, person in found.rows}
    assert told == {
        ("Nahuel", False, "time"),
        ("Nahuel", True, "change"),
        ("Rayén", False, "change"),
    }
    assert {change.source for change, _person in found.rows if change.is_entry} == {
        "customers_activity:login"
    }
    assert movements(story, AT, AT + timedelta(days=3)).entered == 0, "the first instant is out"


def test_a_new_rule_is_a_reason(history, make_target):
    target = make_target("vip", {"filter": "tags", "op": "any", "value": ["VIP"]})
    before = MembershipChange.objects.latest("occurred_at").occurred_at
    target_update(
        target=target, version=1, name="Vip", rule=document({"filter": "tags", "op": "empty"})
    )
    target_refresh(target=target)
    found = movements(target, before, before + timedelta(hours=1))
    assert found.causes == [("rule", 1, 2)]
    assert names(then(target, before)) == ["Rayén", "Iker"]


def test_the_tab_shows_both_and_says_what_is_wrong_at_its_field(history, story, ana_client):
    url = reverse("targets:panel", args=[story.public_id, "history"])
    text = ana_client.get(url, {"at": "2027-06-01T10:00"}).content.decode()
    assert "<strong>1</strong> person was in it on 1 Jun 2027 10:00." in text
    assert "Version 1 of the rule:" in text
    text = ana_client.get(
        url, {"since": "2027-05-30T00:00", "until": "2027-06-05T00:00"}
    ).content.decode()
    assert "Time passed" in text
    assert "happened" in text
    wrong = ana_client.get(url, {"since": "2027-06-05T00:00", "until": "2027-06-01T00:00"})
    assert "This must be later than the first instant." in wrong.content.decode()
    assert ana_client.get(url, {"at": "yesterday"}).status_code == 200


def test_the_commands_look_back_too(history, story):
    told = json.loads(
        run("target_changes", "recientes", "--from", "2027-05-01", "--to", "2027-07-01", "--json")
    )
    assert (told["entered"], told["left"]) == (1, 2)
    assert sorted(one["cause"] for one in told["changes"]) == ["change", "change", "time"]
    told = json.loads(run("target_members", "recientes", "--at", AT.isoformat(), "--json"))
    assert told["members"] == [
        {"public_id": str(history["nahuel"].public_id), "email": history["nahuel"].email}
    ]
    with pytest.raises(CommandError, match=r"--to must be later than --from\."):
        run("target_changes", "recientes", "--from", "2027-05-01", "--to", "2027-04-01")
