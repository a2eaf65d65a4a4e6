"""Finding out how a file is written: encoding, separator, header, order of dates, decimals."""

import codecs
import re
from collections import Counter
from itertools import islice
from pathlib import Path

import charset_normalizer
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.importing.formats import BOMS, DELIMITERS, FileFormat
from customers.importing.reading import Record, csv_reader, records

SAMPLE_BYTES = 256 * 1024
BLOCK = 1024 * 1024
SAMPLE_ROWS = 2000
DATE = re.compile(r"(\d{1,4})(?:[-/.](\d{1,2})[-/.]\d{1,4}|[-/](\d{1,2}))(?:[ T]\d{1,2}:\d{2}.*)?")
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*")
DATA = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|'?\+?[\d .()/-]{5,}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
UNTYPED = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
UNTYPED_MOST = 8
UNDEFINED_IN_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def sniff(path: Path, *, kind: str = "csv", default_order: str = "dmy") -> FileFormat:
    """The format of a stored file. XLSX files were turned into CSV before.

    :raises DomainError: nothing in it, or no text.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise DomainError("file_empty", _("The file is empty."))
    if sample[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"):
        raise DomainError(
            "file_not_text", _("This is no CSV file. Save it as CSV or XLSX and try again.")
        )
    encoding = sniff_encoding(path, sample)
    text = _decoded(sample, encoding)
    if _is_binary(text):
        raise DomainError(
            "file_not_text", _("This is no CSV file. Save it as CSV or XLSX and try again.")
        )
    form = FileFormat(kind=kind, encoding=encoding, date_order=default_order)
    if kind == "csv":
        form = form.changed(delimiter=sniff_delimiter(text))
    rows = list(islice(records(path, form), SAMPLE_ROWS))
    if not rows:
        raise DomainError("file_empty", _("The file is empty."))
    return _with_habits(form, rows, default_order)


def _with_habits(form: FileFormat, rows: list[Record], default_order: str) -> FileFormat:
    has_header = sniff_header([row.cells for row in rows])
    body = [row.cells for row in rows[1 if has_header else 0 :]]
    return form.changed(
        has_header=has_header,
        date_order=sniff_date_order(body, default_order),
        decimal=sniff_decimal(body),
    )


def sniff_encoding(path: Path, sample: bytes) -> str:
    """By byte order mark, by zero bytes, by being valid UTF-8 to the end, else by its bytes."""
    for bom, name in BOMS.items():
        if sample.startswith(bom):
            return name
    if wide := _wide(sample):
        return wide
    if _is_utf8(path):
        return "utf-8"
    if UNDEFINED_IN_WINDOWS.search(sample):
        guess = charset_normalizer.from_bytes(
            sample[:65536], cp_isolation=["cp1252", "cp850", "mac_roman"]
        ).best()
        return {"cp850": "cp850", "mac_roman": "mac-roman"}.get(
            guess.encoding if guess else "", "cp1252"
        )
    return "cp1252"


def _wide(sample: bytes) -> str:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 10 < len(sample) * 3:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _decoded(sample: bytes, encoding: str) -> str:
    text = sample.decode(encoding, errors="replace").lstrip("\ufeff")
    end = max(text.rfind("\n"), text.rfind("\r"))
    return text[: end + 1] if end > 0 else text


def _is_binary(text: str) -> bool:
    """More characters that no person types than a damaged cell or two would bring."""
    found = sum(1 for _found in UNTYPED.finditer(text))
    return found > UNTYPED_MOST and found * 100 > len(text)


def sniff_delimiter(text: str) -> str:
    """The separator with which most records have the same number of cells, and several."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = Counter(
            len(cells) for cells in islice(csv_reader(text.splitlines(), delimiter=delimiter), 200)
        )
        widths.pop(0, None)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        score = count / widths.total() * (1 + min(width, 50) / 100) if width > 1 else 0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def sniff_header(rows: list[list[str]]) -> bool:
    """No cell of the first record looks like data, unlike those below it."""
    first = [cell.strip() for cell in rows[0]]
    return not any(DATA.fullmatch(cell) for cell in first if cell)


def sniff_date_order(rows: list[list[str]], default: str) -> str:
    """By the parts above 12; the year first if four digits are first. Else ``default``."""
    votes: Counter[str] = Counter()
    for cells in rows:
        for cell in cells:
            if cell and (found := DATE.fullmatch(cell.strip())):
                votes[_vote(found)] += 1
    votes.pop("", None)
    days = {order: votes[order] for order in ("dmy", "mdy")}
    if any(days.values()):
        return max(days, key=lambda order: days[order])
    return default


def _vote(found: re.Match[str]) -> str:
    if len(found[1]) > 2:
        return ""
    first, second = int(found[1]), int(found[2] or found[3])
    if 12 < first <= 31 and 1 <= second <= 12:
        return "dmy"
    return "mdy" if 12 < second <= 31 and 1 <= first <= 12 else ""


def sniff_decimal(rows: list[list[str]]) -> str:
    """A comma or a point, by the numbers that have one or two digits behind it."""
    votes: Counter[str] = Counter()
    for cells in rows:
        for cell in cells:
            text = cell.strip()
            if NUMBER.fullmatch(text):
                mark = max(text.rfind(","), text.rfind("."))
                if mark > 0 and len(text) - mark - 1 in (1, 2):
                    votes[text[mark]] += 1
                elif mark > 0 and len(text) - mark - 1 == 3:
                    votes["," if text[mark] == "." else "."] += 1
    return votes.most_common(1)[0][0] if votes else ","
