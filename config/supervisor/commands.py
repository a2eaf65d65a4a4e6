"""All commands but ``up`` and ``test``: they find the database of a running ``up``, or start it."""

import os
import sys

import django
from django.core.management import execute_from_command_line
from django.db import connection

from config.supervisor import database, embedded, environment
from config.supervisor.keeper import read_json
from config.supervisor.locks import FileLock
from config.supervisor.places import Places, default_places

WITHOUT_SERVERS = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "startapp",
        "startproject",
        "translations",
        "version",
    }
)
DATABASE_ONLY = frozenset(
    {
        "createcachetable",
        "dbshell",
        "dumpdata",
        "flush",
        "inspectdb",
        "lintmigrations",
        "loaddata",
        "makemigrations",
        "migrate",
        "optimizemigration",
        "showmigrations",
        "sqlflush",
        "sqlmigrate",
        "sqlsequencereset",
        "squashmigrations",
    }
)

# A use ends when its lock is closed, so they are kept as long as the process.
HELD: list[embedded.Use] = []


def servers_of(argv: list[str]) -> list[str]:
    """What a command works with: none, the database, or everything that work may call on."""
    name = next((word for word in argv[1:] if not word.startswith("-")), "help")
    wants_help = bool({"-h", "--help"} & set(argv[1:]))
    if name in WITHOUT_SERVERS or wants_help:
        return []
    return ["postgres"] if name in DATABASE_ONLY else ["postgres", "valkey", "mailbox"]


def run(argv: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not environment.is_production():
        servers = servers_of(argv)
        prepare(servers, default_places())
        if len(servers) > 1 and HELD:
            bring_up_to_date(default_places())
    sys.argv = argv
    execute_from_command_line(argv)


def bring_up_to_date(places: Places) -> None:
    """Without an ``up`` that has done it: a command may be the first to use this database."""
    if read_json(places.run / "up.json"):
        return
    with FileLock(places.run / "migrate.lock"):
        django.setup()
        database.migrate()
        connection.close()


def prepare(servers: list[str], places: Places) -> None:
    """Join or start the servers; they are ours until this process ends."""
    places.prepare()
    wanted = embedded.not_given(servers)
    os.environ.update(environment.development(places))
    for use in embedded.use_all(wanted, places):
        os.environ[embedded.VARIABLES[use.name]] = use.url
        HELD.append(use)
    os.environ.setdefault("DATABASE_URL", "postgresql://nowhere/none")
