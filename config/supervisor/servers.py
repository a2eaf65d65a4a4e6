"""The servers that a keeper can run: what each needs, how it starts, when it is ready."""

import signal
import smtplib
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from config.supervisor import binaries, machine
from config.supervisor.places import Places
from config.supervisor.postgres import Postgres

FIRST_MAIL_PORT = 2525


class Server(Protocol):
    """One server. ``prepare`` may take long and happens once; ``command`` is run again on death."""

    name: str
    variable: str
    stop_signal: int
    uid: int
    inherits: tuple[int, ...]
    """File descriptors that the server takes over from its keeper."""

    def prepare(self) -> None: ...

    def command(self) -> list[str]: ...

    def is_ready(self) -> bool: ...

    def finish(self) -> None:
        """Called once when it answers for the first time."""

    def url(self) -> str: ...


@dataclass
class Valkey:
    places: Places
    name: str = "valkey"
    variable: str = "REDIS_URL"
    stop_signal: int = signal.SIGTERM
    uid: int = -1
    inherits: tuple[int, ...] = ()
    socket: Path = field(init=False)
    program: Path = field(init=False)

    def prepare(self) -> None:
        self.program = binaries.valkey_program()
        self.socket = self.places.sockets("valkey") / "socket"
        (self.places.var / "valkey").mkdir(exist_ok=True)

    def command(self) -> list[str]:
        durable = "no" if self.places.throwaway else "yes"
        options = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        options += ["--save", "", "--appendonly", durable, "--dir", str(self.places.var / "valkey")]
        return machine.guarded([str(self.program), *options], self.stop_signal)

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def finish(self) -> None:
        return

    def url(self) -> str:
        return f"redis+socket://{quote(str(self.socket))}"


@dataclass
class Mailbox:
    """Its keeper listens, so the port is nobody else's from the moment it is chosen.

    Mail that comes while the server is started again waits at that socket.
    """

    places: Places
    name: str = "mailbox"
    variable: str = "EMAIL_URL"
    stop_signal: int = signal.SIGTERM
    uid: int = -1
    inherits: tuple[int, ...] = ()
    listening: socket.socket = field(init=False)

    def prepare(self) -> None:
        self.places.mailbox.mkdir(exist_ok=True)
        self.listening = machine.listen(FIRST_MAIL_PORT)
        self.inherits = (self.listening.fileno(),)

    def command(self) -> list[str]:
        command = [sys.executable, "-m", "config.mailbox.server"]
        command += [str(self.places.mailbox), str(self.listening.fileno())]
        return machine.guarded(command, self.stop_signal)

    def is_ready(self) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=1) as client:
                return client.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def finish(self) -> None:
        return

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"


def make_server(name: str, places: Places) -> Server:
    kinds: dict[str, type[Postgres] | type[Valkey] | type[Mailbox]] = {
        "postgres": Postgres,
        "valkey": Valkey,
        "mailbox": Mailbox,
    }
    return kinds[name](places)
