"""A worker that is killed amid an import: the next one finishes it, as if nothing had been."""

import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from config.kit.jobs.services import job_claim, job_run
from config.kit.models import Job
from customers.benchmarks.imports import content
from customers.importing.batches import batch_apply
from customers.importing.staging import rows_forget
from customers.models import Activity, Customer, ExternalId, ImportBatch, ImportChange, Tagging
from tests.imports.conftest import configure, stage, upload

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.feature("US05"),
    pytest.mark.slow,
]
ROWS = 3000
CHILD = """
import sys
from django import setup
from django.conf import settings
setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.FILES_DIR = __import__("pathlib").Path(sys.argv[2])
from customers.importing import applying, jobs
from config.kit.jobs.services import job_claim, job_run
original = applying.plan_apply
jobs.plan_apply = lambda batch, run: original(batch, run, chunk=50)
job_run(job=job_claim(queue="jobs"))
"""


@pytest.fixture
def batch() -> ImportBatch:
    return stage(configure(upload(content(ROWS, "k")), tag="kill"))


def worker() -> "subprocess.Popen[bytes]":
    name = connection.settings_dict["NAME"]
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, name, str(settings.FILES_DIR)],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )


def wait_until_some_are_done(process: "subprocess.Popen[bytes]") -> int:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        count = ImportChange.objects.count()
        if count:
            return count
        assert process.poll() is None, "the worker ended before it was killed"
        time.sleep(0.005)
    pytest.fail("the worker wrote nothing")


def finish(batch: ImportBatch) -> ImportBatch:
    Job.objects.filter(pk=batch.job_id).update(lease_until="2000-01-01T00:00:00Z")
    job = job_claim(queue="jobs")
    assert job is not None
    assert job_run(job=job).state == Job.State.SUCCEEDED
    return ImportBatch.objects.get(pk=batch.pk)


def outcome(batch: ImportBatch) -> dict[str, Any]:
    return {
        "counts": batch.counts,
        "people": Customer.objects.count(),
        "changes": ImportChange.objects.values("customer_id").distinct().count(),
        "activity": Activity.objects.filter(customer__in=Customer.objects.all()).count(),
        "codes": ExternalId.objects.count(),
        "tags": Tagging.objects.count(),
        "cities": sorted(Customer.objects.values_list("email_key", "city"))[:20],
    }


def wanted(batch: ImportBatch) -> dict[str, Any]:
    made = batch.counts["create"]
    assert made > ROWS * 0.95
    return {"people": made, "changes": made, "activity": made, "codes": made}


def test_kill_9_amid_an_import_changes_nothing_of_its_outcome(batch: ImportBatch) -> None:
    plan = wanted(batch)
    batch_apply(batch=batch)
    connections.close_all()
    process = worker()
    try:
        reached = wait_until_some_are_done(process)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert 0 < reached < plan["people"]
    found = outcome(finish(ImportBatch.objects.get(pk=batch.pk)))
    assert {name: found[name] for name in plan} == plan
    assert found["counts"]["create"] == plan["people"]
    assert found["tags"] >= plan["people"]


def test_a_crash_of_the_database_empties_the_plan_and_it_is_made_again(
    batch: ImportBatch,
) -> None:
    plan = wanted(batch)
    batch_apply(batch=batch)
    batch = ImportBatch.objects.get(pk=batch.pk)
    rows_forget(batch)
    found = outcome(finish(batch))
    assert {name: found[name] for name in plan} == plan
