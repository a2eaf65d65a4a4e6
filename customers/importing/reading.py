"""Records of a file, one by one, with the line on which each begins."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.importing.formats import BOMS, FileFormat

if TYPE_CHECKING:
    from _csv import Reader

CELL_LIMIT: Final = 32_767
RECORD_LIMIT: Final = 32 * 1024 * 1024
MAX_COLUMNS: Final = 500
UNREADABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
Defect = tuple[int, str]


class Record(NamedTuple):
    """``line`` is counted from 1. ``defect``: index of a cell and a code, where one is unreadable.

    Codes: ``too_long``, ``nul``, ``encoding``; ``unclosed`` for a record without end (a quote that
    is not closed): it has no cells, and nothing behind it is read.
    """

    line: int
    cells: list[str]
    defect: Defect | None


def records(path: Path, form: FileFormat) -> Iterator[Record]:
    """The records of a file, the header included, blank lines left out."""
    errors = "surrogateescape" if form.encoding in {"utf-8", "cp1252"} else "replace"
    with path.open("rb") as raw:
        _skip_bom(raw)
        text = TextIOWrapper(raw, encoding=form.encoding, errors=errors, newline="")
        lines = _Lines(text)
        yield from _parsed(lines, form)


def csv_reader(lines: Iterable[str], *, delimiter: str) -> "Reader":
    """Reads cells up to ``RECORD_LIMIT``; Python's own limit, 128 KB, is one for all readers."""
    csv.field_size_limit(RECORD_LIMIT)
    return csv.reader(lines, delimiter=delimiter)


def _skip_bom(raw: BufferedReader) -> None:
    start = raw.read(3)
    length = next((len(bom) for bom in BOMS if start.startswith(bom)), 0)
    raw.seek(length)


class _Lines:
    """Lines of a text, none longer than ``RECORD_LIMIT``; remembers whether one looked strange."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self.is_strange = False

    def __iter__(self) -> Iterator[str]:
        read = self._text.readline
        while line := read(RECORD_LIMIT):
            if len(line) >= CELL_LIMIT or not line.isascii() or "\0" in line:
                self._look_at(line)
            yield line

    def _look_at(self, line: str) -> None:
        if len(line) >= RECORD_LIMIT:
            raise csv.Error
        if len(line) >= CELL_LIMIT or "\0" in line or "\ufffd" in line:
            self.is_strange = True
            return
        try:
            line.encode()
        except UnicodeEncodeError:
            self.is_strange = True


def _parsed(lines: _Lines, form: FileFormat) -> Iterator[Record]:
    reader = csv_reader(lines, delimiter=form.delimiter)
    is_sheet = form.kind == "xlsx"
    number, last = 0, 0
    try:
        for cells in reader:
            number += 1
            line = number if is_sheet else last + 1
            last, length = reader.line_num, reader.line_num - last
            if not cells or not any(cells):
                continue
            if lines.is_strange or length > 1:
                lines.is_strange = False
                yield Record(line, cells, _defect(cells))
            else:
                yield Record(line, cells, None)
    except csv.Error:
        yield Record(last + 1, [], (0, "unclosed"))


def _defect(cells: list[str]) -> Defect | None:
    for index, cell in enumerate(cells):
        if len(cell) > CELL_LIMIT:
            return index, "too_long"
        if "\0" in cell:
            return index, "nul"
        if "\ufffd" in cell or _has_surrogates(cell):
            return index, "encoding"
    return None


def _has_surrogates(cell: str) -> bool:
    try:
        cell.encode()
    except UnicodeEncodeError:
        return True
    return False


def shown(cell: str) -> str:
    """The cell as a page and the database can hold it: a mark for each unreadable character."""
    return UNREADABLE.sub("\ufffd", cell)


def names_of_columns(cells: list[str], *, has_header: bool) -> tuple[list[str], list[str]]:
    """Names for the columns, each different, and warnings about those of the file.

    :raises DomainError: more columns than anybody maps.
    """
    if len(cells) > MAX_COLUMNS:
        raise DomainError(
            "too_many_columns",
            _("The file has %(count)d columns; at most %(limit)d are read.")
            % {"count": len(cells), "limit": MAX_COLUMNS},
        )
    names: list[str] = []
    warnings: list[str] = []
    for number, cell in enumerate(cells, start=1):
        written = " ".join(shown(cell).split())[:120] if has_header else ""
        name = written or _("Column %(number)d") % {"number": number}
        if name in names:
            name = _distinct(name, names)
            warnings.append(
                _("Two columns are called “%(name)s”; the second one is shown as “%(other)s”.")
                % {"name": written, "other": name}
            )
        names.append(name)
    return names, warnings


def _distinct(name: str, taken: list[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
