"""From the cells of a record to a row of the staging table, or to the reasons against it.

Pure but for the clock and the site's settings, so that it can run in processes of its own.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit.errors import DomainError
from customers.exporting.guard import MARK
from customers.importing.cells import plain_cell, refuse_formula
from customers.importing.consents import ConsentRules
from customers.importing.readers import TEXTS, Habits, Reader, Values, reader_of
from customers.importing.reading import CELL_LIMIT, UNREADABLE, Record, shown

# The columns that COPY writes, in order.
STAGED: Final = (
    "batch_id", "line", "result", "errors", "remarks", "public_id", "email", "email_key",
    "externals", "first_name", "last_name", "second_last_name", "phone", "id_type", "id_number",
    "gender", "city", "country", "birth_date", "birth_month", "birth_day", "language",
    "time_zone", "status", "lifecycle", "registered_at", "custom", "tags", "categories",
    "address", "note", "consents", "registration_code", "sharing_code",
)  # fmt: skip
PLAIN: Final = (
    "first_name", "last_name", "second_last_name", "phone", "id_type", "id_number", "gender",
    "city", "country", "birth_date", "birth_month", "birth_day", "language", "time_zone",
    "status", "lifecycle", "registered_at",
)  # fmt: skip
CREATE, REJECT = "create", "reject"
CELL_SHOWN = 200
KEYS = ("email", "phone", "id_number", "externals", "public_id")
# The country and the type of document decide how phones and numbers are read.
FIRST = ("country", "address.country", "id_type")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that is imported; ``path`` is the key within a cell of JSON."""

    index: int
    name: str
    field: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What the options add to every row."""

    tag: str = ""
    category: str = ""
    activate: bool = False


class RowCleaner:
    """Compiled for one file: its columns and its habits."""

    def __init__(
        self,
        *,
        batch_id: int,
        names: list[str],
        columns: list[Column],
        habits: Habits,
        consents: ConsentRules,
        extras: Extras,
    ) -> None:
        self._batch_id = batch_id
        self._names = names
        self._consents = consents
        self._extras = extras
        ordered = sorted(columns, key=_reading_order)
        made = [(one, reader_of(one.field, one.name, habits)) for one in ordered]
        self._steps = [
            (one.index, one.name, reader, one.field in TEXTS or one.field.startswith("address."))
            for one, reader in made
            if reader is not None and not one.path
        ]
        self._documents: dict[int, dict[str, tuple[str, Reader | None]]] = {}
        for one, reader in made:
            if one.path:
                self._documents.setdefault(one.index, {})[one.path] = (one.name, reader)
        self._column_of = {one.field: one.name for one in columns}

    def copy_text(self, records: Iterable[Record]) -> str:
        """Rows for ``COPY … (FORMAT csv)``."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(map(self.row, records))
        return out.getvalue()

    def row(self, record: Record) -> list[Any]:
        """A row in the order of ``STAGED``; None is an absent datum."""
        values: Values = {}
        errors = self._wrong_shape(record)
        if not errors:
            self._read(record.cells, values, errors)
            self._read_documents(record.cells, values, errors)
            self._complete(values, errors)
        return self._staged(record.line, values, errors)

    def _wrong_shape(self, record: Record) -> list[dict[str, str]]:
        if record.defect is not None:
            index, code = record.defect
            name = self._names[index] if index < len(self._names) else str(index + 1)
            cell = record.cells[index] if record.cells else ""
            return [_refused(name if record.cells else "", cell, _defect_reason(code, cell))]
        count, wanted = len(record.cells), len(self._names)
        if count == wanted or (count > wanted and not any(record.cells[wanted:])):
            return []
        return [_refused("", "", _wrong_count(count, wanted))]

    def _read(self, cells: list[str], values: Values, errors: list[dict[str, str]]) -> None:
        for index, name, reader, is_text in self._steps:
            cell = cells[index]
            if not cell:
                continue
            text = cell.strip()
            if not text:
                continue
            try:
                if text[0] == MARK:
                    text = plain_cell(text)
                elif is_text and text[0] in "=+-@":
                    refuse_formula(text)
                reader(text, values)
            except DomainError as refusal:
                errors.append(_refused(name, cell, refusal.message))

    def _read_documents(
        self, cells: list[str], values: Values, errors: list[dict[str, str]]
    ) -> None:
        for index, readers in self._documents.items():
            if not cells[index].strip():
                continue
            try:
                document = json.loads(cells[index])
            except (ValueError, RecursionError):
                document = None
            if not isinstance(document, dict):
                errors.append(_refused(self._names[index], cells[index], _("This is not JSON.")))
                continue
            self._read_document(document, readers, values, errors)

    def _read_document(
        self,
        document: dict[str, Any],
        readers: dict[str, tuple[str, Reader | None]],
        values: Values,
        errors: list[dict[str, str]],
    ) -> None:
        for key, value in document.items():
            if key not in readers:
                values.setdefault("remarks", []).append(
                    _("“%(key)s” is in no column and was left out.") % {"key": shown(key)[:60]}
                )
                continue
            name, reader = readers[key]
            text = _as_text(value)
            if reader is None or not text.strip():
                continue
            if UNREADABLE.search(text):
                errors.append(_refused(name, text, _defect_reason("nul", text)))
                continue
            try:
                reader(text, values)
            except DomainError as refusal:
                errors.append(_refused(name, text, refusal.message))

    def _complete(self, values: Values, errors: list[dict[str, str]]) -> None:
        address = values.get("address")
        if address:
            self._share_place(values, address)
            if not address.get("line1"):
                values["address"] = None
        if not any(key in values for key in KEYS) and not errors:
            errors.append(
                _refused(
                    self._column_of.get("email", ""),
                    "",
                    _("Nothing here says who this is: no e-mail, phone, ID number or code."),
                )
            )
        try:
            values["consents"] = self._consents.of_row(values)
        except DomainError as refusal:
            name = self._column_of.get(refusal.field or "", "")
            errors.append(_refused(name, "", refusal.message))
        self._add_extras(values)

    def _share_place(self, values: Values, address: dict[str, str]) -> None:
        """Where the file has one column of cities (countries), it is for person and address."""
        for part in ("city", "country"):
            if part not in self._column_of:
                values.setdefault(part, address.get(part))
            elif f"address.{part}" not in self._column_of and values.get(part):
                address.setdefault(part, values[part])

    def _add_extras(self, values: Values) -> None:
        if self._extras.tag:
            values.setdefault("tags", []).append(self._extras.tag)
        if self._extras.category:
            values.setdefault("categories", []).append(self._extras.category)
        if self._extras.activate:
            values["status"] = "active"

    def _staged(self, line: int, values: Values, errors: list[dict[str, str]]) -> list[Any]:
        get = values.get
        return [
            self._batch_id,
            line,
            REJECT if errors else CREATE,
            json.dumps(errors, ensure_ascii=False) if errors else None,
            _json(get("remarks")),
            get("public_id"),
            get("email"),
            get("email_key"),
            _array(get("externals")),
            *map(get, PLAIN),
            _json(get("custom")),
            _array(get("tags")),
            _array(get("categories")),
            _json(get("address")),
            get("note"),
            get("consents"),
            get("registration_code"),
            get("sharing_code"),
        ]


def _reading_order(column: Column) -> int:
    return FIRST.index(column.field) if column.field in FIRST else len(FIRST)


def _json(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None


def _array(words: list[str] | None) -> str | None:
    """An array of texts as PostgreSQL writes it; each word once."""
    if not words:
        return None
    quoted = (
        '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in dict.fromkeys(words)
    )
    return "{" + ",".join(quoted) + "}"


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _refused(column: str, cell: str, reason: str) -> dict[str, str]:
    return {"column": column, "cell": shown(cell[:CELL_SHOWN]), "reason": reason}


def _defect_reason(code: str, cell: str) -> str:
    if code == "too_long":
        return _("The cell has %(length)d characters; at most %(limit)d are read.") % {
            "length": len(cell),
            "limit": CELL_LIMIT,
        }
    if code == "unclosed":
        return _("This record has no end; perhaps a quote is not closed. Nothing below was read.")
    if code == "nul":
        return _("The cell has a character that no text has.")
    return _("The cell cannot be read in this encoding. Choose another one for the file.")


def _wrong_count(count: int, wanted: int) -> str:
    return ngettext(
        "The row has %(count)d cell and the header %(wanted)d.",
        "The row has %(count)d cells and the header %(wanted)d.",
        count,
    ) % {"count": count, "wanted": wanted}
