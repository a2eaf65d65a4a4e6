"""Workers of upkeep are killed with -9 in the middle of their batches; another one goes on."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from config.kit import clock
from customers.models import Activity, Customer, Tag, Tagging
from targets.services.refresh import target_refresh
from targets.services.targets import target_create
from targets.upkeep.auditing import Audit, targets_audit
from targets.upkeep.database import fetch
from targets.upkeep.shards import SHARD_CLASS
from targets.upkeep.worker import Upkeep
from tests.targets.conftest import document

WORKER = Path(__file__).with_name("upkeep_worker.py")
PEOPLE = 3000
CUT = f"""
SELECT pg_terminate_backend(pid) FROM (
    SELECT DISTINCT pid FROM pg_locks
    WHERE locktype = 'advisory' AND classid = {SHARD_CLASS} AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS worker
"""


@contextmanager
def worker() -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, str(WORKER)],
        env={**os.environ, "JOB_DATABASE": str(connection.settings_dict["NAME"])},
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def cut_off(person: Customer) -> None:
    """The worker loses its connection, as when the server restarts, and follows what comes then."""
    assert (True,) in fetch(CUT)
    Activity.objects.create(customer=person, kind="login", occurred_at=clock.now())
    deadline = time.monotonic() + 60
    while fetch("SELECT count(*) FROM targets_change") != [(0,)]:
        assert time.monotonic() < deadline, "it did not come back"
        time.sleep(0.1)


def lines(process: "subprocess.Popen[bytes]", count: int) -> None:
    """Wait until the worker has committed so many batches."""
    assert process.stdout is not None
    for _batch in range(count):
        assert process.stdout.readline()


@pytest.mark.slow
@pytest.mark.feature("BX01", "BX05")
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_nothing_undone_and_nothing_done_twice():
    vip = Tag.objects.create(name="VIP")
    rules = {
        "vip": {"filter": "tags", "op": "any", "value": ["VIP"]},
        "reciente": {"filter": "login", "window": {"last": 30, "unit": "days"}},
        "dentro": {"not": {"filter": "target", "op": "any", "value": ["vip"]}},
    }
    for slug, rule in rules.items():
        target_refresh(target=target_create(slug=slug, name=slug, rule=document(rule)))
    people = Customer.objects.bulk_create(Customer(first_name=f"C{n}") for n in range(PEOPLE))
    for round_ in range(3):
        with worker() as process:
            Tagging.objects.bulk_create(Tagging(customer=one, tag=vip) for one in people[round_::4])
            for one in people[round_ * 40 : round_ * 40 + 40]:
                at = clock.now() - timedelta(days=1)
                Activity.objects.create(customer=one, kind="login", occurred_at=at)
            lines(process, 2)
            if round_ == 1:
                cut_off(people[0])
    deadline = time.monotonic() + 30
    while not Upkeep().settle() and time.monotonic() < deadline:
        time.sleep(0.1)  # the server needs a moment to see that the last one is gone
    Upkeep().settle()
    assert fetch("SELECT count(*) FROM targets_change") == [(0,)]
    assert fetch("SELECT count(*) FROM targets_bulkchange") == [(0,)]
    assert targets_audit() == Audit(checked=3, pending=0, drift=0)
    held = fetch(
        "SELECT target.slug, count(*) FROM targets_membership JOIN targets_target AS target "
        "ON target.id = target_id GROUP BY 1 ORDER BY 1"
    )
    assert held == [("dentro", 750), ("reciente", 120), ("vip", 2250)]
    replayed = fetch(
        "SELECT count(*) FROM (SELECT target_id, customer_id, "
        "sum(CASE WHEN is_entry THEN 1 ELSE -1 END) AS times FROM targets_membershipchange "
        "GROUP BY 1, 2) AS log LEFT JOIN targets_membership USING (target_id, customer_id) "
        "WHERE times <> (targets_membership.target_id IS NOT NULL)::int"
    )
    assert replayed == [(0,)]
