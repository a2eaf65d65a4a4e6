"""The instants at which time alone flips a truth: none is missed, and it is constant up to each."""

import os
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from targets.catalog import Catalog
from targets.compiling.edges import PERSON, Edge, event_edge
from targets.compiling.flips import TICK, crossings, turnings
from targets.compiling.instant import Instant
from targets.filters.age import latest_birth
from targets.filters.birth_date import birthdays
from targets.models import Target
from targets.reading import rule_from_json
from targets.selectors.truths import PersonRule, instants_ahead
from tests.targets.oracle import Judge
from tests.targets.rule_strategies import EDGE_RULES, RULES
from tests.targets.test_differential import INNER, OUTER
from tests.targets.worlds import INSTANTS, make_people, store

pytestmark = pytest.mark.feature("BX01", "BX02")
ZONES = ["America/Santiago", "Europe/Madrid", "Australia/Lord_Howe", "America/Havana"]
SPANS = [
    (24, "hours"),
    (90, "minutes"),
    (1, "days"),
    (30, "days"),
    (2, "weeks"),
    (1, "months"),
    (3, "months"),
    (1, "years"),
]
# Around the days on which clocks change, months end and leap days come.
NEAR = [
    datetime(2026, 9, 6, 4, tzinfo=UTC),
    datetime(2026, 4, 5, 3, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
    datetime(2026, 12, 31, 23, tzinfo=UTC),
]
PURE = settings(
    max_examples=int(os.environ.get("FLIP_EXAMPLES", "300")), deadline=None, database=None
)


def sampled(dice: Random, first: datetime, last: datetime) -> list[datetime]:
    """Instants strictly between two others: the ends, round hours and some at random."""
    length = (last - first) // TICK
    if length < 2:
        return []
    found = [first + TICK, last - TICK]
    found += [first + TICK * dice.randrange(1, length) for _draw in range(12)]
    hour = first.replace(minute=0, second=0, microsecond=0)
    found += [hour + timedelta(hours=step) for step in dice.sample(range(1, 400), 12)]
    return [at for at in found if first < at < last]


@pytest.mark.feature("TG28")
@PURE
@given(
    zone=st.sampled_from(ZONES),
    near=st.sampled_from(NEAR),
    minutes=st.integers(-3 * 1440, 3 * 1440),
    span=st.sampled_from(SPANS),
    shift=st.integers(-4 * 1440, 4 * 1440),
    tick=st.integers(0, 2),
    ahead=st.booleans(),
    seed=st.integers(0, 2**32),
)
@example("America/Santiago", NEAR[0], -600, (1, "days"), 500, 0, False, 1)
def test_between_two_instants_told_an_event_stays_on_its_side_of_a_window(
    zone, near, minutes, span, shift, tick, ahead, seed
):
    length, unit = span
    start = Instant(near + timedelta(minutes=minutes), zone)

    def find(at):
        return at.moved(length if ahead else -length, unit)

    moment = datetime.fromisoformat(find(start)) + timedelta(minutes=shift) + TICK * tick
    found = sorted(crossings(event_edge("t", "m", find, "TRUE"), [moment], start))

    def side(at):
        place = datetime.fromisoformat(find(Instant(at, zone)))
        return (place > moment) - (place < moment)

    dice = Random(seed)
    bounds = [start.at, *found, (found[-1] if found else start.at) + timedelta(days=30)]
    for first, last in pairwise(bounds):
        for at in sampled(dice, first, last):
            assert side(at) == side(first + TICK if first == start.at else last - TICK), (at, found)
    sides = [side(at) for at in found]
    assert (side(start.at) == side(bounds[-1])) == (
        not sides or side(start.at) == side(found[-1] + TICK)
    )
    if side(start.at) < 0:
        assert found, "the edge comes to every moment before it"


@PURE
@given(
    born=st.dates(date(1920, 1, 1), date(2020, 12, 31)) | st.just(date(1988, 2, 29)),
    age=st.sampled_from([18, 21, 30, 65, 38, 100]),
    near=st.sampled_from(NEAR),
)
def test_an_age_is_reached_at_the_first_instant_of_the_sites_day(born, age, near):
    start = Instant(near, "America/Santiago")
    edge = Edge(
        table=PERSON,
        person="id",
        moment="m",
        cast="date",
        find=lambda at: latest_birth(age, at.today),
    )
    found = sorted(crossings(edge, [born.isoformat()], start))

    def has_reached(at):
        today = Instant(at, start.zone).today
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) >= age

    flips = [at for at in found if has_reached(at) != has_reached(at - TICK)]
    assert len(flips) == (0 if has_reached(start.at) else 1)
    for at in flips:
        today = Instant(at, start.zone).today
        is_leap = (born.month, born.day) == (2, 29) and today.year % 4
        assert (today.month, today.day) == ((3, 1) if is_leap else (born.month, born.day))
        assert at.isoformat() == Instant(at, start.zone).day_start(today)


@pytest.mark.parametrize("day", [(2, 29), (3, 1), (12, 31), (1, 1)])
@pytest.mark.parametrize("days", [1, 7, 40])
def test_a_birthday_comes_and_goes_within_a_year(day, days):
    start = Instant(datetime(2026, 11, 23, 14, 5, tzinfo=UTC), "America/Santiago")
    number = day[0] * 100 + day[1]

    def turns(before, after):
        moved = set(birthdays(before.today, days)) ^ set(birthdays(after.today, days))
        return [(one, one) for one in moved]

    edge = Edge(table=PERSON, person="id", moment="m", cast="int", turns=turns)
    found = sorted(turnings(edge, [number], start, start.at + timedelta(days=400)))
    is_near = [number in birthdays(Instant(at, start.zone).today, days) for at in found]
    is_now = number in birthdays(start.today, days)
    assert len(found) >= 2
    assert is_near == [index % 2 == is_now for index in range(len(found))]


WORLD = settings(
    max_examples=int(os.environ.get("FLIP_EXAMPLES", "300")) // 10,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seed", "at"), list(enumerate(INSTANTS)), ids=[str(at) for at in INSTANTS]
)
def test_a_truth_is_constant_up_to_its_flip_and_another_one_at_it(db, seed, at):
    people = make_people(at, seed=seed)
    store(people)
    for slug, rule in (("inner", INNER), ("outer", OUTER)):
        Target.objects.create(slug=slug, name=slug, rule=rule)
    nested = {"inner": INNER, "outer": OUTER}
    keys = dict(Customer.objects.values_list("public_id", "pk"))
    by_key = {keys[key]: one for one in people for key in keys if str(key) == one.public_id}

    @WORLD
    @given(RULES | EDGE_RULES, st.integers(0, 2**32))
    def check(document, draw):
        dice = Random(draw)
        pk, person = dice.choice(sorted(by_key.items()))
        catalog = Catalog()
        rule = rule_from_json(document, catalog)
        start = Instant(at, "America/Santiago")
        judged = PersonRule(rule, pk, catalog)
        ahead = instants_ahead(judged.edges(), pk, start)
        course = judged.course([at, *ahead.instants])
        flip = course.flip(rule.root)
        last = flip or (ahead.instants[-1] if ahead.instants else at) + timedelta(days=90)
        before = course.truth(rule.root)
        assert before == Judge(people, at, nested).truth(document["rule"], person)
        for moment in sampled(dice, at, last):
            truth = Judge(people, moment, nested).truth(document["rule"], person)
            assert truth == before, (moment, flip, pk)
        if flip:
            assert Judge(people, flip, nested).truth(document["rule"], person) != before

    check()
