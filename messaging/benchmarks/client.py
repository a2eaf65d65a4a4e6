"""The yardstick: kept, pipelined connections and one ready mail, no ledger, no journal.

``python -m messaging.benchmarks.client PORT COUNT < mail`` prints the mails a second.
"""

import asyncio
import sys
import time

import uvloop

from messaging.smtp.client import Connection, Hooks, Server

CONNECTIONS = 20


async def run(port: int, count: int, mail: bytes) -> float:
    server = Server(host="127.0.0.1", port=port)
    hooks = Hooks(before_dot=lambda: True, after_dot=lambda _reply: None)
    left = count
    started = time.perf_counter()

    async def work() -> None:
        nonlocal left
        line = Connection(server, hello="localhost")
        await line.open()
        while left > 0:
            left -= 1
            if not line.is_usable:
                line.close()
                line = Connection(server, hello="localhost")
                await line.open()
            await line.deliver("a@shop.example", f"p{left}@mail.example", mail, hooks)
        line.close()

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    port, count = int(sys.argv[1]), int(sys.argv[2])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(runner.run(run(port, count, sys.stdin.buffer.read())))  # noqa: T201
