"""A process that reads an XLSX file: ``python -m customers.importing.spreadsheet_child IN OUT``.

It knows neither Django nor the database, and limits its own memory and time.
"""

import csv
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook

MEMORY = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 500
MAX_CELLS = 200_000_000
MAX_COLUMNS = 1000


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def convert(source: Path, target: Path) -> int:
    """Write the first sheet as CSV and return the number of its rows."""
    count = 0
    with source.open("rb") as file, target.open("w", encoding="utf-8", newline="") as out:
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        writer = csv.writer(out)
        for cells in rows(sheet.iter_rows(values_only=True)):
            writer.writerow(cells)
            count += 1
    return count


def rows(found: Iterable[tuple[object, ...]]) -> Iterator[list[str]]:
    """Rows as texts, each as wide as the first one that is not empty."""
    width, cells_read = 0, 0
    for row in found:
        cells = [text(value) for value in row[:MAX_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        width = width or len(cells)
        cells_read += len(cells)
        if cells_read > MAX_CELLS:
            raise MemoryError
        yield cells + [""] * (width - len(cells)) if cells else []


def text(value: object) -> str:
    """Days as ISO, whole numbers without a fraction, yes and no in English."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


if __name__ == "__main__":
    limit()
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
