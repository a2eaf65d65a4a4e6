"""A change asks for the targets that it may concern, and for nothing else."""

import pytest

from config.kit import clock
from customers.models import Activity, Customer, Tag, Tagging
from targets.capture import PERSON_TABLE
from targets.models import MembershipChange
from targets.upkeep.database import fetch
from targets.upkeep.program import TIME, Part, Program, load_program
from targets.upkeep.worker import Upkeep

pytestmark = [pytest.mark.feature("BX01"), pytest.mark.django_db]
CROWD = """
INSERT INTO targets_change (customer_id, source)
SELECT 1, 'customers_tagging' FROM generate_series(1, 900)
"""
WOMEN = {"filter": "gender", "op": "any", "value": ["female"]}
LOGIN = {"filter": "login", "window": {"last": 30, "unit": "days"}}
OPENED = {"filter": "email_opened", "window": {"last": 30, "unit": "days"}}


@pytest.fixture
def program(history, make_target) -> Program:
    make_target("women", WOMEN)
    make_target("visitors", {"all": [LOGIN, WOMEN]})
    make_target("readers", OPENED)
    make_target("others", {"filter": "target", "op": "none", "value": ["visitors"]})
    return load_program()


def slugs(parts: list[Part]) -> list[set[str]]:
    return [{one.slug for one in part.targets} for part in parts]


def filters_in(program: Program, part: Part) -> list[str]:
    keys = [key for statement in part.statements for key in statement.keys]
    return sorted(program.leaves[key].filter for key in keys)


def test_an_event_asks_for_the_rules_that_name_it_and_those_that_refer_to_them(program):
    [part] = program.parts_of({("customers_activity", "login")})
    assert slugs([part]) == [{"visitors", "others"}]
    assert filters_in(program, part) == ["gender", "login"], "of those rules, every condition"
    assert program.parts_of({("customers_tagging", "7")}) == []


def test_a_change_of_the_record_asks_for_the_rules_of_its_columns(program):
    assert slugs(program.parts_of({(PERSON_TABLE, "gender+city")})) == [
        {"women", "visitors", "others"}
    ]
    assert program.parts_of({(PERSON_TABLE, "custom")}) == []
    every = {"women", "visitors", "readers", "others"}
    assert slugs(program.parts_of({(PERSON_TABLE, "")})) == [every], "who came or went"


def test_changes_of_one_person_are_looked_at_together(program):
    changes = {("customers_activity", "email_opened"), ("customers_activity", "login")}
    [part] = program.parts_of(changes)
    assert slugs([part]) == [{"readers", "visitors", "others"}]
    assert program.parts_of(set(changes)) == [part]


def test_odd_mixtures_of_changes_do_not_compile_without_end(program, monkeypatch):
    monkeypatch.setattr("targets.upkeep.program.MOST_PARTS", 0)
    changes = {("customers_activity", "email_opened"), ("customers_activity", "login")}
    found = slugs(program.parts_of(changes))
    assert sorted(found, key=len) == [{"readers"}, {"visitors", "others"}]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"city": "Temuco"}, "city"),
        ({"city": "Temuco", "custom": {"plan": "oro"}}, "city+custom"),
        ({"city": "Temuco", "trashed_at": "2026-01-01T00:00Z"}, ""),
        ({"first_name": "A", "last_name": "B", "second_last_name": "C", "city": "D"}, ""),
    ],
)
@pytest.mark.parametrize("is_bulk", [False, True])
def test_the_queue_names_the_columns_that_changed(history, values, key, is_bulk):
    Upkeep().settle()
    people = [history["nahuel"].pk]
    if is_bulk:
        people = [one.pk for one in Customer.objects.bulk_create([Customer() for _ in range(60)])]
        Upkeep().settle()
    Customer.objects.filter(pk__in=people).update(**values)
    table = "targets_bulkchange" if is_bulk else "targets_change"
    told = fetch(f"SELECT source, key FROM {table}")
    assert set(told) == {(PERSON_TABLE, key)}


def test_time_asks_for_the_rules_of_the_scan_that_passed(program):
    [opening] = [edge for edge in program.edges if "email_opened" in edge.condition]
    assert slugs(program.parts_of({(TIME, opening.key)})) == [{"readers"}]
    assert len(slugs(program.parts_of({(TIME, "of an older program")}))[0]) == 4


def test_what_two_changes_lead_to_is_written_once(history, make_target):
    target = make_target(
        "both", {"any": [LOGIN, {"filter": "tags", "op": "any", "value": ["VIP"]}]}
    )
    Upkeep().settle()
    person = history["nahuel"]
    Activity.objects.create(customer=person, kind="login", occurred_at=clock.now())
    Tagging.objects.create(customer=person, tag=Tag.objects.get(name="VIP"))
    Upkeep().settle()
    [entry] = MembershipChange.objects.filter(target_id=target.pk, customer=person)
    assert entry.is_entry
    assert entry.source.startswith("customers_activity:login,customers_tagging")


def test_large_writes_that_concern_no_rule_are_taken_off_at_once(history, make_target):
    make_target("women", WOMEN)
    Upkeep().settle()
    people = Customer.objects.bulk_create([Customer() for _ in range(60)])
    Upkeep().settle()
    for _mailing in range(5):
        Activity.objects.bulk_create(
            [Activity(customer=one, kind="email_sent", occurred_at=clock.now()) for one in people]
        )
    assert fetch("SELECT count(*) FROM targets_bulkchange")[0][0] >= 5
    worker = Upkeep()
    worker.turn()
    assert fetch("SELECT count(*) FROM targets_bulkchange")[0][0] == 0
    worker.close()


def test_while_live_changes_crowd_in_large_writes_wait_but_not_for_ever(history, make_target):
    make_target("women", WOMEN)
    Upkeep().settle()
    Customer.objects.bulk_create([Customer() for _ in range(60)])
    worker = Upkeep()
    pending = []
    for _turn in range(4):
        fetch(CROWD)
        worker.turn()
        pending.append(fetch("SELECT count(*) FROM targets_bulkchange")[0][0])
    worker.close()
    assert pending[0] == pending[1] == pending[2] > pending[3]
