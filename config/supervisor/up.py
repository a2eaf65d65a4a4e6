"""``manage.py up``: everything on this machine, until Ctrl-C.

1. Refuse what cannot work: a second ``up``, a taken port, production.
2. Start PostgreSQL, Valkey and the mailbox, at the same time, or take those that are given.
3. Migrate when something is missing; at the first start furnish the demo.
4. Start web, then workers and beat; keep them running.
5. At the end stop them in reverse order, and leave the servers, which stop when nobody uses them.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from config.supervisor import embedded, environment, machine, output, prepared, services
from config.supervisor.children import Child, Service, end_group
from config.supervisor.errors import StartError
from config.supervisor.keeper import read_json, write_json
from config.supervisor.locks import FileLock
from config.supervisor.places import ROOT, Places, default_places
from config.supervisor.privileges import aside_data
from config.supervisor.tails import follow

HOST = "127.0.0.1"
WEB_SECONDS = 60
EARLIER_SECONDS = 10
SERVERS_SECONDS = 20
SERVERS = ["postgres", "valkey", "mailbox"]
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Set up and run everything on this machine."
    )
    parser.add_argument("--port", type=int, default=8000, help="of the web pages (8000)")
    parser.add_argument("--no-demo", action="store_true", help="start without any data")
    parser.add_argument("--reset", action="store_true", help="delete all data first")
    parser.add_argument("--yes", action="store_true", help="with --reset: do not ask")
    return parser.parse_args(arguments)


def main(arguments: list[str], began: float) -> int:
    """0 after an orderly stop. ``began``: when the person typed the command, as a timestamp."""
    options = parse(arguments)
    if environment.is_production():
        raise StartError("up is for one machine in development; see docker-compose.yml.")
    places = default_places()
    places.prepare()
    lock = FileLock(places.run / "up.lock")
    take_turn(lock, places)
    if not machine.is_port_free(options.port):
        raise StartError(
            f"Port {options.port} is taken by another program. Stop it, or choose another port: "
            f"manage.py up --port {machine.free_port(options.port + 1)}"
        )
    if options.reset:
        reset(places, options.yes)
    running = Running(places, lock, options, began)
    try:
        return asyncio.run(running.run())
    finally:
        running.clean()


def take_turn(lock: FileLock, places: Places) -> None:
    """One ``up`` at a time. What a killed one left is waited for: its reaper holds the lock."""
    if lock.take(wait=False):
        return
    state = read_json(places.run / "up.json")
    if state and not machine.is_running(int(state["pid"]), "manage.py"):
        output.say("An earlier up was killed; waiting until its processes are gone.")
        if lock.take_within(EARLIER_SECONDS):
            return
    address = state.get("url", "an address it has not told yet")
    raise StartError(f"Clientela is running already, at {address} (stop it with Ctrl-C there).")


def reset(places: Places, is_sure: bool) -> None:
    """Delete all data of this installation, unless somebody uses it."""
    busy = [name for name in SERVERS if embedded.is_kept(name, places)]
    if busy:
        raise StartError(f"Another command is using {', '.join(busy)}; nothing was deleted.")
    if not is_sure:
        answer = input(f"Delete all customers, mails and files in {places.var}? Type yes: ")
        if answer.strip().lower() not in {"yes", "y", "sí", "si"}:
            raise StartError("Nothing was deleted.")
    shutil.rmtree(aside_data(places.var / "postgres").parent, ignore_errors=True)
    for entry in places.var.iterdir():
        if entry.name in {"run", "uv", "sys"}:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    places.prepare()


class Running:
    def __init__(
        self, places: Places, lock: FileLock, options: argparse.Namespace, began: float
    ) -> None:
        self.places = places
        self.lock = lock
        self.options = options
        self.began = began
        self.url = f"http://{HOST}:{options.port}"
        self.children: list[Child] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.uses: list[embedded.Use] = []
        self.reaper: subprocess.Popen[str] | None = None
        self.stop_asked = asyncio.Event()
        self.variables: dict[str, str] = {}

    async def run(self) -> int:
        self.listen_for_stop()
        output.say("Clientela is starting.")
        self.start_reaper()
        with output.stage("PostgreSQL, Valkey, mailbox"):
            await asyncio.to_thread(self.start_servers)
        password = await self.prepare_database()
        if not self.stop_asked.is_set():
            await self.start_web()
            self.start(services.background(self.places.run))
            self.greet(password)
            await self.stop_asked.wait()
        await self.stop()
        return 0

    def listen_for_stop(self) -> None:
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self.stop_asked.set)

    def start_reaper(self) -> None:
        """It inherits the lock, so that the next ``up`` waits for it."""
        assert self.lock.descriptor is not None  # noqa: S101  main has taken it
        self.reaper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(ROOT / "config" / "supervisor" / "reaper.py")],
            stdin=subprocess.PIPE,
            text=True,
            bufsize=1,
            pass_fds=[self.lock.descriptor],
            start_new_session=True,
        )
        write_json(self.places.run / "up.json", {"pid": os.getpid(), "url": self.url})

    def report(self, line: str) -> None:
        if self.reaper is not None and self.reaper.stdin is not None:
            self.reaper.stdin.write(line + "\n")

    def start_servers(self) -> None:
        self.variables = environment.development(self.places)
        self.uses = embedded.use_all(embedded.not_given(SERVERS), self.places)
        self.variables |= {embedded.VARIABLES[use.name]: use.url for use in self.uses}

    async def prepare_database(self) -> str:
        """Returns the owner's password when the demo was made, else nothing."""
        result = {}
        with output.stage("Database"):
            if not await asyncio.to_thread(self.is_prepared):
                result = await self.run_prepare("empty" if self.options.no_demo else "demo")
        self.variables |= environment.development(self.places)
        return str(result.get("password", ""))

    def is_prepared(self) -> bool:
        url = self.variables.get("DATABASE_URL") or os.environ["DATABASE_URL"]
        return prepared.is_prepared(self.places, url)

    async def run_prepare(self, mode: str) -> dict[str, str]:
        process = await asyncio.create_subprocess_exec(
            *machine.guarded([sys.executable, "-m", "config.supervisor.prepare", mode]),
            cwd=ROOT,
            env={**os.environ, **self.variables},
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self.report(f"+{process.pid}")
        stopper = asyncio.create_task(self.end_when_asked(process))
        told, _ = await process.communicate()
        stopper.cancel()
        self.report(f"-{process.pid}")
        if self.stop_asked.is_set():
            return {}
        if process.returncode != 0:
            raise StartError("The database could not be prepared; the reason stands above.")
        answer: dict[str, str] = json.loads(told.decode().strip().splitlines()[-1])
        return answer

    async def end_when_asked(self, process: asyncio.subprocess.Process) -> None:
        await self.stop_asked.wait()
        end_group(process.pid, signal.SIGKILL)

    def start(self, wanted: list[Service]) -> None:
        for service in wanted:
            child = Child(service, self.variables, self.report)
            self.children.append(child)
            self.tasks.append(asyncio.create_task(child.run()))

    async def start_web(self) -> None:
        """Web alone first, so that the page is there before the workers take the processors."""
        with output.stage("Web"):
            self.start([services.web(HOST, self.options.port)])
            deadline = time.monotonic() + WEB_SECONDS
            while not self.stop_asked.is_set() and not await asyncio.to_thread(self.answers):
                if time.monotonic() > deadline:
                    raise StartError("The web server did not answer; the reason stands above.")
                await asyncio.sleep(0.05)
        for use in self.uses:
            log = self.places.logs / f"{use.name}.log"
            self.tasks.append(asyncio.create_task(follow(use.name, log)))
        self.tasks.append(asyncio.create_task(self.watch_servers()))

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    async def watch_servers(self) -> None:
        """A keeper that was killed took its server along."""
        while True:
            await asyncio.sleep(1)
            for use in self.uses:
                if await asyncio.to_thread(use.start_again_if_lost):
                    output.log_line(use.name, "was killed; it runs again")

    def greet(self, password: str) -> None:
        seconds = time.time() - self.began
        output.say(f"\nClientela runs at {self.url}/backoffice/ (started in {seconds:.1f} s)")
        if self.variables.get("MAILBOX_DIR"):
            output.say(f"Every mail it sends arrives at {self.url}/mailbox/")
        if password:
            output.say("Log in as ana@casaquillay.example with this password, shown only now:")
            output.say(f"\n    {output.paint(password, 1)}\n")
        elif self.options.no_demo:
            output.say("Its first page makes the owner, if there is none yet.")
        output.say("Stop it with Ctrl-C.\n")

    async def stop(self) -> None:
        output.say("\nStopping.")
        for child in reversed(self.children):
            child.stopping.set()
        await asyncio.gather(*(child.stop() for child in self.children[1:]))
        await asyncio.gather(*(child.stop() for child in self.children[:1]))
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for use in await asyncio.to_thread(embedded.leave_all, self.uses, SERVERS_SECONDS):
            output.say(f"{use.name} stays, for another command that uses it.")

    def clean(self) -> None:
        """Also after a failed start."""
        if self.reaper is not None and self.reaper.stdin is not None:
            self.reaper.stdin.close()
            self.reaper.wait()
        embedded.leave_all(self.uses, SERVERS_SECONDS)
        Path(self.places.run / "up.json").unlink(missing_ok=True)
