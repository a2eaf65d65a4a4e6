"""Memberships follow every change and the passing of time, whoever writes and however."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from config.kit import clock
from config.kit.jobs.services import jobs_run_due
from config.kit.models import Job
from customers.models import Activity, Category, CategoryAssignment, Customer, Tag, Tagging
from customers.services.consent import Proof, consent_record
from targets.models import AuditCheck, Drift, Membership, MembershipChange, Target
from targets.registry import filters
from targets.services.drifts import drifts_repair
from targets.services.refresh import target_refresh
from targets.services.targets import target_delete, target_update
from targets.upkeep.auditing import Audit, targets_audit
from targets.upkeep.database import fetch
from tests.architecture.source import name_of, python_files
from tests.targets.conftest import T, document, mail, record
from tests.targets.upkeep import RECENT, VIP, members, settle

pytestmark = [pytest.mark.feature("TG00", "BX01"), pytest.mark.django_db]


def test_every_fact_of_a_person_is_followed(quiet, make_target):
    rules = {
        "edad": {"filter": "age", "op": "gte", "value": 30},
        "vip": VIP,
        "oro": {"filter": "category", "op": "any", "value": ["oro"]},
        "dijo-que-si": {"filter": "consent", "channel": "email", "op": "any", "value": ["granted"]},
        "visitas": {"filter": "login"},
        "recibido": {"filter": "email_delivered"},
        "texto": {"filter": "custom_field", "field": "generic_text_1", "op": "not_empty"},
        "vip-sin-visita": {"all": [VIP, {"not": {"filter": "login"}}]},
    }
    for slug, rule in rules.items():
        make_target(slug, rule)
    nahuel = quiet["nahuel"]
    Customer.objects.filter(pk=nahuel.pk).update(
        birth_date=date(1980, 1, 1), birth_month=1, birth_day=1, custom={"generic_text_1": "x"}
    )
    Tagging.objects.create(customer=nahuel, tag=Tag.objects.get(name="VIP"))
    CategoryAssignment.objects.create(customer=nahuel, category=Category.objects.get(code="oro"))
    consent_record(
        customer=nahuel,
        channel="email",
        value="granted",
        source="import",
        proof=Proof(evidence="f"),
    )
    mail(nahuel, None, days=3)
    settle()
    assert {slug: "Nahuel" in members(slug) for slug in rules} == {
        **dict.fromkeys(rules, True),
        "visitas": False,
    }
    record(nahuel, "login", 1)
    settle()
    assert "Nahuel" in members("visitas")
    assert members("vip-sin-visita") == {"Iker"}


def test_the_log_says_who_entered_and_left_when_and_why(quiet, make_target):
    target = make_target("vip", VIP)
    Tagging.objects.filter(customer=quiet["rayen"], tag__name="VIP").delete()
    settle()
    change = MembershipChange.objects.filter(target_id=target.pk).latest("id")
    assert (change.customer_id, change.is_entry) == (quiet["rayen"].pk, False)
    assert (change.cause, change.source) == ("change", "customers_tagging")
    target.refresh_from_db()
    assert target.members_count == 1


@pytest.mark.parametrize("write", ["orm", "bulk", "raw", "copy"])
def test_every_way_of_writing_is_seen(quiet, make_target, write):
    make_target("vip", VIP)
    vip, nahuel = Tag.objects.get(name="VIP"), quiet["nahuel"]
    with connection.cursor() as cursor:
        if write == "orm":
            Tagging(customer=nahuel, tag=vip).save()
        elif write == "bulk":
            Tagging.objects.bulk_create([Tagging(customer=nahuel, tag=vip)])
        elif write == "raw":
            cursor.execute(
                "INSERT INTO customers_tagging (customer_id, tag_id, created_at) "
                "VALUES (%s, %s, now())",
                [nahuel.pk, vip.pk],
            )
        else:
            sql = "COPY customers_tagging (customer_id, tag_id, created_at) FROM STDIN"
            with cursor.copy(sql) as copy:
                copy.write_row([nahuel.pk, vip.pk, T])
    settle()
    assert members("vip") == {"Rayén", "Iker", "Nahuel"}


def test_large_statements_go_the_bulk_way(quiet, make_target):
    make_target("todos", {"all": []})
    Customer.objects.bulk_create([Customer(first_name=f"C{n}") for n in range(300)])
    assert fetch("SELECT count(*) FROM targets_change") == [(0,)]
    assert fetch("SELECT sum(cardinality(customers)) FROM targets_bulkchange") == [(300,)]
    settle()
    assert Target.objects.get(slug="todos").members_count == 303
    Customer.objects.filter(first_name__startswith="C").update(trashed_at=T)
    settle()
    assert members("todos") == {"Rayén", "Iker", "Nahuel"}


def test_an_update_that_changes_nothing_of_interest_is_no_change(quiet, make_target):
    make_target("todos", {"all": []})
    settle()
    Customer.objects.filter(pk=quiet["iker"].pk).update(version=7, search_text="", city="Donostia")
    assert fetch("SELECT count(*) FROM targets_change") == [(0,)]


def test_a_deleted_person_leaves(quiet, make_target):
    make_target("todos", {"all": []})
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_customeremail WHERE customer_id = %s", [quiet["nahuel"].pk]
        )
        cursor.execute("DELETE FROM customers_customer WHERE id = %s", [quiet["nahuel"].pk])
    settle()
    assert Membership.objects.filter(target__slug="todos").count() == 2


def test_a_tag_that_is_renamed_takes_its_people_along(quiet, make_target):
    make_target("vip", VIP)
    make_target("oro", {"filter": "tags", "op": "any", "value": ["Oro"]})
    Tag.objects.filter(name="VIP").update(name="Oro")
    settle()
    assert (members("vip"), members("oro")) == (set(), {"Rayén", "Iker"})


def test_time_takes_people_out_of_windows_to_the_microsecond(quiet, make_target):
    now = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
    settle(now)
    make_target("reciente", RECENT)
    event = now - timedelta(days=29, hours=1)
    Activity.objects.bulk_create(
        [Activity(customer=quiet["nahuel"], kind="login", occurred_at=event)]
    )
    settle(now)
    assert members("reciente") == {"Nahuel"}
    leaves = event + timedelta(days=30)
    settle(leaves - timedelta(microseconds=1))
    assert members("reciente") == {"Nahuel"}
    settle(leaves)
    assert members("reciente") == set()
    change = MembershipChange.objects.latest("id")
    assert (change.cause, change.occurred_at) == ("time", leaves)


def test_an_event_dated_ahead_counts_when_it_comes(quiet, make_target):
    make_target("visitas", {"all": [{"filter": "login"}, {"filter": "tags", "op": "empty"}]})
    ahead = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
    Activity.objects.bulk_create(
        [Activity(customer=quiet["nahuel"], kind="login", occurred_at=ahead)]
    )
    settle(ahead - timedelta(seconds=1))
    assert members("visitas") == set()
    settle(ahead)
    assert members("visitas") == {"Nahuel"}


def test_birthdays_come_at_the_sites_midnight(quiet, make_target):
    at = datetime(2027, 11, 22, 12, 0, tzinfo=UTC)
    settle(at)
    make_target(
        "cumple",
        {"filter": "birth_date", "op": "anniversary", "value": {"next": 1, "unit": "days"}},
    )
    make_target("cumplidos", {"filter": "age", "op": "eq", "value": 37})
    target_refresh(target=Target.objects.get(slug="cumple"))
    midnight = datetime(2027, 11, 23, 3, 0, tzinfo=UTC)
    settle(midnight - timedelta(microseconds=1))
    assert (members("cumple"), members("cumplidos")) == (set(), set())
    settle(midnight)
    assert (members("cumple"), members("cumplidos")) == ({"Rayén"}, {"Rayén"})
    settle(midnight + timedelta(days=1))
    assert (members("cumple"), members("cumplidos")) == (set(), {"Rayén"})


def test_fixed_days_are_the_sites(quiet, make_target):
    make_target("hasta", {"filter": "login", "window": {"to": "2026-11-20"}})
    make_target("entonces", {"filter": "registered_at", "op": "on", "value": "2026-11-20"})
    late = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    Activity.objects.bulk_create(
        [Activity(customer=quiet["nahuel"], kind="login", occurred_at=late)]
    )
    Customer.objects.filter(pk=quiet["iker"].pk).update(registered_at=late)
    settle()
    assert members("hasta") == {"Rayén", "Nahuel"}
    assert members("entonces") == {"Iker"}


def test_a_target_inside_a_target_takes_it_along(quiet, make_target):
    inner = make_target("vip", VIP)
    make_target("fuera", {"filter": "target", "op": "none", "value": ["vip"]})
    Tagging.objects.filter(customer=quiet["iker"]).delete()
    settle()
    assert members("fuera") == {"Iker", "Nahuel"}
    target_update(
        target=inner,
        version=1,
        name="Vip",
        rule=document({"filter": "tags", "op": "empty"}),
    )
    settle()
    assert members("vip") == {"Rayén"}, "the old members until the new version is built"
    for slug in ("vip", "fuera"):
        target_refresh(target=Target.objects.get(slug=slug))
    assert (members("vip"), members("fuera")) == ({"Iker", "Nahuel"}, {"Rayén"})


def test_who_changes_while_a_version_is_built_is_evaluated_after_it(quiet, make_target):
    target = make_target("vip", VIP)
    fetch("INSERT INTO targets_build (target_id) VALUES ($1)", target.pk)
    Tagging.objects.filter(customer=quiet["iker"]).delete()
    settle()
    assert members("vip") == {"Rayén", "Iker"}, "upkeep leaves a target that is being built"
    assert fetch("SELECT customer_id FROM targets_buildpending") == [(quiet["iker"].pk,)]
    target_refresh(target=target)
    settle()
    assert members("vip") == {"Rayén"}
    assert fetch("SELECT count(*) FROM targets_build") == [(0,)]


def test_a_deleted_target_leaves_nothing_behind(quiet, make_target):
    target = make_target("vip", VIP)
    target_delete(target=target)
    Tagging.objects.filter(customer=quiet["iker"]).delete()
    settle()
    assert Membership.objects.count() == 0
    assert fetch("SELECT count(*) FROM targets_tally") == [(0,)]


def test_after_a_long_stop_time_is_made_up_for_in_steps(quiet, make_target):
    at = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
    settle(at)
    make_target("reciente", RECENT)
    with transaction.atomic():
        Activity.objects.bulk_create(
            Activity(customer=one, kind="login", occurred_at=at) for one in quiet.values()
        )
    settle(at)
    assert len(members("reciente")) == 3
    settle(at + timedelta(days=31))
    assert members("reciente") == set()


def test_a_build_after_the_clock_went_back_sees_what_upkeep_has_seen(quiet, make_target):
    ahead = clock.now() + timedelta(hours=20)
    with transaction.atomic():
        Activity.objects.bulk_create(
            [Activity(customer=quiet["nahuel"], kind="login", occurred_at=ahead)]
        )
    settle(ahead + timedelta(hours=1))
    make_target("reciente", RECENT)
    assert "Nahuel" in members("reciente")


@pytest.mark.parametrize(
    "table",
    sorted({table for one in filters.values() for table in one.facts} - {"targets_membership"}),
)
def test_each_table_that_a_filter_names_is_captured(table):
    found = fetch(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = $1::regclass AND tgname LIKE 'targets_sees%'",
        table,
    )
    names = {row[0] for row in found}
    is_name_table = table == "customers_tag"
    wanted = {"names", "name"} if is_name_table else {"insert", "update", "delete"}
    assert {f"targets_sees_{one}" for one in wanted} <= names


def test_no_code_writes_to_a_partition_but_what_moves_its_rows():
    written = re.compile(
        r"(INSERT INTO|UPDATE|DELETE FROM|COPY)\s+\S+_(default\b|\d{4}_\d\d)", re.I
    )
    found = [name_of(path) for path in python_files() if written.search(path.read_text())]
    assert found == ["config/kit/partitions.py"]


def test_an_audit_finds_what_differs_and_a_repair_mends_it(quiet, make_target):
    target = make_target("vip", VIP)
    settle()
    assert targets_audit() == Audit(checked=1, pending=0, drift=0)
    fetch("DELETE FROM targets_membership WHERE customer_id = $1", quiet["iker"].pk)
    fetch(
        "INSERT INTO targets_membership (target_id, customer_id, entered_at) VALUES ($1, $2, now())",
        target.pk,
        quiet["nahuel"].pk,
    )
    assert targets_audit().drift == 2
    incident = Drift.objects.get()
    assert (incident.missing, incident.surplus) == ([quiet["iker"].pk], [quiet["nahuel"].pk])
    assert drifts_repair() == 1
    assert members("vip") == {"Rayén", "Iker"}
    assert targets_audit() == Audit(checked=1, pending=0, drift=0)


@pytest.mark.feature("TG00", "BX05")
def test_the_tab_shows_checks_and_incidents_with_their_people(
    quiet, make_target, ana_client, beto_client
):
    target = make_target("vip", VIP)
    settle()
    check = reverse("targets:check", args=[target.public_id])
    tab = reverse("targets:panel", args=[target.public_id, "audit"])
    assert "It has not been checked yet." in ana_client.get(tab).content.decode()
    assert beto_client.post(check).status_code == 403
    assert ana_client.post(check).url == tab
    assert ana_client.post(check).url == tab
    assert Job.objects.filter(kind="targets.audit").count() == 1
    assert "Checking…" in ana_client.get(tab).content.decode()
    jobs_run_due(queue="jobs")
    [first] = AuditCheck.objects.all()
    assert (first.members, first.missing, first.surplus, first.drift) == (2, 0, 0, 0)
    page = ana_client.get(tab).content.decode()
    assert "Check now" in page
    assert "Incidents" not in page

    fetch("DELETE FROM targets_membership WHERE customer_id = $1", quiet["iker"].pk)
    assert ana_client.post(check).url == tab
    jobs_run_due(queue="jobs")
    second = AuditCheck.objects.latest("pk")
    assert (second.missing, second.surplus) == (1, 0)
    page = ana_client.get(tab).content.decode()
    assert "1 person differed from version 1 of the rule." in page
    assert "Evaluated anew on" in page
    assert reverse("targets:explain", args=[target.public_id, quiet["iker"].public_id]) in page
    assert members("vip") == {"Rayén", "Iker"}


def test_the_newest_checks_of_a_target_are_kept(quiet, make_target, monkeypatch):
    monkeypatch.setattr("targets.upkeep.auditing.CHECKS_KEPT", 2)
    for slug in ("vip", "otros"):
        make_target(slug, VIP)
    settle()
    for _number in range(3):
        targets_audit()
    newest = AuditCheck.objects.order_by("-pk")[:4]
    assert set(AuditCheck.objects.all()) == set(newest)
    assert {one.target.slug for one in newest} == {"vip", "otros"}


def test_who_waits_for_upkeep_is_left_out_of_an_audit_and_counted(quiet, make_target):
    make_target("vip", VIP)
    settle()
    Tagging.objects.filter(customer=quiet["iker"]).delete()
    assert targets_audit() == Audit(checked=1, pending=1, drift=0)
