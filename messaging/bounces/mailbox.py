"""Messages out of a pipe or a mailbox file, each within limits. Pure."""

from collections.abc import Iterator
from typing import BinaryIO, Final

MAX_BYTES: Final = 1_000_000
MAX_LINE: Final = 100_000


def messages_in(stream: BinaryIO) -> Iterator[bytes]:
    """One message, or those of an mbox. What is larger than a megabyte is cut there."""
    lines: list[bytes] = []
    size = 0
    is_mbox = False
    was_blank = True
    while line := stream.readline(MAX_LINE):
        if was_blank and line.startswith(b"From ") and (is_mbox or not lines):
            if lines:
                yield b"".join(lines)
            lines, size, is_mbox = [], 0, True
            continue
        was_blank = line in {b"\n", b"\r\n"}
        if size < MAX_BYTES:
            lines.append(line)
            size += len(line)
    if lines:
        yield b"".join(lines)
