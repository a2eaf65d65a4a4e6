"""The processes that a running Clientela consists of: started again when they die."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from config.supervisor import machine, output
from config.supervisor.places import ROOT

CHUNK = 65536
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
HEALTHY_SECONDS = 30


@dataclass(frozen=True)
class Service:
    """A program to keep running; ``stop_signals`` are tried in order, so long each."""

    name: str
    command: tuple[str, ...]
    stop_signals: tuple[tuple[int, float], ...] = ((signal.SIGTERM, 8.0),)
    nice: int = 0


class Child:
    """One service's process. ``report`` hears of process groups that begin (+) and end (-)."""

    def __init__(
        self, service: Service, environment: dict[str, str], report: Callable[[str], None]
    ) -> None:
        self.service = service
        self.environment = environment
        self.report = report
        self.process: asyncio.subprocess.Process | None = None
        self.stopping = asyncio.Event()
        self.pause = FIRST_PAUSE

    async def run(self) -> None:
        """Until ``stop``: start, print what it says, start again when it ends."""
        while not self.stopping.is_set():
            began = time.monotonic()
            status = await self.run_once()
            if self.stopping.is_set():
                return
            if time.monotonic() - began > HEALTHY_SECONDS:
                self.pause = FIRST_PAUSE
            self.say(f"ended with status {status}; starting again in {self.pause:g} s")
            await asyncio.sleep(self.pause)
            self.pause = min(self.pause * 2, LONGEST_PAUSE)

    async def run_once(self) -> int:
        process = await self.spawn()
        self.process = process
        self.report(f"+{process.pid}")
        assert process.stdout is not None  # noqa: S101  it is a pipe, see spawn
        async for line in lines(process.stdout):
            self.say(line)
        status = await process.wait()
        end_group(process.pid, signal.SIGKILL)
        self.report(f"-{process.pid}")
        return status

    async def spawn(self) -> asyncio.subprocess.Process:
        nice = ("nice", "-n", str(self.service.nice)) if self.service.nice else ()
        return await asyncio.create_subprocess_exec(
            *machine.guarded([*nice, *self.service.command], signal.SIGTERM),
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    async def stop(self) -> None:
        self.stopping.set()
        if self.process is None:
            return
        for number, seconds in (*self.service.stop_signals, (signal.SIGKILL, 5.0)):
            if self.process.returncode is not None:
                return
            signal_process(self.process, number)
            try:
                await asyncio.wait_for(self.process.wait(), seconds)
            except TimeoutError:
                continue

    def say(self, line: str) -> None:
        output.log_line(self.service.name, line)


async def lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """Lines of any length, without their end."""
    rest = b""
    while chunk := await stream.read(CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")
    if rest:
        yield rest.decode(errors="replace")


def signal_process(process: asyncio.subprocess.Process, number: int) -> None:
    """SIGKILL takes the whole group: a killed leader leaves its own children."""
    if number == signal.SIGKILL:
        end_group(process.pid, number)
    else:
        process.send_signal(number)


def end_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return
