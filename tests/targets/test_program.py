"""A change asks for the targets that it may concern, and for nothing else."""

import pytest

from config.kit import clock
from customers.models import Activity, Tag, Tagging
from targets.models import MembershipChange
from targets.upkeep.program import PERSON_TABLE, TIME, Part, Program, load_program
from targets.upkeep.worker import Upkeep

pytestmark = [pytest.mark.feature("BX01"), pytest.mark.django_db]
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


def test_a_change_of_the_record_asks_for_all_and_makes_other_changes_needless(program):
    every = {"women", "visitors", "readers", "others"}
    assert slugs(program.parts_of({(PERSON_TABLE, "")})) == [every]
    assert slugs(program.parts_of({(PERSON_TABLE, ""), ("customers_activity", "login")})) == [every]


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
