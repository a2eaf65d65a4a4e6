"""Runs one embedded server for as long as somebody uses it.

``python -m config.supervisor.keeper NAME VAR [throwaway]``, started by ``embedded.use``:

1. Hold ``NAME.keeper`` alone; wait for what an earlier keeper left to be gone.
2. Prepare and start the server, wait until it answers, write ``NAME.json``.
3. Start it again when it dies, a little later each time.
4. When ``NAME.users`` can be locked alone, every user is gone (left, or was killed): stop the
   server. Newcomers wait at that same lock and then start a keeper of their own.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.supervisor import machine
from config.supervisor.errors import StartError
from config.supervisor.locks import FileLock, is_held
from config.supervisor.places import ROOT, Places
from config.supervisor.servers import Server, make_server

READY_SECONDS = 120
STOP_SECONDS = 30
LONGEST_PAUSE = 15.0


class Keeper:
    def __init__(self, server: Server, places: Places) -> None:
        self.server = server
        self.places = places
        self.users = FileLock(places.run / f"{server.name}.users")
        self.state = places.run / f"{server.name}.json"
        self.is_told_to_stop = False
        self.pause = 0.25

    def run(self) -> None:
        wait_for_earlier(self.places, self.server.name)
        self.server.prepare()
        child = self.start()
        self.server.finish()
        self.write_state(child)
        while not self.is_done():
            if has_ended(child, seconds=0.2):
                child = self.start_again(child.returncode)
                self.write_state(child)
        self.stop(child)

    def is_done(self) -> bool:
        return self.is_told_to_stop or self.users.take(wait=False)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it and wait until it answers."""
        child = subprocess.Popen(
            self.server.command(),
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            pass_fds=self.server.inherits,
        )
        deadline = time.monotonic() + READY_SECONDS
        while not self.server.is_ready():
            if has_ended(child, seconds=0.03):
                raise StartError(
                    f"{self.server.name} ended at its start with status {child.returncode}; "
                    f"see {self.places.logs / self.server.name}.log"
                )
            if time.monotonic() > deadline:
                self.stop(child)
                raise StartError(f"{self.server.name} did not answer in {READY_SECONDS} seconds.")
        return child

    def start_again(self, status: int) -> "subprocess.Popen[bytes]":
        while True:
            say(f"{self.server.name} ended with status {status}; starting it again")
            time.sleep(self.pause)
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            try:
                return self.start()
            except StartError as error:
                say(str(error))
                if self.is_done():
                    raise

    def stop(self, child: "subprocess.Popen[bytes]") -> None:
        child.send_signal(self.server.stop_signal)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self.state.unlink(missing_ok=True)

    def write_state(self, child: "subprocess.Popen[bytes]") -> None:
        write_json(self.state, {"url": self.server.url(), "pid": child.pid, "keeper": os.getpid()})


def has_ended(child: "subprocess.Popen[bytes]", seconds: float) -> bool:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def wait_for_earlier(places: Places, name: str) -> None:
    """A keeper that was killed leaves a server that is on its way out."""
    earlier = places.run / f"{name}.earlier"
    pid = int(read_json(earlier).get("pid", 0))
    deadline = time.monotonic() + STOP_SECONDS
    while pid and machine.is_running(pid, name) and time.monotonic() < deadline:
        time.sleep(0.05)
    earlier.unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """In one step: a reader sees the old or the new, never half."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content))
    fresh.replace(path)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def told_to_stop(keeper: Keeper) -> Iterator[None]:
    def mark(_signal: int, _frame: object) -> None:
        keeper.is_told_to_stop = True

    signal.signal(signal.SIGTERM, mark)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield


def forget(places: Places) -> None:
    """The last of the keepers deletes what they worked on."""
    if not any(is_held(path) for path in places.run.glob("*.keeper")):
        shutil.rmtree(places.var, ignore_errors=True)


def detach() -> None:
    """Go on as nobody's child, in a session of its own: Ctrl-C is not for the database."""
    if os.fork():
        os._exit(0)
    os.setsid()


def main(name: str, var: str, throwaway: bool) -> None:
    places = Places(Path(var), throwaway)
    own = FileLock(places.run / f"{name}.keeper")
    if not own.take_within(STOP_SECONDS):
        return
    keeper = Keeper(make_server(name, places), places)
    try:
        with told_to_stop(keeper):
            keeper.run()
    except (StartError, OSError) as error:
        say(str(error))
        write_json(keeper.state, {"error": str(error)})
        sys.exit(1)
    if throwaway:
        own.release()
        forget(places)


if __name__ == "__main__":
    detach()
    main(sys.argv[1], sys.argv[2], "throwaway" in sys.argv[3:])
