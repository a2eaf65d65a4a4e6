"""``python -m config.mailbox.server FOLDER SOCKET``: an SMTP server behind an inherited socket.

It accepts every mail for everyone and keeps it; nothing ever leaves the machine.
"""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.mailbox.store import Receiver

LARGEST_MAIL = 50_000_000


class Handler:
    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, said: list[str]
    ) -> list[str]:
        """Commands are read one by one from a stream, so a client may send several at once."""
        session.host_name = hostname
        return [*said[:-1], "250-PIPELINING", said[-1]]

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        data = content if isinstance(content, bytes) else str(content or "").encode()
        number = self.receiver.add(envelope.mail_from or "", envelope.rcpt_tos, data)
        return f"250 OK: kept as mail {number}"


async def serve(folder: Path, listening: socket.socket) -> None:
    """Until SIGTERM."""
    receiver = Receiver(folder)
    handler = Handler(receiver)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)

    def session() -> SMTP:
        return SMTP(
            handler,
            hostname="mailbox.localhost",
            ident="Clientela mailbox",
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            loop=loop,
        )

    server = await loop.create_server(session, sock=listening, backlog=256)
    await stop.wait()
    server.close()
    receiver.close()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))))
