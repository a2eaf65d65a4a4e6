"""Remembers for which code and which database the preparation was done, to skip it at once."""

import hashlib
import os

import psycopg

from config.bootstrap import RUN_LOCK
from config.supervisor.keeper import read_json, write_json
from config.supervisor.places import ROOT, Places

SOURCES = ("*/migrations/*.py", "config/kit/migrations/*.py", "config/locale/*/LC_MESSAGES/*.po")
APPLIED = "SELECT string_agg(app || '.' || name, ',' ORDER BY id) FROM django_migrations"


def is_prepared(places: Places, database_url: str) -> bool:
    """Whether the last preparation was of this code, and the database stands where it left it."""
    known = read_json(places.var / "prepared.json")
    return bool(known) and known == state_of(database_url)


def remember(places: Places) -> None:
    """After the preparation, which the environment's database got."""
    write_json(places.var / "prepared.json", state_of(os.environ["DATABASE_URL"]))


def state_of(database_url: str) -> dict[str, str]:
    return {"code": code_state(), "database": database_state(database_url)}


def code_state() -> str:
    """Migrations and translations of ours by content, those of libraries by the lock file."""
    files = sorted({ROOT / RUN_LOCK, *(path for part in SOURCES for path in ROOT.glob(part))})
    made = [path.with_suffix(".mo").exists() for path in files if path.suffix == ".po"]
    total = hashlib.sha256(repr(made).encode())
    for path in files:
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def database_state(database_url: str) -> str:
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            row = connection.execute(APPLIED).fetchone()
    except psycopg.Error:
        return "unknown"
    return hashlib.sha256(str(row).encode()).hexdigest()
