"""Spreadsheets become CSV files in a process that may use little memory and little time."""

import subprocess
import sys
import zipfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from config.kit.errors import DomainError

MAX_ENTRIES = 1000
MAX_RATIO = 100
RATIO_FROM = 10 * 1024 * 1024
BLOCK = 1024 * 1024
SECONDS = 600


def sheet_to_csv(source: Path, target: Path, *, most_bytes: int) -> None:
    """Write the first sheet as UTF-8 CSV, one record a row, empty rows too.

    :raises DomainError: no XLSX file, one that inflates beyond measure, or one that cannot be read.
    """
    refuse_bombs(source, most_bytes=most_bytes)
    try:
        done = subprocess.run(  # noqa: S603  our own module and our own paths
            [sys.executable, "-m", "customers.importing.spreadsheet_child", source, target],
            cwd=settings.BASE_DIR,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as cause:
        raise DomainError(
            "sheet_too_slow",
            _("Reading the spreadsheet takes too long. Save it as CSV."),
            field="file",
        ) from cause
    if done.returncode:
        raise DomainError(
            "sheet_unreadable",
            _("The spreadsheet cannot be read. Save it as CSV and try again."),
            field="file",
            data={"detail": done.stderr.decode(errors="replace")[-500:]},
        )


def refuse_bombs(path: Path, *, most_bytes: int) -> None:
    """Look at the archive as it says it is, then inflate it block by block, counting.

    :raises DomainError: too many entries, too much inside, not a spreadsheet.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if not any(one.filename == "xl/workbook.xml" for one in entries):
                raise _refusal("sheet_is_none", _("This archive is no XLSX spreadsheet."))
            _refuse_declared(entries, path.stat().st_size, most_bytes)
            _refuse_inflated(archive, entries, path.stat().st_size, most_bytes)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as cause:
        raise _refusal(
            "sheet_damaged", _("The spreadsheet is damaged, or protected by a password.")
        ) from cause


def _refuse_declared(entries: list[zipfile.ZipInfo], size: int, most: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise _bomb()
    _refuse_total(sum(one.file_size for one in entries), size, most)


def _refuse_inflated(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int, most: int
) -> None:
    total = 0
    for entry in entries:
        with archive.open(entry) as file:
            while block := file.read(BLOCK):
                total += len(block)
                _refuse_total(total, size, most)


def _refuse_total(total: int, size: int, most: int) -> None:
    if total > most or (total > RATIO_FROM and total > size * MAX_RATIO):
        raise _bomb()


def _bomb() -> DomainError:
    return _refusal(
        "sheet_too_large",
        _("The spreadsheet unpacks to far more than its size lets expect. Save it as CSV."),
    )


def _refusal(code: str, message: str) -> DomainError:
    return DomainError(code, message, field="file")
