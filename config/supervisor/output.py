"""What the person at the terminal sees."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

COLOURS = {
    "postgres": 34,
    "valkey": 31,
    "mailbox": 35,
    "web": 32,
    "jobs": 36,
    "sending": 33,
    "beat": 90,
    "clientela": 1,
}
WIDTH = 9


def is_coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(text: str, code: int) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if is_coloured() else text


def say(text: str) -> None:
    print(text, flush=True)


def log_line(name: str, line: str) -> None:
    say(f"{paint(name.ljust(WIDTH), COLOURS.get(name, 0))} {line}")


@contextmanager
def stage(title: str) -> Iterator[None]:
    """Tell how long it took, when it took more than a person notices."""
    start = time.monotonic()
    yield
    seconds = time.monotonic() - start
    if seconds >= 1:
        say(f"  {title:<28}{seconds:6.1f} s")
