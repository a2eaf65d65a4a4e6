"""``manage.py up`` in a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.supervisor.machine import free_port
from config.supervisor.places import ROOT
from tests.platform.processes import clean_environment

MANAGE = [sys.executable, "manage.py"]


def manage(var: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*MANAGE, *arguments],
        cwd=ROOT,
        env=clean_environment(var),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Up:
    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = free_port(18000)
        self.log = var.with_name(f"{var.name}.log")
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [*MANAGE, "up", "--no-demo", "--port", str(self.port)],
                cwd=ROOT,
                env=clean_environment(var),
                stdout=output,
                stderr=output,
            )

    def is_ready(self) -> bool:
        if self.process.poll() is not None:
            pytest.fail(self.log.read_text())
        return "Stop it with Ctrl-C" in self.log.read_text()

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)
