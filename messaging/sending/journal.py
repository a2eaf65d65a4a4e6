"""The sender's own record of one lease: an intent before each final dot, the answer after it.

A line is in the page cache once written, so it outlives a killed process; after a restart of the
machine (another boot) the end of the file cannot be trusted. The sender holds a lock on the file
as long as it lives: who can take the lock knows that the sender is dead.
"""

import fcntl
import os
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from messaging.smtp.replies import Reply

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
MAX_REPLY: Final = 250


def boot() -> str:
    """Which start of the machine this is; empty where the system does not say."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


class Journal:
    """Written by one sender for one lease."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.token = uuid.uuid4().hex
        self.path = folder / f"{self.token}.journal"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(self._file, f"H {self.token} {boot()}\n".encode())

    def intent(self, delivery_id: int) -> None:
        """The next byte may make the mail the server's."""
        os.write(self._file, b"I %d\n" % delivery_id)

    def reply(self, delivery_id: int, reply: Reply) -> None:
        text = " ".join(reply.text.split())[:MAX_REPLY]
        os.write(self._file, f"R {delivery_id} {reply.code} {text}\n".encode())

    def remove(self) -> None:
        """All rows are settled and committed: nothing can be asked of it any more."""
        self.path.unlink(missing_ok=True)
        os.close(self._file)

    def abandon(self) -> None:
        """Leave the file to recovery: its sender gives up."""
        os.close(self._file)


@dataclass(kw_only=True)
class Record:
    """What a dead sender left. ``is_whole``: what is not in it did not happen."""

    intents: set[int] = field(default_factory=set)
    replies: dict[int, Reply] = field(default_factory=dict)
    is_whole: bool = True


class DeadJournal:
    """The journal of a sender that died, locked while it is read."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file = file

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """None while its sender lives.

        :raises OSError: it cannot be read.
        """
        file = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        return cls(path, file)

    def read(self, token: str) -> Record | None:
        """What happened; None when the file is not the one of this lease."""
        lines = self.path.read_text(encoding="utf-8", errors="replace").split("\n")
        header = lines[0].split(" ")
        if header[:2] != ["H", token]:
            return None
        record = Record(is_whole=len(header) > 2 and header[2] == boot())
        for line in lines[1:-1]:  # without its line end, the last one was not written to its end
            _read_line(line, record)
        return record

    def release(self, *, remove: bool) -> None:
        if remove:
            self.path.unlink(missing_ok=True)
        os.close(self._file)


def _read_line(line: str, record: Record) -> None:
    kind, _space, rest = line.partition(" ")
    number, _space, answer = rest.partition(" ")
    if kind == "I":
        record.intents.add(int(number))
    elif kind == "R":
        code, _space, text = answer.partition(" ")
        record.replies[int(number)] = Reply(int(code), text)
