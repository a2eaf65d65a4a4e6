"""Saving targets, and keeping their memberships by full evaluation."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.jobs.services import jobs_run_due
from config.kit.models import AuditEntry, Job
from customers.models import Customer, Tag, Tagging, User
from messaging.models import Campaign, CampaignTarget
from targets.models import Membership, MembershipChange, Target, TargetSize, TargetVersion
from targets.nesting import dependents_of, in_order
from targets.rules.problems import RuleRefused
from targets.selectors.members import members, members_as_of, members_page, sizes
from targets.services.refresh import target_refresh, targets_refresh_due
from targets.services.targets import (
    target_create,
    target_delete,
    target_duplicate,
    target_update,
)
from targets.upkeep.database import fetch
from tests.targets.conftest import document

VIP = {"filter": "tags", "op": "any", "value": ["vip"]}
GONE = {"filter": "lifecycle", "op": "any", "value": ["lead"]}


def inside(slug):
    return {"filter": "target", "op": "any", "value": [slug]}


def names(target):
    return set(members(target).values_list("first_name", flat=True))


@pytest.mark.feature("TG00")
def test_creating_finds_the_people_in_a_job_and_keeps_a_version(history, ana):
    target = target_create(name="Muy VIP", rule=document(VIP), by=ana)
    assert target.slug == "muy-vip"
    assert jobs_run_due(queue="jobs") == 1
    target.refresh_from_db()
    assert names(target) == {"Rayén", "Iker"}
    assert (target.members_count, target.evaluated_version) == (2, 1)
    assert Job.objects.get().result == {"targets": 1, "members": 2}
    assert TargetVersion.objects.get().saved_by == ana
    assert AuditEntry.objects.filter(action="targets.target.created", actor_id=ana.pk).count() == 1


@pytest.mark.feature("TG00")
def test_a_refresh_writes_only_the_difference_and_logs_it(history, make_target):
    target = make_target("vip", VIP)
    Tagging.objects.filter(customer=history["iker"]).delete()
    Tagging.objects.create(customer=history["nahuel"], tag=Tag.objects.get(name="VIP"))
    rayen = Membership.objects.get(customer_id=history["rayen"].pk)
    difference = target_refresh(target=target)
    assert difference is not None
    assert (difference.members, difference.entered, difference.left) == (2, 1, 1)
    assert names(target) == {"Rayén", "Nahuel"}
    assert Membership.objects.get(customer_id=history["rayen"].pk).entered_at == rayen.entered_at
    log = MembershipChange.objects.order_by("id").values_list(
        "customer__first_name", "is_entry", "cause"
    )
    assert sorted(log[:2]) == [("Iker", True, "rule"), ("Rayén", True, "rule")]
    assert sorted(log[2:]) == [("Iker", False, "refresh"), ("Nahuel", True, "refresh")]
    newest = TargetSize.objects.latest("id")
    assert (newest.members, newest.entered, newest.left) == (2, 1, 1)


def test_a_refresh_that_changes_nothing_writes_nothing(history, make_target):
    target = make_target("vip", VIP)
    target_refresh(target=target)
    assert MembershipChange.objects.count() == 2
    assert TargetSize.objects.count() == 1


@pytest.mark.feature("TG00")
def test_members_as_of_a_past_instant_follow_the_log(history, make_target):
    target = make_target("vip", VIP)
    before = clock.now()
    Tagging.objects.filter(customer=history["iker"]).delete()
    target_refresh(target=target)
    assert set(members_as_of(target, before).values_list("first_name", flat=True)) == {
        "Rayén",
        "Iker",
    }
    assert set(members_as_of(target, clock.now()).values_list("first_name", flat=True)) == {"Rayén"}
    assert not members_as_of(target, target.created_at - timedelta(seconds=1)).exists()


@pytest.mark.feature("TG00")
def test_editing_needs_the_version_that_was_seen(history, make_target, ana):
    target = make_target("vip", VIP)
    target_update(target=target, version=1, name="Nuevo", rule=document(GONE), by=ana)
    with pytest.raises(DomainError) as refused:
        target_update(target=target, version=1, name="Otro", rule=document(VIP))
    assert refused.value.code == "target_changed"
    assert refused.value.data == {"version": 2}
    saved = Target.objects.get()
    assert (saved.name, saved.rule, saved.version) == ("Nuevo", document(GONE), 2)
    target_refresh(target=saved)
    assert names(saved) == {"Iker", "Nahuel"}


def test_a_new_name_alone_starts_no_search(history, make_target):
    target = make_target("vip", VIP)
    jobs = Job.objects.count()
    target_update(target=target, version=1, name="Otro", rule=document(VIP))
    target.refresh_from_db()
    assert Job.objects.count() == jobs
    assert target.evaluated_version == target.version == 2


@pytest.mark.feature("TG00")
def test_a_duplicate_has_the_rule_and_a_slug_of_its_own(history, make_target):
    copy = target_duplicate(target=make_target("vip", VIP))
    assert (copy.name, copy.slug, copy.rule) == ("Copy of Vip", "copy-of-vip", document(VIP))


@pytest.mark.parametrize(
    ("slug", "name", "code"),
    [
        ("vip", "Otro", "slug_taken"),
        ("No válido", "X", "slug_invalid"),
        ("", "  ", "name_missing"),
        ("", "x" * 121, "name_missing"),
    ],
)
def test_bad_names_are_refused(history, make_target, slug, name, code):
    make_target("vip", VIP)
    with pytest.raises(DomainError) as refused:
        target_create(slug=slug, name=name, rule=document(VIP))
    assert refused.value.code == code
    assert Target.objects.count() == 1


@pytest.mark.feature("TG00", "TG29")
def test_what_uses_a_target_keeps_it_from_being_deleted(history, make_target, ana, ana_client):
    target = make_target("vip", VIP)
    page = reverse("targets:delete", args=[target.public_id])
    assert "Delete target" in ana_client.get(page).content.decode()
    outer = make_target("outer", inside("vip"))
    campaign = Campaign.objects.create(name="Oferta de mayo", slug="mayo")
    CampaignTarget.objects.create(campaign=campaign, target=target)
    with pytest.raises(DomainError) as refused:
        target_delete(target=target, by=ana)
    assert refused.value.code == "target_in_use"
    assert "Oferta de mayo" in refused.value.message
    assert "Outer" in refused.value.message
    kept = ana_client.get(page).content.decode()
    assert refused.value.message in kept
    assert "Delete target" not in kept
    ana.groups.clear()
    ana.user_permissions.add(Permission.objects.get(codename="view_target"))
    with pytest.raises(DomainError) as refused:
        target_delete(target=target, by=User.objects.get(pk=ana.pk))
    assert "Outer, 1 thing that you may not see" in refused.value.message
    target_delete(target=outer)
    CampaignTarget.objects.all().delete()
    target_delete(target=target, by=ana)
    assert not Membership.objects.exists()
    assert MembershipChange.objects.filter(cause="deletion").count() == 4
    assert Customer.objects.count() == 3


@pytest.mark.feature("TG27")
def test_circles_of_targets_are_refused(history, make_target):
    first = make_target("first", VIP)
    make_target("second", inside("first"))
    make_target("third", {"not": inside("second")})
    for slug in ("third", "first"):
        with pytest.raises(RuleRefused) as refused:
            target_update(target=first, version=1, name="F", rule=document(inside(slug)))
        assert refused.value.problems[0].path.startswith("/rule/value")
    assert Target.objects.get(slug="first").version == 1


def test_targets_come_after_those_that_they_stand_on(history, make_target):
    make_target("c", VIP)
    make_target("b", inside("c"))
    make_target("a", {"all": [inside("b"), inside("c")]})
    assert in_order() == ["c", "b", "a"]
    assert dependents_of("c") == {"a", "b"}


@pytest.mark.feature("TG27")
def test_a_job_follows_a_change_into_the_targets_that_refer_to_it(history, make_target):
    inner = make_target("inner", VIP)
    outer = make_target("outer", inside("inner"))
    jobs_run_due(queue="jobs")
    target_update(target=inner, version=1, name="Inner", rule=document(GONE))
    jobs_run_due(queue="jobs")
    assert names(outer) == {"Iker", "Nahuel"}


def test_the_schedule_builds_what_was_saved_or_left_half_built(history, make_target):
    fresh, left = make_target("fresh", VIP), make_target("left", VIP)
    fetch("INSERT INTO targets_build (target_id) VALUES ($1)", left.pk)
    target_create(name="Nunca", rule=document(VIP))
    assert targets_refresh_due() == 2
    assert targets_refresh_due() == 0
    seen = fresh.evaluated_at
    fresh.refresh_from_db()
    assert fresh.evaluated_at == seen


def test_a_rule_whose_field_is_gone_is_left_as_it_is(history, make_target):
    broken = make_target("broken", VIP)
    rule = document({"filter": "custom_field", "field": "gone", "op": "empty"})
    Target.objects.filter(pk=broken.pk).update(rule=rule, version=2)
    assert target_refresh(target=broken) is None
    assert names(broken) == {"Rayén", "Iker"}
    assert targets_refresh_due() == 0


def test_members_are_paged_both_ways(make_customer, make_target):
    for number in range(7):
        make_customer(first_name=str(number))
    target = make_target("all", {"all": []})

    def shown(page):
        return [person.first_name for person, _since in page.rows]

    first = members_page(target, size=3)
    second = members_page(target, after=first.after, size=3)
    third = members_page(target, after=second.after, size=3)
    assert [shown(page) for page in (first, second, third)] == [
        ["0", "1", "2"],
        ["3", "4", "5"],
        ["6"],
    ]
    assert (first.before, third.after) == (None, None)
    back = members_page(target, before=third.before, size=3)
    assert shown(back) == ["3", "4", "5"]
    assert members_page(target, before=back.before, size=3).before is None


def test_sizes_hold_the_last_known_number_of_each_day(history, make_target):
    target = make_target("vip", VIP)
    TargetSize.objects.all().delete()
    now = clock.now()
    for days, number in ((40, 5), (2, 8), (2, 9)):
        TargetSize.objects.create(
            target=target,
            at=now - timedelta(days=days, minutes=1),
            members=number,
            entered=3,
            left=1,
        )
    found = sizes(target, days=4)
    assert [(one.members, one.entered, one.left) for one in found] == [
        (5, 0, 0),
        (9, 6, 2),
        (9, 0, 0),
        (9, 0, 0),
    ]


def joins(node):
    yield node.get("Node Type"), node.get("Join Type")
    for inner in node.get("Plans", ()):
        yield from joins(inner)


@pytest.mark.feature("TG00")
def test_the_first_people_of_all_are_not_looked_for_among_those_just_written(history, ana):
    """The plan made while nobody is a member of anything decides about the first large target."""
    target = target_create(name="Muy VIP", rule=document(VIP), by=ana)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE targets_membership")
    with CaptureQueriesContext(connection) as seen:
        target_refresh(target=target)
    query = next(one["sql"] for one in seen if "WITH matched" in one["sql"])

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {query}")
        plan = cursor.fetchone()[0][0]["Plan"]

    assert names(target) == {"Rayén", "Iker"}
    assert not [one for one in joins(plan) if one[1] == "Anti"]
