"""A small SMTP server for tests: keeps what it gets, and misbehaves on demand. Run as a program it
appends one line per mail (Message-ID and recipient) to a file."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

Answer = Callable[[str], bytes | None]


def fine(_address: str) -> bytes | None:
    return None


class _Session(asyncio.Protocol):
    def __init__(self, sink: "Sink") -> None:
        self.sink = sink
        self.buffer = b""
        self.in_data = False
        self.sender = self.recipient = ""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.sink.connections += 1
        greeting = self.sink.greeting
        transport.write(greeting)
        if not greeting.startswith(b"220"):
            transport.close()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            if self.in_data:
                if self.buffer.startswith(b".\r\n"):  # an empty mail: the sender thought again
                    self.buffer, self.in_data = self.buffer[3:], False
                    self.transport.write(b"554 5.5.1 no mail\r\n")
                    continue
                at = self.buffer.find(b"\r\n.\r\n")
                if at < 0:
                    return
                mail, self.buffer = self.buffer[: at + 2], self.buffer[at + 5 :]
                self.in_data = False
                self.end_of_mail(mail)
                continue
            line, found, rest = self.buffer.partition(b"\r\n")
            if not found:
                return
            self.buffer = rest
            self.command(line)

    def command(self, line: bytes) -> None:
        word = line.split(b" ")[0].upper()
        if word == b"EHLO":
            self.transport.write(
                b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
                if self.sink.pipelining
                else b"250 sink\r\n"
            )
        elif word == b"MAIL":
            self.sender = line.partition(b"<")[2].partition(b">")[0].decode()
            self.transport.write(self.sink.on_mail(self.sender) or b"250 2.1.0 Ok\r\n")
        elif word == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            answer = self.sink.on_recipient(self.recipient)
            self.is_refused = answer is not None
            self.transport.write(answer or b"250 2.1.5 Ok\r\n")
        elif word == b"DATA":
            if self.is_refused:
                self.transport.write(b"503 5.5.1 no recipient\r\n")
                return
            if self.sink.drop_before_dot(self.recipient):
                self.transport.abort()
                return
            self.in_data = True
            self.transport.write(b"354 go\r\n")
        elif word == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 2.0.0 Ok\r\n")

    def end_of_mail(self, mail: bytes) -> None:
        answer = self.sink.on_end(self.recipient)
        if answer is None or answer.startswith(b"2") or answer == b"drop":
            self.sink.keep(self.sender, self.recipient, mail)
        if answer == b"drop":
            self.transport.abort()
            return
        if self.sink.delay:
            asyncio.get_running_loop().call_later(self.sink.delay, self.reply, answer)
            return
        self.reply(answer)

    def reply(self, answer: bytes | None) -> None:
        self.transport.write(answer or b"250 2.0.0 Ok queued\r\n")


class Sink:
    """``with Sink() as sink: …; sink.mails`` holds (sender, recipient, message)."""

    def __init__(self, *, port: int = 0, log: str = "", delay: float = 0.0) -> None:
        self.port = port
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if log else -1
        self.delay = delay
        self.pipelining = True
        self.greeting = b"220 sink ESMTP\r\n"
        self.on_mail: Answer = fine
        self.on_recipient: Answer = fine
        self.on_end: Answer = fine
        self.drop_before_dot: Callable[[str], bool] = lambda _address: False
        self.raw: list[tuple[str, str, bytes]] = []
        self.count = 0
        self.connections = 0

    @property
    def mails(self) -> list[tuple[str, str, EmailMessage]]:
        return [
            (sender, to, message_from_bytes(mail, policy=policy.default))
            for sender, to, mail in self.raw
        ]

    @property
    def email_setting(self) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "username": "",
            "password": "",
            "tls": "none",
        }

    def keep(self, sender: str, recipient: str, mail: bytes) -> None:
        self.count += 1
        if self.log >= 0:
            found = mail.partition(b"\r\nMessage-ID: ")[2].partition(b"\r\n")[0]
            os.write(self.log, found + b" " + recipient.encode() + b"\n")
        else:
            self.raw.append((sender, recipient, mail))

    def __enter__(self) -> "Sink":
        self.loop = asyncio.new_event_loop()
        started = threading.Event()

        async def serve() -> None:
            self.server = await self.loop.create_server(
                lambda: _Session(self), "127.0.0.1", self.port
            )
            self.port = self.server.sockets[0].getsockname()[1]
            started.set()
            self.stopping = asyncio.Event()
            await self.stopping.wait()
            self.server.close()

        self.thread = threading.Thread(target=self._run, args=(serve,), daemon=True)
        self.thread.start()
        started.wait(10)
        return self

    def _run(self, serve: Callable[[], Any]) -> None:
        self.loop.run_until_complete(serve())
        self.loop.close()

    def __exit__(self, *exc: object) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(10)


if __name__ == "__main__":
    with Sink(log=sys.argv[1], delay=float(sys.argv[2])) as running:
        print(running.port, flush=True)
        while True:
            time.sleep(60)
