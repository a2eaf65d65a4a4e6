"""A database that is killed and a broker that forgets everything: the work goes on by itself.

``RECOVERY_ROWS=50000 python3 manage.py test tests/platform/test_recovery.py`` makes it longer.
"""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
import redis

from config.kit.models import Job
from config.supervisor.keeper import read_json
from messaging.models import Campaign, Delivery
from tests.platform.processes import wait_until
from tests.platform.up import Up, manage

ROWS = int(os.environ.get("RECOVERY_ROWS", "5000"))
AGREED = '{"mode": "yes", "evidence": "Paper form of the fair"}'

IMPORT = f"""
from config.kit.jobs.services import job_run_now
from customers.benchmarks.imports import content
from customers.importing.batches import batch_apply, batch_configure, batch_create, batch_stage
from customers.models import ImportBatch
from targets.services.targets import target_create
batch = batch_create(name="people.csv", blocks=[content({ROWS}, "r").encode()])
columns = [dict(field=one["field"], policy=one["policy"]) for one in batch.columns]
batch = batch_configure(batch=batch, columns=columns, options=dict(consent={AGREED}))
job_run_now(job=batch_stage(batch=batch))
women = {{"version": 1, "rule": {{"filter": "gender", "op": "any", "value": ["female"]}}}}
target_create(by=None, name="Women", rule=women)
batch_apply(batch=ImportBatch.objects.get())
"""
SEND = """
from config.kit import clock
from messaging.services.campaigns import CampaignValues, campaign_create, campaign_send
from targets.services.targets import target_create
everybody = {"filter": "bucket", "salt": "r", "percent": 100}
target = target_create(by=None, name="All", rule={"version": 1, "rule": everybody})
campaign = campaign_create(by=None, values=CampaignValues(
    name="News", subject="News", body="<p>Hello</p>", include=[target.pk]))
campaign_send(campaign=campaign, by=None)
"""


class Installation:
    """The data of a running ``up``, seen from outside."""

    def __init__(self, up: Up) -> None:
        self.up = up
        self.run = up.var / "run"

    def do(self, script: str) -> None:
        done = manage(self.up.var, "shell", "-v", "0", "-c", script)
        assert done.returncode == 0, done.stderr

    def ask(self, sql: str) -> Any:
        """The first value; None while there is no database."""
        url = read_json(self.run / "postgres.json").get("url", "")
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                row = connection.execute(sql.encode()).fetchone()
        except psycopg.OperationalError:
            return None
        return row[0] if row else None

    @contextmanager
    def stopped_at(self, table: str) -> Iterator[None]:
        """Whoever writes to the table waits, for as long as the database lives."""
        url = read_json(self.run / "postgres.json")["url"]
        with closing(psycopg.connect(url)) as connection:
            connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE".encode())
            yield

    def is_so(self, sql: str, seconds: float = 240) -> bool:
        return wait_until(lambda: bool(self.ask(sql)), seconds)

    def kill_the_database(self) -> None:
        server = read_json(self.run / "postgres.json")["pid"]
        os.kill(server, signal.SIGKILL)
        assert wait_until(
            lambda: read_json(self.run / "postgres.json").get("pid") not in {server, None}
        )

    def empty_the_broker(self) -> None:
        url = read_json(self.run / "valkey.json")["url"]
        redis.Redis(unix_socket_path=url.partition("://")[2]).flushall()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.feature("US05", "MS01")
def test_the_work_goes_on_after_a_killed_database_and_an_emptied_broker(running: Up):
    here = Installation(running)
    with here.stopped_at("customers_consentevent"):
        here.do(IMPORT)
        assert here.is_so(IMPORTING)
        here.kill_the_database()
    here.empty_the_broker()
    assert here.is_so(IMPORTED)
    assert here.ask("SELECT count(*) FROM customers_customer") == ROWS
    assert here.ask("SELECT count(*) FROM customers_consentevent") == ROWS
    assert here.is_so(
        "SELECT (SELECT count(*) FROM targets_membership) = "
        "(SELECT count(*) FROM customers_customer WHERE gender = 'female')"
    )

    here.do(SEND)
    assert here.is_so(f"SELECT count(*) > 0 FROM messaging_delivery WHERE state = '{ACCEPTED}'")
    assert here.ask(SENT) is False
    here.empty_the_broker()
    here.kill_the_database()
    assert here.is_so(SENT)
    accepted = here.ask(f"SELECT count(*) FROM messaging_delivery WHERE state = '{ACCEPTED}'")
    unknown = here.ask(f"SELECT count(*) FROM messaging_delivery WHERE state = '{UNKNOWN}'")
    people = here.ask("SELECT count(*) FROM messaging_delivery")
    assert accepted + unknown == people
    assert len(mails(here)) - accepted in range(unknown + 1)
    assert len(set(mails(here))) == len(mails(here))


ACCEPTED, UNKNOWN = Delivery.State.ACCEPTED, Delivery.State.UNKNOWN
IMPORTING = f"SELECT bool_or(state = '{Job.State.RUNNING}') FROM kit_job WHERE kind LIKE '%apply%'"
IMPORTED = (
    f"SELECT bool_and(state = '{Job.State.SUCCEEDED}') FROM kit_job WHERE kind LIKE '%apply%'"
)
SENT = f"SELECT state = '{Campaign.State.FINISHED}' FROM messaging_campaign"


def mails(here: Installation) -> list[str]:
    """The recipients of what arrived."""
    with closing(sqlite3.connect(here.up.var / "mailbox" / "index.sqlite3")) as index:
        return [row[0] for row in index.execute("SELECT recipients FROM mail")]
