"""Brings the database up to the code, and furnishes it at the first start.

``python -m config.supervisor.prepare demo|empty``; the environment names the database. Progress
goes to the error stream; the standard output gets one JSON object: ``{"password": …}`` when an
owner was made.
"""

import json
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from config.supervisor import database

OWNER_EMAIL = "ana@casaquillay.example"
OWNER_NAME = "Ana Millaray"
SECONDS_WORTH_TELLING = 1.0


@contextmanager
def stage(title: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    if seconds >= SECONDS_WORTH_TELLING:
        print(f"  {title:<28}{seconds:6.1f} s", file=sys.stderr, flush=True)


def compile_translations() -> None:
    """Each catalogue whose source is newer than what was made of it."""
    sources = Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/*.po")
    if any(is_older(path.with_suffix(".mo"), path) for path in sources):
        call_command("translations", "--compile", verbosity=0, stdout=sys.stderr)


def is_older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def seed_demo() -> str:
    """The demo company and its owner; returns the owner's password, which is stored hashed only."""
    password = secrets.token_urlsafe(12)
    call_command("seed_demo", stdout=sys.stderr)
    return password


def main(first: str) -> None:
    django.setup()
    with stage("Database migrations"):
        database.migrate()
    with stage("Translations"):
        compile_translations()
    result: dict[str, str] = {}
    if first == "demo":
        with stage("Demo company"):
            result["password"] = seed_demo()
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
