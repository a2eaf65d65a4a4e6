"""A light SMTP sink: ``python -m messaging.benchmarks.sink`` prints its port and takes mails in."""

import asyncio
from typing import cast

import uvloop

END = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    """Reads no mail; answers what a server would."""

    def __init__(self) -> None:
        self.buffer = b""
        self.in_data = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        answers: list[bytes] = []
        while self._step(answers):
            continue
        if answers and self.transport:
            self.transport.write(b"".join(answers))

    def _step(self, answers: list[bytes]) -> bool:
        if self.in_data:
            if not self.buffer.endswith(END):
                return False
            self.buffer, self.in_data = b"", False
            answers.append(b"250 2.0.0 Ok\r\n")
            return False
        line, found, rest = self.buffer.partition(b"\r\n")
        if not found:
            return False
        self.buffer = rest
        word = line[:4].upper()
        if word == b"DATA":
            self.in_data = True
            answers.append(b"354 go\r\n")
        elif word == b"EHLO":
            answers.append(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        else:
            answers.append(b"250 2.0.0 Ok\r\n")
        return True


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
