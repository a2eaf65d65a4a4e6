"""XLSX files go in like any other; bombs and damaged archives are refused at the door."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from config.kit.errors import DomainError
from customers.models import Customer, ImportBatch
from tests.imports.conftest import configure, refusals, stage, upload

pytestmark = [pytest.mark.django_db, pytest.mark.feature("US05")]


def sheet(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def test_a_spreadsheet_goes_in(bring: Callable[..., ImportBatch]) -> None:
    content = sheet(
        [
            ["Correo", "Nombre", "Fecha de nacimiento", "Fecha de registro", "Entero genérico 1"],
            ["ana@x.cl", "Ana", date(1989, 11, 2), datetime(2021, 1, 15, 6, 32), 7.0],  # noqa: DTZ001
            [],
            ["no-es-correo", "Bea", None, None, None],
        ]
    )
    batch = bring(content, name="people.xlsx")
    assert batch.format["kind"] == "xlsx"
    assert refusals(batch) == [(4, "Correo", "It has no @.")]
    person = Customer.objects.get()
    assert person.birth_date == date(1989, 11, 2)
    assert person.registered_at.isoformat() == "2021-01-15T09:32:00+00:00"
    assert person.custom == {"generic_integer_1": 7}


def test_what_a_file_is_shows_its_content_not_its_name() -> None:
    assert upload(sheet([["correo"], ["ana@x.cl"]]), "people.csv").format["kind"] == "xlsx"


def bomb() -> bytes:
    book = archive({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 200_000_000})
    assert len(book) < 400_000
    return book


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bomb, "sheet_too_large"),
        (
            lambda: archive({f"xl/{n}": b"x" for n in range(1001)} | {"xl/workbook.xml": b""}),
            "sheet_too_large",
        ),
        (lambda: archive({"readme.txt": b"hello"}), "sheet_is_none"),
        (lambda: sheet([["correo"], ["ana@x.cl"]])[:-200], "sheet_damaged"),
        (lambda: archive({"xl/workbook.xml": b"<nonsense"}), "sheet_unreadable"),
    ],
)
def test_bad_archives_are_refused_and_leave_nothing(
    content: Callable[[], bytes], code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        upload(content(), "people.xlsx")
    assert refusal.value.code == code
    assert ImportBatch.objects.count() == 0
    assert list((Path(settings.FILES_DIR) / "imports").iterdir()) == []


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(archive({"xl/workbook.xml": b"<x/>", "xl/a.xml": b"0" * 5_000_000}))
    true_size = (5_000_000).to_bytes(4, "little")
    assert content.count(true_size) == 2
    lying = bytes(content).replace(true_size, (10).to_bytes(4, "little"))
    with pytest.raises(DomainError) as refusal:
        upload(lying, "people.xlsx")
    assert refusal.value.code == "sheet_damaged"


def test_a_file_beyond_the_limit_is_refused(settings: object) -> None:
    settings.IMPORT_MAX_BYTES = 100  # type: ignore[attr-defined]
    with pytest.raises(DomainError) as refusal:
        upload("correo\n" + "ana@x.cl\n" * 50)
    assert refusal.value.code == "file_too_large"


def test_a_spreadsheet_may_be_checked(bring: Callable[..., ImportBatch]) -> None:
    batch = stage(configure(upload(sheet([["correo"], ["ana@x.cl"]]), "a.xlsx")))
    assert batch.counts["create"] == 1
