"""Threads that write while a suite measures, each over a connection of its own."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

Database = psycopg.Connection[Any]


class Writing(ABC):
    """Begins at once. ``number``: what was written, ``seconds``: in how long a time."""

    def __init__(self, *, threads: int = 1) -> None:
        self.number = 0
        self.seconds = 0.0
        self._troubles: list[str] = []
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._threads = [
            threading.Thread(target=self._guarded, args=(one,)) for one in range(threads)
        ]
        for one in self._threads:
            one.start()

    @abstractmethod
    def write(self, number: int, database: Database) -> None:
        """What the thread of this number does."""

    @property
    def per_second(self) -> float:
        return self.number / max(0.001, self.seconds)

    def wait_for(self, seconds: float) -> None:
        """Until so long after the beginning."""
        rest = self._started + seconds - time.monotonic()
        if rest > 0:
            time.sleep(rest)

    def count(self, written: int) -> None:
        with self._lock:
            self.number += written
            self.seconds = time.monotonic() - self._started

    def end(self) -> None:
        """Wait for the threads.

        :raises AssertionError: one of them could not write.
        """
        for one in self._threads:
            one.join()
        if self._troubles:
            raise AssertionError("; ".join(self._troubles))

    def _guarded(self, number: int) -> None:
        try:
            with own_connection() as database:
                self.write(number, database)
        except psycopg.Error as trouble:
            self._troubles.append(f"{type(trouble).__name__}: {trouble}")


@contextmanager
def own_connection() -> Iterator[Database]:
    params = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(name, None)
    with psycopg.connect(**params, autocommit=True) as database:
        yield database
