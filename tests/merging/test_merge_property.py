"""Whatever is merged into whatever, undone in any order that is allowed: every row as it was."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.kit.errors import DomainError
from customers.merging.fields import GROUPS
from customers.merging.services import customers_merge, merge_undo
from customers.models import ConsentState, Customer, Merge
from customers.services.consent import Proof, consent_record
from tests.merging.conftest import T, assert_same, every_row

pytestmark = [pytest.mark.feature("E33", "BX08"), pytest.mark.django_db]
PEOPLE = 4
person = st.integers(0, PEOPLE - 1)
merges = st.tuples(
    st.just("merge"),
    person,
    person,
    st.none() | st.sets(st.sampled_from([*GROUPS, "custom.generic_text_1"])),
)
undos = st.tuples(st.just("undo"), st.integers(0, 5), st.just(0), st.none())
KNOWN = {"merge_blocked", "undo_blocked"}


def act(people: list[Customer], step: tuple[str, int, int, set[str] | None]) -> None:
    """Do it, or be refused with a code that people are told."""
    verb, one, other, chosen = step
    try:
        with transaction.atomic():
            if verb == "merge":
                customers_merge(survivor=people[one], loser=people[other], chosen=chosen)
            elif made := Merge.objects.order_by("pk")[one : one + 1].first():
                merge_undo(merge=made)
    except DomainError as refusal:
        assert refusal.code in KNOWN, refusal.code  # noqa: PT017


def undo_all(turn: int) -> None:
    """Until none stands; always the first or the last one that may."""
    while standing := list(Merge.objects.filter(state="done").order_by("pk")):
        for made in standing[::turn]:
            try:
                with transaction.atomic():
                    merge_undo(merge=made)
            except DomainError as refusal:
                assert refusal.code == "undo_blocked"  # noqa: PT017
            else:
                break
        else:
            raise AssertionError([one.pk for one in standing])


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(merges | undos, min_size=2, max_size=7), turn=st.sampled_from([1, -1]))
def test_everything_comes_apart_again(make_full, make_login, steps, turn):
    with transaction.atomic():
        people = [make_full(f"P{n}", f"p{n}@x.example", n + 1) for n in range(PEOPLE)]
        make_login(people[0])
        make_login(people[2])
        before = every_row()
        for step in steps:
            act(people, step)
        undo_all(turn)
        assert_same(before, every_row())
        transaction.set_rollback(True)


def test_of_two_merges_the_first_is_undone_first(make_full):
    """Both made the same consent anew; the later one, undone, leaves none of it."""
    people = [make_full(f"P{n}", f"p{n}@x.example", n + 1) for n in range(3)]
    before = every_row()
    first = customers_merge(survivor=people[0], loser=people[1])
    second = customers_merge(survivor=people[0], loser=people[2])
    merge_undo(merge=first)
    merge_undo(merge=second)
    assert_same(before, every_row())


def test_a_no_of_who_is_still_merged_stays_a_no(make_customer):
    """The newer yes goes with the record that said it; the older yes does not come back over it."""
    kept, refusing, agreeing = (make_customer(f"p{n}@x.example") for n in range(3))
    said = ((kept, "granted", 1), (refusing, "withdrawn", 2), (agreeing, "granted", 3))
    for person_, value, day in said:
        consent_record(
            customer=person_,
            channel="email",
            value=value,
            source="account",
            occurred_at=T.replace(day=day),
            proof=Proof(evidence="ficha"),
        )
    newest = customers_merge(survivor=kept, loser=agreeing)
    older = customers_merge(survivor=kept, loser=refusing)
    state = ConsentState.objects.filter(customer=kept, channel="email")
    assert state.get().value == "granted"
    merge_undo(merge=newest)
    assert state.get().value == "withdrawn"
    merge_undo(merge=older)
    assert state.get().value == "granted"
