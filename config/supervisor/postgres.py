"""The embedded PostgreSQL: its data, its settings, its programs."""

import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from config.supervisor import binaries, machine, privileges
from config.supervisor.errors import StartError
from config.supervisor.places import Places

DATABASE = "clientela"
OWNER = "app"
PLENTY_MEGABYTES = 8192


@dataclass
class Postgres:
    places: Places
    name: str = "postgres"
    variable: str = "DATABASE_URL"
    stop_signal: int = signal.SIGINT  # "fast shutdown"
    uid: int = -1
    inherits: tuple[int, ...] = ()
    run_as: privileges.RunAs = field(init=False)
    sockets: Path = field(init=False)

    def prepare(self) -> None:
        data = self.places.var / "postgres"
        self.run_as = privileges.choose(binaries.postgres_folder(), data)
        major = self.check_version(self.run_as.data)
        if major is not None:
            self.run_as = privileges.choose(binaries.postgres_folder(major), data)
        self.uid = self.run_as.uid
        self.sockets = self.run_as.sockets or self.places.sockets("postgres")
        self.sockets.chmod(0o711)
        self.run_as.own(self.sockets)
        if major is None:
            self.make_data()
        self.run_as.own(self.run_as.data)
        forget_stale_pid(self.run_as.data)

    def check_version(self, data: Path) -> int | None:
        """The major version of existing data; None when there is none. Never starts over."""
        version = data / "PG_VERSION"
        if not version.exists():
            if data.exists() and any(data.iterdir()):
                raise StartError(f"{data} holds something that is no PostgreSQL data.")
            return None
        major = int(version.read_text().strip())
        try:
            binaries.postgres_folder(major)
        except StartError:
            present = binaries.postgres_major(binaries.postgres_folder())
            raise StartError(other_version_message(data, major, present)) from None
        return major

    def make_data(self) -> None:
        """``initdb`` beside the final place, so that a killed one leaves nothing half made."""
        fresh = self.run_as.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        self.run_as.own(fresh)
        command = [str(self.run_as.programs / "initdb"), "-D", str(fresh), *self.initdb_options()]
        done = subprocess.run(
            machine.guarded(command, uid=self.uid, prefix=self.run_as.prefix),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if done.returncode != 0:
            raise StartError(f"PostgreSQL's data could not be made:\n{done.stdout}{done.stderr}")
        if self.run_as.data.exists():
            self.run_as.data.rmdir()
        fresh.rename(self.run_as.data)

    def initdb_options(self) -> list[str]:
        options = ["-U", OWNER, "-E", "UTF8", "-A", "trust", "--no-instructions", "--no-sync"]
        if binaries.postgres_major(self.run_as.programs) >= 17:
            return [*options, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return [*options, "--locale=C.UTF-8"]

    def command(self) -> list[str]:
        settings = postgres_settings(machine.memory_megabytes(), throwaway=self.places.throwaway)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        program = str(self.run_as.programs / "postgres")
        sockets = ["-h", "", "-k", str(self.sockets)]
        command = [program, "-D", str(self.run_as.data), *sockets, *options]
        return machine.guarded(command, self.stop_signal, self.uid, self.run_as.prefix)

    def is_ready(self) -> bool:
        return self.psql("-Atc", "select 1").returncode == 0

    def finish(self) -> None:
        known = self.psql("-Atc", f"select 1 from pg_database where datname = '{DATABASE}'")  # noqa: S608
        if "1" not in known.stdout:
            self.psql("-qc", f"create database {DATABASE}")

    def psql(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        program = str(self.run_as.programs / "psql")
        place = ["-X", "-h", str(self.sockets), "-U", OWNER, "-d", "postgres"]
        return subprocess.run(
            [program, *place, *arguments], capture_output=True, text=True, check=False
        )

    def url(self) -> str:
        return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"


def postgres_settings(megabytes: int, *, throwaway: bool) -> dict[str, str]:
    """Settings for a machine with so much memory, shared with web and workers.

    Upkeep reads some fifty pages a person, from all over the database: whoever has memory gives a
    quarter to the database's own cache. After each checkpoint a page is written whole into the
    journal once; with one in fifteen minutes instead of five that is rarer.
    """
    share = 4 if megabytes >= PLENTY_MEGABYTES else 8
    settings = {
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": f"{min(8192, max(64, megabytes // share))}MB",
        "effective_cache_size": f"{max(256, megabytes // 2)}MB",
        "work_mem": f"{min(64, max(16, megabytes // 256))}MB",
        "maintenance_work_mem": f"{min(512, max(64, megabytes // 16))}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "dynamic_shared_memory_type": machine.shared_memory(),
    }
    if throwaway:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def other_version_message(data: Path, found: int, present: int) -> str:
    return (
        f"{data} was made by PostgreSQL {found}; Clientela runs PostgreSQL {present} here. Nothing "
        f"was changed. Either install PostgreSQL {found}, start again, write the data out with "
        "pg_dump and read it into a new folder, or begin from nothing: manage.py up --reset"
    )


def forget_stale_pid(data: Path) -> None:
    """After a power cut the number in ``postmaster.pid`` may belong to any program."""
    note = data / "postmaster.pid"
    if note.exists() and not machine.is_running(int(note.read_text().split()[0]), "postgres"):
        note.unlink()
