"""Which column is which: by the layout of known systems, by its name, by what is in it."""

import dataclasses
import json
import re
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from config.kit.errors import DomainError
from customers.identity import fold
from customers.importing.destinations import all_fields, custom_fields_of
from customers.importing.fields import (
    BY_KEY,
    CLEAR,
    CUSTOM,
    EXTERNAL,
    FILL,
    IGNORED,
    OVERWRITE,
    POLICIES,
    SYSTEMS,
    Field,
    can_clear,
)
from customers.importing.formats import FileFormat
from customers.importing.layouts import Layout, layout_of
from customers.importing.reading import names_of_columns, records, shown
from customers.models import CustomField, ExternalId

SAMPLE_ROWS = 200
SAMPLES = 3
ATTRIBUTES = 50
MATCHES = 0.6
CODE_WORDS = frozenset(
    "external id | externalid | codigo externo | codigo | codigo cliente | codigo de cliente"
    " | customer id | id cliente | id | code | nro cliente | numero de cliente | client id".split(
        " | "
    )
)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"'?\+?[\d .()/-]{8,20}")
DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
OWN_CODE = re.compile(r"(?:code in|codigo en) (another system|otro sistema|[a-z0-9_-]{1,40})")
SYSTEM_NAMES = {fold(name): key for key, name in SYSTEMS.items() if name}
SYSTEM_NAMES |= {"another system": "other", "otro sistema": "other"}
SYSTEM = re.compile(r"[a-z0-9_-]{1,40}")
# Columns that exclude each other: of two that claim one destination the first keeps it.
REPEATABLE = frozenset({"tags", "categories", "note", IGNORED})


@dataclass(kw_only=True)
class ColumnPlan:
    """A column of the file and where it goes. ``field`` is a key of ``fields`` or empty.

    A key within a column of JSON is a column of its own, with its ``path``.
    """

    index: int
    name: str
    path: str = ""
    field: str = IGNORED
    policy: str = OVERWRITE
    samples: list[str] = dataclasses.field(default_factory=list)
    is_recognised: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_later(self) -> bool:
        return self.field.startswith("later.")


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """The columns of a file; ``layout`` is the key of a known system or empty."""

    columns: list[ColumnPlan]
    layout: str
    warnings: list[str]
    date_order: str
    decimal: str


def map_columns(path: Path, form: FileFormat) -> Mapping:
    """Recognise the columns of a file by its first rows.

    :raises DomainError: it has no rows beside the header.
    """
    rows = [record.cells for record in islice(records(path, form), SAMPLE_ROWS + 1)]
    if not rows:
        raise DomainError("file_empty", _("The file is empty."))
    if not rows[0]:
        raise DomainError(
            "header_unreadable", _("The first line has no end; perhaps a quote is not closed.")
        )
    names, warnings = names_of_columns(rows[0], has_header=form.has_header)
    body = rows[1:] if form.has_header else rows
    if not body:
        raise DomainError("file_without_rows", _("The file has a header and no rows."))
    headers = [fold(name) for name in names]
    layout = layout_of(headers)
    columns = _columns(names, headers, body, layout, custom_fields_of())
    return Mapping(
        columns=columns,
        layout=layout.key if layout else "",
        warnings=warnings,
        date_order=(layout.date_order if layout else "") or form.date_order,
        decimal=(layout.decimal if layout else "") or form.decimal,
    )


def _columns(
    names: list[str],
    headers: list[str],
    body: list[list[str]],
    layout: Layout | None,
    custom: dict[str, CustomField],
) -> list[ColumnPlan]:
    words = _words(custom)
    taken: set[str] = set()
    plans = []
    for index, name in enumerate(names):
        cells = [cells[index].strip() for cells in body if len(cells) > index]
        key = _recognise(headers[index], headers, cells, layout, words)
        if key in taken and key not in REPEATABLE:
            key = None
        taken.add(key or IGNORED)
        plans.append(
            ColumnPlan(
                index=index,
                name=name,
                field=key or IGNORED,
                policy=default_policy(key or IGNORED),
                samples=_samples(cells),
                is_recognised=key is not None,
            )
        )
        if key == "attributes":
            plans.extend(_within(plans[-1], cells, words, taken))
    return plans


def _within(
    column: ColumnPlan, cells: list[str], words: dict[str, str], taken: set[str]
) -> list[ColumnPlan]:
    """A column for each key of the JSON documents in the first rows."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        for key, value in _document(cell).items():
            if len(found) < ATTRIBUTES or key in found:
                found.setdefault(key, []).append(
                    value if isinstance(value, str) else json.dumps(value)
                )
    plans = []
    for path, values in found.items():
        found_key = words.get(fold(path).replace("_", " "), IGNORED)
        key = IGNORED if found_key in taken or found_key == "attributes" else found_key
        taken.add(key)
        plans.append(
            ColumnPlan(
                index=column.index,
                name=f"{column.name}: {path}",
                path=path,
                field=key,
                policy=default_policy(key),
                samples=_samples(values),
                is_recognised=key != IGNORED,
            )
        )
    return plans


def _document(cell: str) -> dict[str, Any]:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if shown(key) == key}


def _words(custom: dict[str, CustomField]) -> dict[str, str]:
    words: dict[str, str] = {}
    for one in all_fields(custom, []):
        for name in (*one.names, *_labels(one)):
            words.setdefault(fold(name), one.key)
    return words


def _labels(one: Field) -> list[str]:
    """What our own exports call it."""
    found = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.append(str(one.label))
    return found


def _recognise(
    header: str,
    headers: list[str],
    cells: list[str],
    layout: Layout | None,
    words: dict[str, str],
) -> str | None:
    known = layout.field_of(header) if layout else None
    if known is not None:
        return known
    plain = re.sub(r"\s*\([^)]*\)$", "", header).replace("_", " ").strip(" :*.")
    if found := words.get(header) or words.get(plain):
        return _whole_name(found, header, headers, cells)
    if own := OWN_CODE.fullmatch(header):
        return EXTERNAL + SYSTEM_NAMES.get(own[1], own[1])
    if plain in CODE_WORDS:
        return EXTERNAL + (layout.key if layout else "other")
    if plain.endswith((" id", " code")) and SYSTEM.fullmatch(plain.rsplit(" ", 1)[0]):
        return EXTERNAL + plain.rsplit(" ", 1)[0]
    return _by_content(cells)


def _whole_name(found: str, header: str, headers: list[str], cells: list[str]) -> str:
    """``Name`` or ``Nombre`` alone is the whole name; beside a column of last names it is not."""
    has_surnames = any(fold(one) in BY_KEY["last_name"].names for one in headers)
    if found == "full_name" and header in {"name", "cliente", "contacto"} and has_surnames:
        return "first_name"
    if found == "first_name" and not has_surnames:
        return "full_name"
    return found


def _by_content(cells: list[str]) -> str | None:
    filled = [cell for cell in cells if cell]
    if not filled:
        return None
    if sum(bool(EMAIL.fullmatch(cell)) for cell in filled) >= MATCHES * len(filled):
        return "email"
    phones = [cell for cell in filled if PHONE.fullmatch(cell) and not DAY.fullmatch(cell)]
    plus = sum("+" in cell[:2] for cell in phones)
    if len(phones) >= MATCHES * len(filled) and plus * 2 >= len(phones):
        return "phone"
    return None


def default_policy(key: str) -> str:
    if key in ("email", "full_name"):
        return FILL
    return BY_KEY[key].policy if key in BY_KEY else OVERWRITE


def _samples(cells: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for cell in cells:
        if cell and len(found) < SAMPLES:
            found.setdefault(" ".join(shown(cell).split())[:80])
    return list(found)


def destinations(columns: list[dict[str, Any]]) -> list[Field]:
    """What can be chosen for a column, with the systems whose codes are already in use."""
    systems = list(ExternalId.objects.values_list("system", flat=True).distinct()[:50])
    used = [
        one["field"].removeprefix(EXTERNAL)
        for one in columns
        if str(one["field"]).startswith(EXTERNAL)
    ]
    wanted = dict.fromkeys([*used, *systems, "erp", "pos", "other"])
    return all_fields(custom_fields_of(), list(wanted))


def check_columns(columns: list[dict[str, Any]]) -> None:
    """:raises DomainError: an unknown destination or policy, two columns for one, or no key."""
    custom = custom_fields_of()
    used: dict[str, str] = {}
    for position, one in enumerate(columns):
        key = one["field"]
        if not is_known(key, custom) or one["policy"] not in POLICIES:
            raise DomainError(
                "column_unknown_field",
                _("“%(column)s” is to become something that does not exist: %(field)s.")
                % {"column": one["name"], "field": key},
                field=f"column_{position}",
            )
        if key in used and key not in REPEATABLE and not key.startswith("later."):
            raise DomainError(
                "column_twice",
                _("“%(first)s” and “%(second)s” cannot both become the same field.")
                % {"first": used[key], "second": one["name"]},
                field=f"column_{position}",
            )
        if key and one["policy"] == CLEAR and not can_clear(key):
            raise DomainError(
                "column_never_empty",
                _("No file empties what “%(column)s” becomes. Choose another way for it.")
                % {"column": one["name"]},
                field=f"column_{position}",
            )
        used[key] = one["name"]
    if not any(_identifies(key) for key in used):
        raise DomainError(
            "columns_without_key",
            _("Choose at least one column by which a person is known: e-mail, phone, ID or code."),
        )


def is_known(key: str, custom: dict[str, CustomField]) -> bool:
    """Whether a column can become that."""
    if key.startswith(CUSTOM):
        return key.removeprefix(CUSTOM) in custom
    if key.startswith(EXTERNAL):
        return bool(SYSTEM.fullmatch(key.removeprefix(EXTERNAL)))
    return key == IGNORED or key in BY_KEY


def _identifies(key: str) -> bool:
    return key in {"email", "phone", "id_number", "public_id"} or key.startswith(EXTERNAL)
