"""The worker that comes first migrates its database; the others begin with a copy of it."""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg import sql

from config.supervisor.locks import FileLock

NAME = "test_clientela_first"


@dataclass
class FirstDatabase:
    """``folder`` is one that all workers share; whoever holds its lock is making the copy."""

    folder: Path
    lock: FileLock = field(init=False)
    made: Path = field(init=False)

    def __post_init__(self) -> None:
        self.lock = FileLock(self.folder / "first-database.lock")
        self.made = self.folder / "first-database.made"

    def use(self) -> None:
        """Before the worker's own database is made: wait for the copy, or be the one who makes it."""
        self.lock.take()
        if self.made.exists():
            settings.DATABASES["default"]["TEST"] |= {"TEMPLATE": NAME, "MIGRATE": False}

    def keep(self) -> None:
        """After it is made, and before any test writes to it."""
        if not self.made.exists():
            self._copy()
            self.made.touch()
        self.lock.release()

    def drop(self) -> None:
        """At the end; who comes later than that migrates."""
        with self.lock:
            self.made.unlink(missing_ok=True)
            run("DROP DATABASE IF EXISTS {}", NAME)

    def _copy(self) -> None:
        source = str(connection.settings_dict["NAME"])
        connection.close()
        run("DROP DATABASE IF EXISTS {}", NAME)
        run("CREATE DATABASE {} TEMPLATE {}", NAME, source)


def run(statement: str, *names: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
