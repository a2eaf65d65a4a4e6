"""Mails on disk: each as it came, beside a small index for lists and searches."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path

INDEX = "index.sqlite3"
FOLDER_SIZE = 1000
SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY,
    received_at REAL NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL,
    message_id TEXT NOT NULL,
    size INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS mail_message_id ON mail (message_id);
"""
COLUMNS = "id, received_at, sender, recipients, name, subject, message_id, size"


@dataclass(frozen=True)
class Mail:
    """One received mail. ``sender`` and ``recipients`` are the envelope's, ``name`` is From's."""

    id: int
    received_at: datetime
    sender: str
    recipients: str
    name: str
    subject: str
    message_id: str
    size: int


class Receiver:
    """Writes mails. One process only: the SMTP server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.index = connect(folder)
        self.index.executescript(SCHEMA)
        self.last: int = self.index.execute("SELECT coalesce(max(id), 0) FROM mail").fetchone()[0]

    def add(self, sender: str, recipients: list[str], content: bytes) -> int:
        """Its number. When this returns, the mail is on disk and in the index."""
        self.last += 1
        path = path_of(self.folder, self.last)
        if self.last % FOLDER_SIZE == 0 or not path.parent.exists():
            path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        headers = BytesHeaderParser(policy=compat32).parsebytes(content[: header_end(content)])
        row = (
            self.last,
            time.time(),
            sender,
            ", ".join(recipients),
            plain(headers["From"]),
            plain(headers["Subject"]),
            plain(headers["Message-ID"]).strip(),
            len(content),
        )
        with self.index:
            self.index.execute(f"INSERT INTO mail ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?)", row)  # noqa: S608
        return self.last

    def close(self) -> None:
        self.index.close()


def connect(folder: Path) -> sqlite3.Connection:
    index = sqlite3.connect(folder / INDEX, timeout=10)
    index.execute("PRAGMA journal_mode = WAL")
    index.execute("PRAGMA synchronous = OFF")
    return index


def header_end(content: bytes) -> int:
    match = re.search(rb"\r?\n\r?\n", content)
    return match.end() if match else len(content)


def plain(value: object) -> str:
    """A header as people read it; broken encodings stay as they came."""
    text = " ".join(str(value or "").split())
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, UnicodeError, ValueError):
        return text


def path_of(folder: Path, number: int) -> Path:
    return folder / f"{number // FOLDER_SIZE:04}" / f"{number}.eml"


@contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection | None]:
    """The index for reading, or None before the first mail."""
    if not (folder / INDEX).exists():
        yield None
        return
    with closing(connect(folder)) as index:
        index.execute("PRAGMA query_only = ON")
        yield index


def mails(folder: Path, *, search: str = "", before: int = 0, limit: int = 50) -> list[Mail]:
    """Newest first, those with every word of ``search`` in addresses, names or subject."""
    where, values = ["1"], []
    for word in search.split():
        where.append(
            "sender || ' ' || recipients || ' ' || name || ' ' || subject LIKE ? ESCAPE '!'"
        )
        escaped = re.sub("([!%_])", r"!\1", word)
        values.append(f"%{escaped}%")
    if before:
        where.append("id < ?")
        values.append(str(before))
    query = f"SELECT {COLUMNS} FROM mail WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"  # noqa: S608
    with opened(folder) as index:
        rows = [] if index is None else index.execute(query, [*values, limit]).fetchall()
    return [mail_of(row) for row in rows]


def mail_get(folder: Path, number: int) -> Mail | None:
    with opened(folder) as index:
        if index is None:
            return None
        row = index.execute(f"SELECT {COLUMNS} FROM mail WHERE id = ?", [number]).fetchone()  # noqa: S608
    return mail_of(row) if row else None


def mail_count(folder: Path) -> int:
    with opened(folder) as index:
        if index is None:
            return 0
        return int(index.execute("SELECT count(*) FROM mail").fetchone()[0])


def mail_of(row: tuple[int, float, str, str, str, str, str, int]) -> Mail:
    return Mail(row[0], datetime.fromtimestamp(row[1], UTC), *row[2:])


def content_of(folder: Path, number: int) -> bytes:
    return path_of(folder, number).read_bytes()
