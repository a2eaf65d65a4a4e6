"""Texts that may name a person without referring to their record, and files."""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import connection

from config.kit.models import Job, JobFile
from customers.models import ImportBatch

# Table -> the columns that are searched, and what is done to a row that holds one of the words.
TEXTS: Final = (
    ("kit_joberror", ('"column"', "reason"), "UPDATE {table} SET \"column\" = '', reason = '-'"),
    ("kit_notice", ("title", "detail"), "DELETE FROM {table}"),
    ("kit_outboxevent", ("payload::text",), "DELETE FROM {table}"),
    ("kit_savedview", ("params::text",), "UPDATE {table} SET params = '{{}}'"),
    (
        "kit_job",
        ("params::text", "title", "checkpoint::text", "result::text"),
        "UPDATE {table} SET params = '{{}}', checkpoint = '{{}}', result = '{{}}', title = '-'",
    ),
    ("api_apianswer", ("body",), "DELETE FROM {table}"),
)
BLOCK: Final = 1 << 20
LONGEST: Final = 256


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a person is recognised by in a text: addresses, numbers, the whole name, public ids."""

    words: tuple[str, ...]

    @property
    def patterns(self) -> list[str]:
        escaped = (
            word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            for word in self.words
        )
        return [f"%{word}%" for word in escaped]


def texts_sweep(words: Words) -> dict[str, int]:
    """Returns how many rows of each table were hit. A job that still runs is left alone."""
    hit = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname = ANY(%s)", [_tables()])
        there = {row[0] for row in cursor.fetchall()}
        for table, columns, statement in TEXTS:
            if table not in there:
                continue
            found = " OR ".join(f"{column} ILIKE ANY(%(patterns)s)" for column in columns)
            idle = " AND state NOT IN ('queued', 'running')" * (table == "kit_job")
            cursor.execute(
                f"{statement.format(table=table)} WHERE ({found}){idle}",
                {"patterns": words.patterns},
            )
            if cursor.rowcount:
                hit[table] = cursor.rowcount
    return hit


def _tables() -> list[str]:
    return [table for table, _columns, _statement in TEXTS]


def files_sweep(words: Words, batches: Iterable[ImportBatch]) -> int:
    """Delete the files of imports that brought the person, and results that hold them."""
    gone = 0
    for batch in batches:
        gone += _remove(batch.path)
        batch.path = ""
        batch.save(update_fields=["path"])
    over = JobFile.objects.exclude(job__state__in=Job.ACTIVE)
    for file in over.iterator():
        if _holds(Path(settings.FILES_DIR) / file.path, words):
            gone += _remove(file.path)
            file.delete()
    return gone


def _remove(path: str) -> int:
    place = Path(settings.FILES_DIR) / path
    if not path or not place.is_file():
        return 0
    place.unlink()
    return 1


def _holds(path: Path, words: Words) -> bool:
    """Whether a file, or one that is packed in it, holds one of the words."""
    if not path.is_file():
        return False
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return _in_stream(file, words)
    with zipfile.ZipFile(path) as archive:
        return any(_in_member(archive, name, words) for name in archive.namelist())


def _in_member(archive: zipfile.ZipFile, name: str, words: Words) -> bool:
    with archive.open(name) as file:
        return _in_stream(file, words)


def _in_stream(file: IO[bytes], words: Words) -> bool:
    wanted = [word.casefold() for word in words.words]
    tail = b""
    while block := file.read(BLOCK):
        text = (tail + block).decode("utf-8", "replace").casefold()
        if any(word in text for word in wanted):
            return True
        tail = block[-LONGEST:]
    return False
