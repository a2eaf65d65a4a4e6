"""Whatever is merged into whatever, undone in any order that is allowed: every row as it was."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.kit.errors import DomainError
from customers.merging.fields import GROUPS
from customers.merging.services import customers_merge, merge_undo
from customers.models import Customer, Merge
from tests.merging.conftest import assert_same, every_row

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
