"""The real thing: ``manage.py up`` in a folder and on a port of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "SECRET_KEY", "ENCRYPTION_KEYS")
START_SECONDS = 300


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stack:
    """A running Clientela; ``stop`` ends it and all its processes."""

    def __init__(self, var: Path, *, arguments: list[str]) -> None:
        self.var = var
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{key: value for key, value in os.environ.items() if key not in GIVEN},
            "VAR_DIR": str(var),
            "ENVIRONMENT": "development",
            "SITE_NAME": "Casa Quillay",
        }
        self.log = var / "up.log"
        self.visitors: dict[str, Any] = {}
        self.world: dict[str, Any] = {}
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port)]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            if "runs at" in self.text():
                return
            time.sleep(0.2)
        self.stop()
        raise AssertionError(f"up did not start:\n{self.text()[-4000:]}")

    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text(errors="replace"))

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command beside the running stack."""
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def inside(self, code: str) -> Any:
        """What code prints as JSON when it runs in the product."""
        done = self.manage("shell", "-v", "0", "-c", code)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return str(answer.read().decode())

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows straight from the database, past all of our code."""
        state = json.loads((self.var / "run" / "postgres.json").read_text())
        with psycopg.connect(state["url"]) as connection:
            return connection.execute(query, values or None).fetchall()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
