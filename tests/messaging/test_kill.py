"""Senders that are killed amid a campaign: nobody lost, nobody written to twice.

``CAMPAIGN_KILL_MAILS=20000 CAMPAIGN_KILLS=8 python3 manage.py test tests/messaging/test_kill.py -s``
runs it at full size and prints what became of everybody.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection

from config.kit.invariants import violations
from messaging.benchmarks.campaigns import CONSENTS, PEOPLE
from messaging.models import Campaign, Delivery, SenderLease
from messaging.sending.sender import send_until_idle
from messaging.services.campaigns import campaign_send
from messaging.services.counts import counts_gather

pytestmark = [pytest.mark.slow, pytest.mark.feature("BX06")]
MAILS = int(os.environ.get("CAMPAIGN_KILL_MAILS", "3000"))
KILLS = int(os.environ.get("CAMPAIGN_KILLS", "2"))
ROOT = Path(__file__).resolve().parents[2]
Start = Callable[[], "subprocess.Popen[bytes]"]


class Server:
    """A mail server in a process of its own; its journal has a line for each mail it took."""

    def __init__(self, journal: Path, *, delay: float) -> None:
        self.journal = journal
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.messaging.sink", str(journal), str(delay)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    @property
    def count(self) -> int:
        return self.journal.read_bytes().count(b"\n") if self.journal.exists() else 0

    @property
    def taken(self) -> Counter[str]:
        """How often each address was written to."""
        return Counter(line.split()[-1] for line in self.journal.read_text().splitlines())

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Server]:
    running = Server(tmp_path / "taken.log", delay=0.005)
    settings.EMAIL = {
        "host": "127.0.0.1",
        "port": running.port,
        "username": "",
        "password": "",
        "tls": "none",
    }
    yield running
    running.stop()


@pytest.fixture
def sender(settings: Any, server: Server) -> Iterator[Start]:
    """``sender()``: a sender of its own on the test's database and journals."""
    values = connection.settings_dict
    url = f"postgresql://{values['USER']}:{values['PASSWORD']}@/{values['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"{url}?host={values['HOST']}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
        "VAR_DIR": str(Path(settings.JOURNAL_DIR).parent),
        "SECRET_KEY": settings.SECRET_KEY,
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}?tls=none",
    }
    running: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", "messaging.benchmarks.sender"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def started(committed: None, campaign: Callable[..., Campaign]) -> Campaign:
    """A campaign to so many people, all of whom agreed."""
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"first": 1, "last": MAILS})
        cursor.execute(CONSENTS)
    return campaign_send(campaign=campaign(), by=None)


def until(condition: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, "the sender ended before it was killed"
        assert time.monotonic() < end
        time.sleep(0.002)  # another process works: there is nothing to wait on but its effect


def verdict(campaign: Campaign, server: Server, *, most_unknown: int) -> Counter[str]:
    """Everybody has one final state, and the ledger agrees with what the server took."""
    counts_gather()
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.FINISHED
    rows = list(Delivery.objects.filter(campaign_id=campaign.pk).values_list("address", "state"))
    states = Counter(state for _address, state in rows)
    taken = server.taken
    accepted = {address for address, state in rows if state == "accepted"}
    unknown = {address for address, state in rows if state == "unknown"}
    assert len(rows) == len({address for address, _state in rows}) == MAILS
    assert set(states) <= {"accepted", "unknown"}
    assert max(taken.values()) == 1
    assert accepted <= set(taken)
    assert set(taken) <= accepted | unknown
    assert len(unknown) <= most_unknown
    assert campaign.accepted_count == campaign.sent_count == len(accepted)
    assert {name: n for name, n in violations().items() if n and "messaging" in name} == {}
    assert not SenderLease.objects.filter(state="open").exists()
    arrived = len(set(taken) & unknown)
    print(f"{MAILS} people: {dict(states)}, {arrived} of the unknown had arrived")
    return states


def test_a_sender_killed_again_and_again_loses_nobody(
    started: Campaign, server: Server, sender: Start
) -> None:
    for number in range(1, KILLS + 1):
        process = sender()
        wanted = MAILS * number // (KILLS + 1)
        until(lambda wanted=wanted: server.count >= wanted, process)  # type: ignore[misc]
        process.kill()
        process.wait(10)
    assert send_until_idle().recovered > 0

    verdict(started, server, most_unknown=KILLS * site.SENDING_CONNECTIONS)


def test_two_senders_at_once_write_to_everybody_once(
    started: Campaign, server: Server, sender: Start
) -> None:
    both = [sender(), sender()]
    handed_over = [
        json.loads(process.communicate(timeout=280)[0])["handed_over"] for process in both
    ]
    send_until_idle()

    assert min(handed_over) > 0
    assert sum(handed_over) == MAILS
    assert verdict(started, server, most_unknown=0) == {"accepted": MAILS}


def test_the_database_drops_every_connection_amid_a_campaign(
    started: Campaign, server: Server, sender: Start
) -> None:
    """As a restarted server does: the sender ends, its journal tells what had been answered."""
    process = sender()
    until(lambda: server.count >= MAILS // 3, process)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert process.wait(60) != 0
    assert send_until_idle().recovered > 0

    verdict(started, server, most_unknown=site.SENDING_CONNECTIONS)
