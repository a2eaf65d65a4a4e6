"""Two imports at once, each on its own connection: nobody comes twice, nothing is lost unseen."""

import threading
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import override

from config.kit.invariants import violations
from config.kit.jobs.services import job_run_now
from config.kit.models import Job
from customers.importing.batches import batch_apply
from customers.models import Customer, ImportBatch
from tests.imports.conftest import configure, refusals, stage, undo, upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("US05", "BX09")]
CHANGED = "The record changed after the review."


def applied_at_once(batches: list[ImportBatch]) -> list[ImportBatch]:
    """Both plans were reviewed; two workers come to their first write, and go on together."""
    jobs = [batch_apply(batch=batch) for batch in batches]
    states: list[str] = [""] * len(jobs)

    def run(place: int, job: Job) -> None:
        try:
            with override("en"):
                states[place] = job_run_now(job=job).state
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE customers_customer IN SHARE MODE")
        for thread in threads:
            thread.start()
        while waiting(cursor) < len(jobs):
            assert all(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join(120)
    close_old_connections()
    assert states == ["succeeded", "succeeded"]
    return [ImportBatch.objects.get(pk=batch.pk) for batch in batches]


def waiting(cursor: CursorWrapper) -> int:
    """How many wait for a lock here; asks again after a twentieth of a second."""
    cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it knows no later connection
    cursor.execute(
        "SELECT count(DISTINCT pid) FROM pg_sleep(0.05), "
        "pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE NOT granted AND datname = current_database()"
    )
    return int(cursor.fetchone()[0])


def outcomes(batches: list[ImportBatch], result: str) -> tuple[list[int], list[int]]:
    done = sorted(batch.counts[result] for batch in batches)
    return done, sorted(batch.counts["conflict"] for batch in batches)


def test_two_files_that_bring_the_same_people_make_each_of_them_once() -> None:
    people = [f"p{number:03}@x.cl" for number in range(300)]
    files = ["correo,ciudad\n" + "".join(f"{one},Lota\n" for one in people)]
    files.append("correo,ciudad\n" + "".join(f"{one},Ancud\n" for one in reversed(people)))
    batches = applied_at_once([stage(configure(upload(file))) for file in files])
    assert outcomes(batches, "create") == ([0, 300], [0, 300])
    assert sorted(Customer.objects.values_list("email_key", flat=True)) == people
    assert Customer.objects.values("city").distinct().count() == 1
    late = next(batch for batch in batches if batch.counts["conflict"])
    assert {reason for _line, _column, reason in refusals(late)} == {CHANGED}
    assert not {name for name, count in violations().items() if count and "customers" in name}


def test_of_two_files_about_one_person_one_is_held_back_and_the_other_can_be_undone(
    make_customer: Callable[..., Customer],
) -> None:
    person = make_customer("ana@x.cl", city="Castro")
    files = ["correo,ciudad\nana@x.cl,Lota\n", "correo,ciudad\nana@x.cl,Ancud\n"]
    batches = applied_at_once([stage(configure(upload(file), update=True)) for file in files])
    assert outcomes(batches, "update") == ([0, 1], [0, 1])
    first = next(batch for batch in batches if batch.counts["update"])
    person.refresh_from_db()
    assert person.city == ["Lota", "Ancud"][batches.index(first)]
    assert undo(first).counts["undone"] == 1
    person.refresh_from_db()
    assert person.city == "Castro"
