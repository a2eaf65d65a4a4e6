"""Jobs show progress, stop when asked, and survive the death of their worker."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.jobs import services
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.models import Job

WORKER = Path(__file__).with_name("job_worker.py")


@job_kind("tests.slow_count", title="Counting slowly")
def not_here(job: JobRun) -> None:
    """The worker process has the real one."""


@job_kind("tests.count", title="Counting")
def count(job: JobRun) -> dict[str, int]:
    """Counts to ``params.to`` by steps of one and remembers how far it is."""
    start = job.state.get("at", 0)
    for number in range(start, job.params["to"]):
        if number == job.params.get("fail_at"):
            raise DomainError("stop", "It does not go on.")
        job.save_state(at=number + 1)
        job.progress(number + 1, job.params["to"])
    return {"counted": job.params["to"]}


def test_a_job_runs_to_its_end_with_progress_and_result(ana):
    job = services.job_start(kind="tests.count", params={"to": 3}, by=ana)
    assert services.jobs_run_due(queue="jobs") == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent) == ("succeeded", 3, 3, 100)
    assert job.result == {"counted": 3}


def test_a_refusal_is_said_and_retry_goes_on_where_it_stopped(ana):
    job = services.job_start(kind="tests.count", params={"to": 4, "fail_at": 2}, by=ana)
    services.jobs_run_due(queue="jobs")
    job.refresh_from_db()
    assert (job.state, job.failure, job.checkpoint) == ("failed", "It does not go on.", {"at": 2})
    job.params = {"to": 4}
    job.save(update_fields=["params"])
    services.job_retry(job=job)
    services.jobs_run_due(queue="jobs")
    job.refresh_from_db()
    assert (job.state, job.done) == ("succeeded", 4)


def test_a_waiting_job_is_cancelled_at_once_and_an_ended_one_not_at_all(ana):
    job = services.job_start(kind="tests.count", params={"to": 1}, by=ana)
    services.job_cancel(job=job)
    assert services.jobs_run_due(queue="jobs") == 0
    with pytest.raises(DomainError) as refusal:
        services.job_cancel(job=job)
    assert refusal.value.code == "job_is_over"
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_running_job_stops_at_its_next_step(ana):
    job = services.job_start(kind="tests.count", params={"to": 10}, by=ana)
    claimed = services.job_claim(queue="jobs")
    assert claimed is not None
    services.job_cancel(job=job)
    services.job_run(job=claimed)
    job.refresh_from_db()
    assert (job.state, job.done) == ("cancelled", 0)


def test_a_job_whose_worker_is_gone_is_taken_over_and_the_old_worker_writes_nothing(ana):
    services.job_start(kind="tests.count", params={"to": 2}, by=ana)
    lost = services.job_claim(queue="jobs")
    assert lost is not None
    assert services.job_claim(queue="jobs") is None
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        taken = services.job_claim(queue="jobs")
        assert taken is not None
        services.job_run(job=taken)
    services.job_run(job=lost)
    job = Job.objects.get()
    assert (job.state, job.epoch, job.attempts) == ("succeeded", 2, 2)


@pytest.mark.django_db(transaction=True)
def test_a_command_waits_for_the_worker_that_was_quicker():
    job = services.job_start(kind="tests.count", params={"to": 3})
    theirs = services.job_claim(queue="jobs", pk=job.pk)
    assert theirs is not None

    def finish() -> None:
        services.job_run(job=theirs)
        connection.close()

    worker = threading.Timer(0.5, finish)
    worker.start()
    done = services.job_run_now(job=job)
    worker.join()

    assert (done.state, done.result) == ("succeeded", {"counted": 3})


def test_errors_of_rows_are_kept_with_their_place(ana):
    job = services.job_start(kind="tests.count", params={"to": 0}, by=ana)
    run = JobRun(job)
    run.error("The check digit is wrong.", line=4, column="RUT")
    job.refresh_from_db()
    assert job.error_count == 1
    assert list(job.errors.values_list("line", "column", "reason")) == [
        (4, "RUT", "The check digit is wrong.")
    ]


@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_and_another_worker_finishes_the_rest():
    job = services.job_start(kind="tests.slow_count", params={"to": 40})
    environment = {**os.environ, "JOB_DATABASE": connection.settings_dict["NAME"]}
    command = [sys.executable, str(WORKER)]
    first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    for line in first.stdout:
        if line.strip() == "10":
            os.kill(first.pid, signal.SIGKILL)
            break
    first.stdout.close()
    first.wait()
    job.refresh_from_db()
    assert job.state == "running"
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now())
    second = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    counted = [int(line) for line in second.stdout.split()]
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("succeeded", 2)
    assert counted[-1] == 40
    assert counted[0] >= 10
