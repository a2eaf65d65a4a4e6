"""The worker's process of ``bench upkeep``: started, waited for, ended, and what it told."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, Self

from django.conf import settings
from django.db import connection

from targets.upkeep.database import fetch

TABLES: Final = ("targets_membership", "targets_membershipchange", "targets_change")
PATIENCE_SECONDS: Final = 3600
QUIET: Final = """
SELECT NOT EXISTS (SELECT FROM targets_change) AND NOT EXISTS (SELECT FROM targets_bulkchange)
    AND (SELECT min(stands_at) FROM targets_shard) > clock_timestamp() - interval '2 seconds'
"""
TAKEN: Final = "SELECT NOT EXISTS (SELECT FROM targets_change)"
# A table with all its partitions and indexes, in bytes.
SIZE: Final = """
SELECT coalesce(sum(pg_total_relation_size(part.relid)), 0)::bigint
FROM pg_partition_tree($1::regclass) AS part
"""
BACKEND: Final = "SELECT pg_backend_pid()"


class Followed:
    """The lines of a worker since ``begun``, when its program was compiled and nothing waited."""

    def __init__(self, lines: list[dict[str, Any]], begun: float) -> None:
        self._lines = [one for one in lines if one["at"] >= begun]
        self.cpu_s = lines[-1]["cpu_s"] - self._lines[0]["cpu_s"] if self._lines else 0.0
        self.rss_mb = max((one["rss_mb"] for one in self._lines), default=0.0)
        self.flips = sum(one["flips"] for one in self._lines)

    def waits_ms(self, kind: str) -> list[float]:
        return [wait for one in self._lines if one["kind"] == kind for wait in one["waits_ms"]]

    def waits(self, kind: str) -> dict[str, float]:
        """From the statement of a change to the commit of what follows from it."""
        return shares("", self.waits_ms(kind))

    def flip_lateness(self) -> dict[str, float]:
        """The latest that a flip of each sweep can have been; a bound, not a mean."""
        return shares("flip_", [one["flip_ms"] for one in self._lines if one["flip_ms"]])


def shares(name: str, values: list[float]) -> dict[str, float]:
    if len(values) < 2:
        values = values * 2 or [0.0, 0.0]
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {
        f"{name}p50_ms": round(cut[49], 1),
        f"{name}p95_ms": round(cut[94], 1),
        f"{name}p99_ms": round(cut[98], 1),
        f"{name}max_ms": round(max(values), 1),
    }


class Followers:
    """A worker's process; ``is_bare``: one that only takes changes off the queue."""

    told: Followed

    def __init__(self, *, is_bare: bool = False) -> None:
        self._extra = ["bare"] if is_bare else []
        self._begun = 0.0

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "lines"
        name = str(connection.settings_dict["NAME"])
        module = "targets.benchmarks.upkeep_worker"
        with self._path.open("wb") as out:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", module, name, *self._extra],
                stdout=out,
                cwd=settings.BASE_DIR,
                env={
                    **os.environ,
                    "PYTHONPATH": str(settings.BASE_DIR),
                    "DJANGO_SETTINGS_MODULE": "config.settings",
                },
            )
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        lines = [json.loads(one) for one in self._path.read_text().splitlines()]
        self._folder.cleanup()
        self.told = Followed(lines, self._begun)

    def begin(self) -> None:
        """What happened until now does not count."""
        self._begun = time.time()

    def wait_until_quiet(self) -> float:
        """Until no change waits and time is followed; returns the seconds."""
        return self._wait(QUIET)

    def wait_until_taken(self) -> float:
        return self._wait(TAKEN)

    def _wait(self, question: str) -> float:
        started = time.monotonic()
        while not fetch(question)[0][0]:
            if self._process.poll() is not None:
                raise AssertionError("the worker ended by itself")
            if time.monotonic() - started > PATIENCE_SECONDS:
                raise AssertionError("upkeep does not come to rest")
            time.sleep(0.05)
        return time.monotonic() - started


def sizes_mb() -> dict[str, float]:
    return {table.removeprefix("targets_"): fetch(SIZE, table)[0][0] / 2**20 for table in TABLES}


def database_cpu() -> float:
    """Seconds that the processes of a server on this machine have used; 0 for one elsewhere."""
    backend = Path(f"/proc/{fetch(BACKEND)[0][0]}/stat")
    try:
        postmaster = _stat(backend)[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        alive = sum(sum(_stat(Path(f"/proc/{one}/stat"))[10:12]) for one in children)
        ended = sum(_stat(Path(f"/proc/{postmaster}/stat"))[10:14])
    except (OSError, ValueError, IndexError):
        return 0.0
    return (alive + ended) / os.sysconf("SC_CLK_TCK")


def _stat(path: Path) -> list[int]:
    """The numbers after the name and the state: the parent first, times from the 11th on."""
    return [int(one) for one in path.read_text().rpartition(")")[2].split()[1:]]
