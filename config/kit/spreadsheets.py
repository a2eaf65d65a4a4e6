"""Files for a spreadsheet, and what every one of them has to mind."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from config.kit.lazy import lazy_module

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazy_module("xlsxwriter")

SHEET_ROWS = 1_048_576
LONGEST_CELL = 32_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Line = list[str | int | float | Decimal | datetime | date]


def inert(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets a quote in front."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def write_csv(path: Path, lines: Iterator[Line]) -> int:
    """The number of lines under the head."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        count = 0
        for line in lines:
            writer.writerow([inert(_as_text(cell)) for cell in line])
            count += 1
    return count - 1


def _as_text(cell: object) -> object:
    return cell.isoformat(" ", "seconds") if isinstance(cell, datetime) else cell


def write_sheet(path: Path, lines: Iterator[Line]) -> int:
    """The number of lines under the head.

    :raises DomainError: ``sheet_full``.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    count = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        for count, line in enumerate(islice(lines, SHEET_ROWS + 1)):
            if count == SHEET_ROWS:
                raise DomainError(
                    "sheet_full", _("A spreadsheet holds 1,048,575 rows. Export as CSV instead.")
                )
            _write_row(sheet, count, line)
    return count


def _write_row(sheet: "xlsxwriter.worksheet.Worksheet", row: int, line: Sequence[object]) -> None:
    for column, cell in enumerate(line):
        if isinstance(cell, (datetime, date)):
            sheet.write_datetime(row, column, cell)
        elif isinstance(cell, (int, float, Decimal)):
            sheet.write_number(row, column, cell)
        else:
            sheet.write_string(row, column, str(cell)[:LONGEST_CELL])


WRITERS: dict[str, Callable[[Path, Iterator[Line]], int]] = {
    "csv": write_csv,
    "xlsx": write_sheet,
}
