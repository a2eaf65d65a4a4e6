"""Using the embedded servers: whoever comes first starts them, whoever leaves last stops them."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from config.supervisor.errors import StartError
from config.supervisor.keeper import read_json
from config.supervisor.locks import FileLock, is_held
from config.supervisor.places import ROOT, Places

VARIABLES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL", "mailbox": "EMAIL_URL"}
START_SECONDS = 150
LARGEST_LOG = 5_000_000


@dataclass
class Use:
    """One process's use of one server; it ends with ``leave`` or with the process."""

    name: str
    places: Places
    url: str
    users: FileLock

    def leave(self) -> None:
        self.users.release()

    def leave_and_wait(self, seconds: float) -> bool:
        """Whether the server is gone; it stays when somebody else uses it too."""
        self.leave()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not is_kept(self.name, self.places):
                return True
            time.sleep(0.05)
        return False

    def start_again_if_lost(self) -> bool:
        """A killed keeper takes its server along: put another in its place."""
        if is_kept(self.name, self.places):
            return False
        with FileLock(self.places.run / f"{self.name}.start"):
            running_url(self.name, self.places)
        return True


def use(name: str, places: Places) -> Use:
    """Start the server, or join those who use it already."""
    places.prepare()
    users = FileLock(places.run / f"{name}.users")
    users.take(shared=True)
    with FileLock(places.run / f"{name}.start"):
        url = running_url(name, places)
    return Use(name, places, url, users)


def leave_all(uses: list[Use], seconds: float) -> list[Use]:
    """The last first, without waiting for one before leaving the next; returns those that stay."""
    for use in reversed(uses):
        use.leave()
    return [use for use in reversed(uses) if not use.leave_and_wait(seconds)]


def use_all(names: list[str], places: Places) -> list[Use]:
    """Several at once: they do not wait for each other."""
    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        return list(pool.map(lambda name: use(name, places), names))


def not_given(names: list[str]) -> list[str]:
    """The servers that the environment does not replace."""
    return [name for name in names if not os.environ.get(VARIABLES[name])]


def running_url(name: str, places: Places) -> str:
    """The server's address, after starting a keeper if there is none. Under ``NAME.start``."""
    if not is_kept(name, places):
        start_keeper(name, places)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        state = read_json(places.run / f"{name}.json")
        if "error" in state:
            raise StartError(state["error"])
        if "url" in state:
            return str(state["url"])
        time.sleep(0.01)
    raise StartError(f"{name} did not start in {START_SECONDS} seconds.")


def is_kept(name: str, places: Places) -> bool:
    return is_held(places.run / f"{name}.keeper")


def start_keeper(name: str, places: Places) -> None:
    """It leaves us at once (see ``keeper.detach``): it belongs to all who use its server."""
    state = places.run / f"{name}.json"
    if state.exists():
        state.replace(state.with_suffix(".earlier"))
    log = places.logs / f"{name}.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    mode = ["throwaway"] if places.throwaway else []
    command = [sys.executable, "-m", "config.supervisor.keeper", name, str(places.var), *mode]
    with log.open("ab") as output:
        subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=True,
        )
