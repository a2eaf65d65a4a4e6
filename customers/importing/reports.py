"""Reading the plan: its rows page by page, what was refused and why, the file of refused rows."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from customers.exporting.guard import guarded
from customers.importing.files import batch_path
from customers.importing.formats import FileFormat
from customers.importing.planning import RESULTS
from customers.importing.reading import CELL_LIMIT, names_of_columns, records
from customers.models import ImportBatch

PAGE = 50
FETCH = 2000
SHOWN = (
    "line", "result", "errors", "remarks", "email", "first_name", "last_name", "second_last_name",
    "phone", "id_type", "id_number", "city", "birth_date", "birth_month", "birth_day", "gender",
    "country", "custom", "tags", "categories", "externals", "address", "note", "consents",
    "registration_code", "sharing_code", "matched_by", "before", "after", "customer_id",
)  # fmt: skip
DOCUMENTS = ("errors", "remarks", "custom", "address", "consents", "before", "after")
REFUSED = ("reject", "conflict")


@dataclass(frozen=True, kw_only=True)
class PlannedRow:
    """A row of the plan, as staged; ``values`` has the columns of ``SHOWN``."""

    line: int
    result: str
    errors: list[dict[str, str]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


def plan_page(
    batch: ImportBatch, *, result: str = "", after: int = 0, before: int = 0, size: int = PAGE
) -> tuple[list[PlannedRow], bool, bool]:
    """Rows after (or before) a line, in order; whether there are earlier and later ones."""
    backwards = before > 0
    rows = _rows(
        batch,
        results=(result,) if result in RESULTS else RESULTS,
        beyond=before if backwards else after,
        backwards=backwards,
        limit=size + 1,
    )
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        return rows[::-1], more, True
    return rows, after > 0, more


def _rows(
    batch: ImportBatch, *, results: tuple[str, ...], beyond: int, backwards: bool, limit: int
) -> list[PlannedRow]:
    sign, direction = ("<", "DESC") if backwards else (">", "ASC")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(SHOWN)} FROM customers_importrow "  # noqa: S608  our own names
            f"WHERE batch_id = %s AND result = ANY(%s) AND line {sign} %s "
            f"ORDER BY line {direction} LIMIT %s",
            [batch.pk, list(results), beyond, limit],
        )
        return [_row(dict(zip(SHOWN, row, strict=True))) for row in cursor.fetchall()]


def _row(values: dict[str, Any]) -> PlannedRow:
    for name in DOCUMENTS:
        if values.get(name) is not None:
            values[name] = json.loads(values[name])
    return PlannedRow(
        line=values["line"],
        result=values["result"],
        errors=values["errors"] or [],
        values=values,
    )


def refused_rows(batch: ImportBatch) -> Iterator[PlannedRow]:
    """All rows that do not enter, in the order of the file, read in pieces."""
    last = 0
    while rows := _rows(batch, results=REFUSED, beyond=last, backwards=False, limit=FETCH):
        yield from rows
        last = rows[-1].line


@dataclass(frozen=True, kw_only=True)
class RefusalGroup:
    """How many rows were refused in one column, or for one kind of reason."""

    kind: str
    column: str
    count: int


def refusal_groups(batch: ImportBatch) -> list[RefusalGroup]:
    """Why rows do not enter, the most frequent reason first; each row counts by its first error."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(errors -> 0 ->> 'kind', ''), CASE WHEN errors -> 0 ? 'kind' THEN '' "
            "ELSE errors -> 0 ->> 'column' END, count(*) FROM customers_importrow "
            "WHERE batch_id = %s AND result = ANY(%s) GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
            [batch.pk, list(REFUSED)],
        )
        return [
            RefusalGroup(kind=kind, column=column or "", count=count)
            for kind, column, count in cursor.fetchall()
        ]


def refused_csv(batch: ImportBatch, titles: tuple[str, str, str]) -> Iterator[str]:
    """The refused rows as they stood in the file, behind line, column and reason of each.

    ``titles`` head the first three columns. The cells are read from the file again.

    :raises DomainError: the file is gone; at once, not when the first line is asked for.
    """
    return _refused_lines(batch, batch_path(batch), titles)


def _refused_lines(batch: ImportBatch, path: Path, titles: tuple[str, str, str]) -> Iterator[str]:
    form = FileFormat.from_json(batch.format)
    found = records(path, form)
    first = next(found, None)
    names, _warnings = names_of_columns(first.cells if first else [], has_header=form.has_header)
    if not form.has_header:
        found = records(path, form)
    yield "\ufeff" + csv_line([*titles, *names])
    for row in refused_rows(batch):
        cells = next((record.cells for record in found if record.line == row.line), [])
        columns = "; ".join(dict.fromkeys(one["column"] for one in row.errors if one["column"]))
        reasons = " ".join(one["reason"] for one in row.errors)
        yield csv_line([str(row.line), columns, reasons, *(_readable(cell) for cell in cells)])


def csv_line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([guarded(cell) for cell in cells])
    return out.getvalue()


def _readable(cell: str) -> str:
    return cell[:CELL_LIMIT].encode("utf-8", "replace").decode()
