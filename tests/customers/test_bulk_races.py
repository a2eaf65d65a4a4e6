"""Undo while another action works on the same people: two workers, each on its own connection."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils.translation import override

from config.kit.jobs.services import job_run_now
from config.kit.models import Job
from customers.importing.batches import batch_undo
from customers.models import BulkRun, Customer, Tagging, User
from customers.roles import roles_sync
from customers.services import bulk, bulk_undo
from tests.conftest import make_staff
from tests.customers.test_bulk_undo import SINCE, run, start, undo
from tests.imports.conftest import apply, configure, stage, upload
from tests.imports.test_races import waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("BX13", "BX09")]
PEOPLE, PART = 9, 3


@pytest.fixture
def ana(monkeypatch: pytest.MonkeyPatch) -> User:
    """Works in chunks of three, so that two jobs meet in the middle."""
    roles_sync()
    monkeypatch.setattr(bulk, "CHUNK", PART)
    monkeypatch.setattr(bulk_undo, "CHUNK", PART)
    return make_staff("ana@casaquillay.example", "Ana Millaray", "owner")


def together(first: Job, second: Job, held: Customer) -> None:
    """``first`` comes to the person ``held``, then ``second`` does; both go on from there."""

    def work(job: Job) -> None:
        try:
            with override("en"):
                job_run_now(job=job)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in (first, second)]
    with transaction.atomic(), connection.cursor() as cursor:
        Customer.objects.select_for_update().get(pk=held.pk)
        for number, thread in enumerate(threads, start=1):
            thread.start()
            while waiting(cursor) < number:
                assert thread.is_alive()
    for thread in threads:
        thread.join(60)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("succeeded", "succeeded")


def people_of(make_customer: Callable[..., Customer]) -> list[Customer]:
    return [make_customer(f"p{n}@correo.example", first_name=f"P{n}") for n in range(PEOPLE)]


def statuses() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("status", flat=True))


def test_what_two_actions_both_change_stays_with_the_later_one_and_is_named(
    ana: User, make_customer: Callable[..., Customer]
) -> None:
    people = people_of(make_customer)
    pause: dict[str, Any] = {"status": "deactivated", "reason": "Viaje", "until": None}
    first = run(start("status", people, ana, **pause))
    second = start("status", people, ana, status="disabled", reason="Fraude")
    back = bulk_undo.bulk_undo(run=BulkRun.objects.get(job=first), by=ana)
    together(second, back, people[PART])

    named = {one.column for one in back.errors.filter(reason=SINCE)}
    assert {"P0", "P1", "P2"} <= named
    assert back.result == {"undone": PEOPLE - len(named), "held": len(named)}
    assert statuses() == ["disabled"] * PEOPLE
    assert undo(second, ana).result == {"undone": PEOPLE, "held": 0}
    assert statuses() == ["deactivated" if one.first_name in named else "active" for one in people]


def test_what_another_action_does_beside_it_is_left_alone(
    ana: User, make_customer: Callable[..., Customer]
) -> None:
    people = people_of(make_customer)
    first = run(start("verify", people, ana))
    second = start("tag", people, ana, tags=["sur"])
    back = bulk_undo.bulk_undo(run=BulkRun.objects.get(job=first), by=ana)
    together(second, back, people[PART])

    assert back.result == {"undone": PEOPLE, "held": 0}
    assert not Customer.objects.filter(verified_at__isnull=False).exists()
    assert Tagging.objects.filter(tag__name="sur").count() == PEOPLE


def test_an_import_is_undone_while_an_action_trashes_its_people(ana: User) -> None:
    file = "correo,ciudad\n" + "".join(f"p{n}@x.cl,Lota\n" for n in range(PEOPLE))
    batch = apply(stage(configure(upload(file))))
    people = list(Customer.objects.order_by("pk"))
    trash = start("trash", people, ana)
    back = batch_undo(batch=batch, by=ana)
    together(trash, back, people[PART])

    assert Customer.objects.trashed().count() == PEOPLE
    batch.refresh_from_db()
    assert (batch.state, batch.counts["undone"] + batch.counts["held"]) == ("undone", PEOPLE)
    assert batch.counts["held"] >= PART


def test_a_label_that_somebody_gave_again_after_an_import_is_theirs(
    ana: User, make_customer: Callable[..., Customer]
) -> None:
    person = make_customer("ana@x.cl")
    batch = apply(stage(configure(upload("correo,etiquetas\nana@x.cl,vip\n"), update=True)))
    run(start("untag", [person], ana, tags=["vip"]))
    run(start("tag", [person], ana, tags=["vip"]))
    run(batch_undo(batch=batch, by=ana))
    assert Tagging.objects.filter(customer=person, tag__name="vip").count() == 1
