"""``manage.py up`` as a person at a terminal meets it: real processes, killed for real."""

import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from config.supervisor.places import ROOT
from tests.platform.processes import clean_environment, processes_of, wait_until
from tests.platform.up import MANAGE, Up, manage


def test_a_taken_port_is_named_with_a_free_one(var: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = manage(var, "up", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken by another program" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert processes_of(var) == []


def test_up_is_refused_in_production(var: Path, monkeypatch):
    done = subprocess.run(
        [*MANAGE, "up"],
        cwd=ROOT,
        env={**clean_environment(var), "ENVIRONMENT": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "see docker-compose.yml" in done.stderr


@pytest.mark.slow
def test_everything_runs_is_shared_and_stops_in_order(running: Up):
    address = f"http://127.0.0.1:{running.port}"
    for page in ("/health/ready", "/mailbox/"):
        with urllib.request.urlopen(address + page) as answer:
            assert answer.status == 200

    second = manage(running.var, "up", "--port", str(running.port + 1))
    assert second.returncode == 1
    assert f"Clientela is running already, at {address}" in second.stderr

    beside = manage(running.var, "shell", "-v", "0", "-c", SHOW_PLACE)
    assert beside.stdout.split() == [str(running.var / "run" / "postgres"), address]

    assert running.end() == 0
    assert processes_of(running.var) == []
    log = running.log.read_text()
    assert log.index("Stopping.") > log.index("Clientela runs at")


SHOW_PLACE = (
    "from django.conf import settings as s; print(s.DATABASES['default']['HOST'], s.SITE_URL)"
)


@pytest.mark.slow
def test_nothing_is_left_when_the_supervisor_is_killed(running: Up):
    assert wait_until(lambda: sum("celery" in line for line in processes_of(running.var)) >= 6)
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    assert wait_until(lambda: processes_of(running.var) == []), processes_of(running.var)


@pytest.mark.slow
def test_a_process_that_dies_is_started_again(running: Up):
    def leaders() -> set[int]:
        found = subprocess.run(
            ["pgrep", "-P", str(running.process.pid), "-f", "gunicorn"],
            capture_output=True,
            text=True,
            check=False,
        )
        return {int(number) for number in found.stdout.split()}

    (first,) = leaders()
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: bool(leaders() - {first}))
    assert wait_until(lambda: "web       ended with status -9" in running.log.read_text())

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/health/live") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    assert wait_until(answers)
