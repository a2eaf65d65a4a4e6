"""Writing an export to a file, row by row, in flat memory."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from config.kit.lazy import lazy_module
from customers.exporting.columns import Cell
from customers.exporting.resources import CustomerResource
from customers.exporting.rows import export_rows
from customers.models import Customer

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = lazy_module("xlsxwriter")

SHEET_ROWS = 1_048_576
Progress = Callable[[int], None]


class Writer(Protocol):
    def write(self, cells: list[Any]) -> None: ...

    def close(self) -> None: ...


class CsvWriter:
    """RFC 4180, UTF-8; ``bom`` for old spreadsheets."""

    def __init__(self, path: Path, *, bom: bool) -> None:
        self._file = path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="")
        self._writer = csv.writer(self._file)

    def write(self, cells: list[Cell]) -> None:
        self._writer.writerow(cells)

    def close(self) -> None:
        self._file.close()


class SheetWriter:
    """Texts as texts: no formula, no link, no number made of a text."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._sheet = self._book.add_worksheet()
        self._row = 0

    def write(self, cells: list[Cell]) -> None:
        if self._row >= SHEET_ROWS:
            raise DomainError(
                "sheet_full", _("A spreadsheet holds 1,048,575 customers. Export as CSV instead.")
            )
        for index, cell in enumerate(cells):
            if isinstance(cell, str):
                if cell:
                    self._sheet.write_string(self._row, index, cell)
            else:
                self._sheet.write_number(self._row, index, cell)
        self._row += 1

    def close(self) -> None:
        self._book.close()


def write_export(
    customers: "QuerySet[Customer]",
    path: Path,
    *,
    kind: str,
    bom: bool = False,
    sensitive: bool = True,
    progress: Progress = lambda _count: None,
) -> int:
    """Write the customers to ``path`` as ``csv`` or ``xlsx``; returns how many.

    :raises DomainError: too many for a spreadsheet.
    """
    resource = CustomerResource(sensitive=sensitive)
    writer: Writer = SheetWriter(path) if kind == "xlsx" else CsvWriter(path, bom=bom)
    count = 0
    try:
        writer.write(list(resource.headers))
        for cells in _cells(customers, resource, progress):
            writer.write(cells)
            count += 1
    finally:
        writer.close()
    return count


def _cells(
    customers: "QuerySet[Customer]", resource: CustomerResource, progress: Progress
) -> Iterator[list[Cell]]:
    done = 0
    for rows in export_rows(customers):
        for row in rows:
            yield resource.cells(row)
        done += len(rows)
        progress(done)
