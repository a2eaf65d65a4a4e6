"""Workers that are killed amid an import: the next one finishes it, as if nothing had been.

``IMPORT_KILL_ROWS=200000 python3 manage.py test tests/imports/test_kill.py -s`` runs it at full
size, with the product's own sizes of transactions, and prints how far each worker came.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from config.kit.jobs.services import job_claim, job_run
from config.kit.models import Job
from customers.benchmarks.imports import content
from customers.importing.batches import batch_apply, batch_stage
from customers.importing.staging import rows_forget
from customers.models import Customer, ImportBatch, ImportChange
from tests.imports.conftest import apply, configure, stage, upload

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.feature("US05", "BX09"),
    pytest.mark.slow,
]
ROWS = int(os.environ.get("IMPORT_KILL_ROWS", "8000"))
KNOWN = ROWS // 10
AGREED = {"mode": "yes", "evidence": "Paper form of the fair"}
CHILD = """
import sys
from pathlib import Path
from django import setup
from django.conf import settings
setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.FILES_DIR = Path(sys.argv[2])
from customers.importing import applying, jobs, staging
from config.kit.jobs.services import job_claim, job_run
rows = int(sys.argv[3])
staging.COMMIT_EVERY = rows // 4
original = applying.plan_apply
jobs.plan_apply = lambda batch, run: original(batch, run, chunk=rows // 40)
job_run(job=job_claim(queue="jobs"))
"""
# All that an import writes, by what does not depend on when and how often it was tried.
TABLES = {
    "people": """SELECT first_name, last_name, second_last_name, email, email_key, phone, id_type,
        id_number, gender, city, country, birth_date, birth_month, birth_day, language, status,
        lifecycle, lifecycle_reason, custom, registered_at, verified_at, source, version,
        search_text IS NOT NULL, sort_name FROM customers_customer AS person""",
    "addresses": """SELECT email_key, address_key, is_primary, held.source
        FROM customers_customeremail AS held JOIN customers_customer AS person
        ON person.id = customer_id""",
    "codes": """SELECT email_key, system, value FROM customers_externalid
        JOIN customers_customer AS person ON person.id = customer_id""",
    "tags": """SELECT email_key, tag.name FROM customers_tagging
        JOIN customers_tag AS tag ON tag.id = tag_id
        JOIN customers_customer AS person ON person.id = customer_id""",
    "statements": """SELECT email_key, channel, purpose, value, said.source, evidence
        FROM customers_consentevent AS said JOIN customers_customer AS person
        ON person.id = customer_id""",
    "consents": """SELECT email_key, channel, purpose, value, held.source
        FROM customers_consentstate AS held JOIN customers_customer AS person
        ON person.id = customer_id""",
    "activity": """SELECT email_key, kind, origin, object_kind FROM customers_activity AS row
        JOIN customers_customer AS person ON person.id = customer_id""",
    "changes": """SELECT email_key, line, is_creation, before, after - 'tags' AS after,
        (SELECT jsonb_agg(word ORDER BY word) FROM jsonb_array_elements(after -> 'tags') AS word)
            AS tags, version_after
        FROM customers_importchange JOIN customers_customer AS person ON person.id = customer_id""",
    "counts": "SELECT counts, state FROM customers_importbatch",
}


def sql(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def keep() -> dict[str, int]:
    """Remember every row that was written, and how many there are of each table."""
    sql("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
    for name, select in TABLES.items():
        sql(f"CREATE TABLE kept.{name} AS {select}")
    return {name: sql(f"SELECT count(*) FROM kept.{name}")[0] for name in TABLES}


def differences() -> dict[str, int]:
    """Rows that are there and were not kept, or the other way round, table by table."""
    return {
        name: sql(
            f"SELECT count(*) FROM (({select} EXCEPT ALL SELECT * FROM kept.{name}) "
            f"UNION ALL (SELECT * FROM kept.{name} EXCEPT ALL {select})) AS differing"
        )[0]
        for name, select in TABLES.items()
    }


@pytest.fixture(autouse=True)
def emptied() -> Iterator[None]:
    yield
    wipe()
    sql("DROP SCHEMA IF EXISTS kept CASCADE")


def wipe() -> None:
    sql(
        "TRUNCATE customers_customer, customers_importbatch, customers_activity, customers_tag, "
        "customers_importrow CASCADE"
    )


def people_of_before() -> None:
    """A tenth of the people are there already, partly with other values."""
    rows_forget(apply(stage(configure(upload(content(KNOWN, "k"), "before.csv"), consent=AGREED))))
    ImportBatch.objects.all().delete()


def uploaded() -> ImportBatch:
    batch = upload(content(ROWS, "k"))
    return configure(batch, tag="feria", update=True, consent=AGREED)


@dataclass
class Worker:
    """A worker process with the jobs of this test's database."""

    process: "subprocess.Popen[bytes]"

    def kill_when(self, reached: Callable[[], bool]) -> None:
        """-9 as soon as that is so.

        :raises AssertionError: it ended before.
        """
        deadline = time.monotonic() + 300
        while not reached():
            assert self.process.poll() is None, "the worker ended before it was killed"
            assert time.monotonic() < deadline, "the worker did not come so far"
            time.sleep(0.005)  # another process works: its effect is all there is to wait for
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def worker() -> Iterator[Worker]:
    """The lease of the one before is over."""
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until="2000-01-01T00:00:00Z")
    name = connection.settings_dict["NAME"]
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, name, str(settings.FILES_DIR), str(ROWS)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        start_new_session=True,
    )
    try:
        yield Worker(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def finish(batch: ImportBatch) -> ImportBatch:
    assert batch.job_id is not None
    Job.objects.filter(pk=batch.job_id).update(lease_until="2000-01-01T00:00:00Z")
    job = job_claim(queue="jobs")
    assert job is not None
    assert job_run(job=job).state == Job.State.SUCCEEDED
    return ImportBatch.objects.get(pk=batch.pk)


def staged(share: float) -> Callable[[], bool]:
    def is_so() -> bool:
        return bool(sql("SELECT count(*) FROM customers_importrow")[0] >= ROWS * share)

    return is_so


def applied(share: float) -> Callable[[], bool]:
    return lambda: ImportChange.objects.count() >= ROWS * share


def killed_at(points: dict[str, Callable[[], bool]], batch: ImportBatch) -> ImportBatch:
    """One worker a point, each killed there; the last one ends the job."""
    for name, reached in points.items():
        with worker() as running:
            running.kill_when(reached)
        staged_rows = sql("SELECT count(*) FROM customers_importrow")[0]
        print(f"killed {name}: {staged_rows} staged, {ImportChange.objects.count()} applied")
    return finish(ImportBatch.objects.get(pk=batch.pk))


def test_kill_9_at_every_stage_changes_nothing_of_the_outcome() -> None:
    people_of_before()
    apply(stage(uploaded()))
    kept = keep()
    assert kept["people"] > ROWS * 0.95
    assert kept["changes"] > ROWS * 0.95
    wipe()

    people_of_before()
    batch = uploaded()
    batch_stage(batch=batch)
    stages = {"while staging": staged(0.2), "late in staging": staged(0.7), "planning": staged(1)}
    batch = killed_at(stages, batch)
    batch_apply(batch=batch)
    batch = killed_at({f"applying {n} %": applied(n / 100) for n in (5, 40, 80)}, batch)

    assert batch.state == ImportBatch.State.APPLIED
    assert differences() == dict.fromkeys(TABLES, 0)


def test_a_crash_of_the_database_empties_the_plan_and_it_is_made_again() -> None:
    batch = stage(uploaded())
    planned = batch.counts["create"]
    batch_apply(batch=batch)
    rows_forget(batch)

    batch = finish(ImportBatch.objects.get(pk=batch.pk))

    assert (batch.counts["create"], Customer.objects.count()) == (planned, planned)


def test_two_workers_at_once_do_the_work_once() -> None:
    batch = stage(uploaded())
    job = batch_apply(batch=batch)
    with worker() as running:
        while not applied(0.1)():
            assert running.process.poll() is None
            time.sleep(0.005)
        run_again = None
        while run_again is None:  # until the lease is over and not yet renewed
            assert running.process.poll() is None
            Job.objects.filter(pk=job.pk).update(lease_until="2000-01-01T00:00:00Z")
            run_again = job_claim(queue="jobs")
        assert job_run(job=run_again).state == Job.State.SUCCEEDED
        running.process.wait(60)

    made = ImportBatch.objects.get(pk=batch.pk).counts["create"]
    assert Customer.objects.count() == made
    assert ImportChange.objects.count() == made
