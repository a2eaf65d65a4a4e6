"""Brings the database up to the code, and furnishes it at the first start.

``python -m config.supervisor.prepare demo|empty``; the environment names the database. Progress
goes to the error stream; the standard output gets one JSON object: ``{"password": …}`` when an
owner was made.
"""

import io
import json
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils.module_loading import import_string
from django.utils.translation.reloader import translation_file_changed

from config.supervisor import database, environment, prepared
from config.supervisor.keeper import read_json, write_json
from config.supervisor.places import Places, default_places

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
    sources = list(Path(settings.LOCALE_DIR).glob("*/LC_MESSAGES/*.po"))
    if any(is_older(path.with_suffix(".mo"), path) for path in sources):
        call_command("translations", "--compile", verbosity=0, stdout=io.StringIO())
        # Django read what was there when it was set up; the demo is written with the new words.
        for path in sources:
            translation_file_changed(None, path.with_suffix(".mo"))


def is_older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def furnish(places: Places, mode: str) -> dict[str, str]:
    """At the first start only, and only into an empty database; remembers what was chosen."""
    note = environment.first_choice(places)
    choice = read_json(note)
    if choice.get("unfinished"):
        sys.exit("The first start broke off while it made the demo. Start over: up --reset")
    if choice:
        return {}
    if mode != "demo" or is_in_use():
        write_json(note, {"demo": False})
        return {}
    write_json(note, {"unfinished": True})
    with stage("Demo company"):
        password = seed_demo()
    write_json(note, {"demo": True})
    return {"password": password}


def is_in_use() -> bool:
    names = ("User", "Customer")
    return any(apps.get_model("customers", name)._default_manager.exists() for name in names)


def seed_demo() -> str:
    """The demo company and its owner; returns the owner's password, which is stored hashed only."""
    call_command("seed_demo", stdout=io.StringIO())
    password = secrets.token_urlsafe(12)
    # Models can be imported only after Django's setup, and so can the services that use them.
    staff_create = import_string("customers.services.staff.staff_create")
    staff_create(email=OWNER_EMAIL, password=password, role="owner", name=OWNER_NAME)
    return password


def main(mode: str) -> None:
    django.setup()
    with stage("Migrations"):
        database.migrate()
    with stage("Translations"):
        compile_translations()
    made = furnish(default_places(), mode)
    prepared.remember(default_places())
    print(json.dumps(made))


if __name__ == "__main__":
    main(sys.argv[1])
