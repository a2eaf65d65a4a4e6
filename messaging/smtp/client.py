"""One kept SMTP connection on asyncio."""

import asyncio
import base64
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from messaging.smtp.replies import Fate, Outcome, Reply, outcome_of

CONNECT_SECONDS: Final = 20.0
COMMAND_SECONDS: Final = 60.0
FINAL_SECONDS: Final = 90.0
MAX_REPLY_BYTES: Final = 64 * 1024
MAX_MAILS: Final = 1_000
CONTINUE: Final = 354
LEAST_CODE: Final = 200


class ConnectionTrouble(Exception):
    """The server cannot be used now; no mail is at fault."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where mail is handed over. ``tls``: starttls, implicit or none."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Called by ``deliver``: ``before_dot`` right before the mail can be the server's (False stops
    it), ``after_dot`` with its answer."""

    before_dot: Callable[[], bool]
    after_dot: Callable[[Reply], None]


class Connection(asyncio.Protocol):
    """Greets, speaks TLS and logs in; then hands mails over one after the other."""

    def __init__(self, server: Server, *, hello: str) -> None:
        self.server = server
        self.hello = hello
        self.mails = 0
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._lines: list[bytes] = []
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._features: set[str] = set()
        self._auth_methods: set[str] = set()
        self._is_lost = False

    # The protocol's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > MAX_REPLY_BYTES:
            self.abort()
            return
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self._lines.append(line.rstrip(b"\r"))
            if line[3:4] != b"-" or len(self._lines) > 100:
                self._replies.append(_parse(self._lines))
                self._lines = []
        if self._replies:
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _reply(self, seconds: float = COMMAND_SECONDS) -> Reply:
        if not self._replies and not self._is_lost:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(seconds, self._wake)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        if not self._replies:
            self.abort()
            raise ConnectionTrouble("The server did not answer.")
        return self._replies.popleft()

    def _write(self, data: bytes) -> None:
        if self._transport is None or self._is_lost or self._transport.is_closing():
            raise ConnectionTrouble("The server closed the connection.")
        self._transport.write(data)

    async def _command(self, line: bytes, *expected: int) -> Reply:
        self._write(line + b"\r\n")
        reply = await self._reply()
        if reply.code not in expected:
            raise ConnectionTrouble(f"The server refused: {reply}"[:200])
        return reply

    # Opening and closing.

    async def open(self) -> None:
        """Connect and log in.

        :raises ConnectionTrouble: in words that staff can read, without the password.
        """
        try:
            await asyncio.wait_for(self._open(), CONNECT_SECONDS)
        except (OSError, TimeoutError, ssl.SSLError) as error:
            self.abort()
            where = f"{self.server.host}:{self.server.port}"
            raise ConnectionTrouble(f"{where}: {type(error).__name__}") from error
        except ConnectionTrouble:
            self.abort()
            raise

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        context = ssl.create_default_context() if self.server.tls == "implicit" else None
        await loop.create_connection(lambda: self, self.server.host, self.server.port, ssl=context)
        greeting = await self._reply()
        if greeting.code != 220:
            raise ConnectionTrouble(f"The server refused: {greeting}"[:200])
        await self._greet()
        if self.server.tls == "starttls":
            await self._start_tls(loop)
        if self.server.username:
            await self._log_in()

    async def _greet(self) -> None:
        reply = await self._command(b"EHLO " + self.hello.encode(), 250)
        words = [line.upper() for line in reply.text.split("\n")[1:]]
        self._features = {word.split()[0] for word in words if word.split()}
        self._auth_methods = {
            method for word in words if word.startswith("AUTH") for method in word.split()[1:]
        }

    async def _start_tls(self, loop: asyncio.AbstractEventLoop) -> None:
        if "STARTTLS" not in self._features:
            raise ConnectionTrouble("The server does not offer STARTTLS.")
        await self._command(b"STARTTLS", 220)
        if self._replies or self._buffer or self._transport is None:
            raise ConnectionTrouble("The server spoke before TLS began.")
        self._transport = await loop.start_tls(
            self._transport, self, ssl.create_default_context(), server_hostname=self.server.host
        )
        await self._greet()

    async def _log_in(self) -> None:
        user, password = self.server.username.encode(), self.server.password.encode()
        if "PLAIN" in self._auth_methods or "LOGIN" not in self._auth_methods:
            secret = base64.b64encode(b"\0" + user + b"\0" + password)
            await self._command(b"AUTH PLAIN " + secret, 235)
            return
        await self._command(b"AUTH LOGIN", 334)
        await self._command(base64.b64encode(user), 334)
        await self._command(base64.b64encode(password), 235)

    @property
    def is_usable(self) -> bool:
        return (
            not self._is_lost
            and self._transport is not None
            and not self._transport.is_closing()
            and self.mails < MAX_MAILS
        )

    def abort(self) -> None:
        self._is_lost = True
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Say QUIT without waiting for the answer."""
        if self._transport is not None and not self._is_lost:
            self._transport.write(b"QUIT\r\n")
            self._transport.close()

    # Handing over.

    async def deliver(self, sender: str, recipient: str, mail: bytes, hooks: Hooks) -> Outcome:
        """Hand one mail over; ``mail`` ends with CRLF and has no line that begins with a dot.

        Never raises for the network's sake. ``UNKNOWN`` only when the final dot may have been
        read and no answer came back.
        """
        self.mails += 1
        envelope = (
            b"MAIL FROM:<%s>\r\n" % sender.encode(),
            b"RCPT TO:<%s>\r\n" % recipient.encode(),
            b"DATA\r\n",
        )
        try:
            refused = await self._envelope(envelope)
        except ConnectionTrouble as trouble:
            return Outcome(Fate.NOT_SENT, str(trouble))
        if refused is not None:
            return refused
        if not self.is_open_for_data() or not hooks.before_dot():
            self.abort()
            return Outcome(Fate.NOT_SENT)
        try:
            self._write(mail + b".\r\n")
        except ConnectionTrouble as trouble:
            return Outcome(Fate.NOT_SENT, str(trouble))
        return await self._final(hooks)

    async def _final(self, hooks: Hooks) -> Outcome:
        try:
            reply = await self._reply(FINAL_SECONDS)
        except ConnectionTrouble:
            return Outcome(Fate.UNKNOWN, "No answer after the mail was handed over.")
        if reply.code < LEAST_CODE:
            self.abort()
            return Outcome(Fate.UNKNOWN, "The answer was not SMTP.")
        hooks.after_dot(reply)
        if reply.is_closing:
            self.abort()
        return outcome_of(reply, to_recipient=False)

    def is_open_for_data(self) -> bool:
        return (
            not self._is_lost and self._transport is not None and not self._transport.is_closing()
        )

    async def _envelope(self, commands: tuple[bytes, bytes, bytes]) -> Outcome | None:
        """Say who writes to whom; None when the server waits for the mail."""
        if "PIPELINING" in self._features:
            self._write(b"".join(commands))
            replies = [await self._reply(), await self._reply(), await self._reply()]
        else:
            replies = []
            for command in commands:
                self._write(command)
                replies.append(await self._reply())
                if replies[-1].code >= 400:
                    break
        if (
            len(replies) == 3
            and replies[0].is_ok
            and replies[1].is_ok
            and replies[2].code == CONTINUE
        ):
            return None
        if any(reply.code < LEAST_CODE for reply in replies):
            self.abort()
            raise ConnectionTrouble("The answer was not SMTP.")
        await self._start_over(replies)
        return _refusal(replies)

    async def _start_over(self, replies: list[Reply]) -> None:
        """Leave the transaction; the next mail starts afresh."""
        if any(reply.is_closing for reply in replies):
            self.abort()
            return
        if replies[-1].code == CONTINUE:
            self._write(b".\r\n")
            await self._reply()
        await self._command(b"RSET", 250)


def _refusal(replies: list[Reply]) -> Outcome:
    mail, *rest = replies
    if not mail.is_ok:
        if mail.is_closing or mail.is_temporary:
            return Outcome(Fate.NOT_SENT, str(mail))
        return Outcome(Fate.NOT_SENT, str(mail), is_sender_fault=True)
    recipient, *data = rest
    if not recipient.is_ok:
        return outcome_of(recipient, to_recipient=True)
    return outcome_of(data[0], to_recipient=False)


def _parse(lines: list[bytes]) -> Reply:
    code = lines[0][:3]
    text = "\n".join(line[4:].decode("utf-8", "replace") for line in lines)
    return Reply(int(code) if code.isdigit() else 0, text.strip())
