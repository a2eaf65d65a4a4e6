"""Two connections at once: one of them is told, and nothing is half done."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils.translation import override

from config.kit.errors import DomainError
from config.kit.invariants import violations
from customers.merging.services import customers_merge, merge_undo
from customers.models import Customer, Merge
from customers.privacy.services import erasure_run, erasure_schedule
from customers.services.profile import customer_create, customer_update

pytestmark = [pytest.mark.feature("E33", "BX08"), pytest.mark.django_db(transaction=True)]


def at_once(*works: Callable[[], object]) -> list[object]:
    barrier = threading.Barrier(len(works))
    outcomes: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        barrier.wait(120)
        try:
            with override("en"):
                outcomes[place] = work()
        except DomainError as refusal:
            outcomes[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    close_old_connections()
    return outcomes


def people(count: int) -> list[Customer]:
    return [customer_create(profile={"email": f"p{n}@correo.example"}) for n in range(count)]


def merge(survivor: Customer, loser: Customer) -> Callable[[], str]:
    return lambda: str(customers_merge(survivor=survivor, loser=loser).state)


def test_of_two_merges_in_opposite_directions_one_is_refused():
    one, other = people(2)
    assert sorted(map(str, at_once(merge(one, other), merge(other, one)))) == [
        "done",
        "merge_blocked",
    ]
    assert Merge.objects.count() == 1
    assert Customer.objects.live().count() == 1


def test_a_chain_that_two_people_make_at_once_has_no_circle():
    first, second, third = people(3)
    outcomes = at_once(merge(second, first), merge(third, second), merge(first, third))
    assert outcomes.count("done") == 2
    live = Customer.objects.live().get()
    assert set(Customer.objects.exclude(pk=live.pk).values_list("merged_into", flat=True)) <= {
        live.pk,
        None,
    }
    found = violations()
    assert found["customers_merged_in_a_circle"] == 0
    assert found["customers_merged_into_a_merged_record"] == 0


@pytest.mark.parametrize("edited", [0, 1])
def test_an_edit_and_a_merge_at_once_lose_nothing(edited):
    pair = people(2)
    held = pair[edited]

    def edit() -> str:
        return customer_update(customer=held, version=1, profile={"city": "Talca"}).city

    outcomes = at_once(merge(pair[0], pair[1]), edit)
    assert outcomes[0] == "done"
    survivor = Customer.objects.live().get()
    if outcomes[1] == "Talca":
        assert survivor.city == "Talca"
    else:
        assert (outcomes[1], survivor.city) == ("version_conflict", "")


def test_of_two_undos_at_once_one_is_refused():
    one, other = people(2)
    made = customers_merge(survivor=one, loser=other)

    def undo() -> str:
        return str(merge_undo(merge=made).state)

    assert sorted(map(str, at_once(undo, undo))) == ["undo_blocked", "undone"]
    assert Customer.objects.live().count() == 2


@pytest.mark.parametrize("erased", [0, 1])
def test_a_merge_and_an_erasure_at_once_leave_one_of_them(erased):
    pair = people(2)
    erasure = erasure_schedule(customer=pair[erased], ground="request", window=timedelta(0))

    def erase() -> str:
        return str(erasure_run(erasure=erasure).state)

    outcomes = at_once(merge(pair[0], pair[1]), erase)
    assert outcomes == ["merge_blocked", "done"]
    assert Customer.objects.get(pk=pair[erased].pk).erased_at is not None
    assert Customer.objects.live().get() == pair[1 - erased]


def test_an_erasure_that_is_asked_for_during_a_merge_is_refused_or_forbids_it():
    pair = people(2)

    def ask() -> str:
        return str(erasure_schedule(customer=pair[1], ground="request").state)

    outcomes = at_once(merge(pair[0], pair[1]), ask)
    assert outcomes in (["done", "erasure_blocked"], ["merge_blocked", "scheduled"])
