"""How files are written is found out, and what cannot be read is refused at its place."""

import csv
from pathlib import Path

import pytest

from config.kit.errors import DomainError
from customers.importing.batches import batch_reformat
from customers.importing.formats import FileFormat
from customers.importing.reading import CELL_LIMIT, records
from customers.importing.sniffing import sniff
from customers.models import Customer
from tests.imports.conftest import configure, refusals, stage, upload

pytestmark = pytest.mark.feature("US05")


def written(folder: Path, content: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("encoding", "prefix", "found"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("cp1252", b"", "cp1252"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, prefix: bytes, found: str) -> None:
    text = "Nombre;Ciudad\r\nÑusta Güell;Ñuñoa\r\n"
    path = written(tmp_path, prefix + text.encode(encoding))
    form = sniff(path)
    assert form.encoding == found
    assert [row.cells for row in records(path, form)] == [
        ["Nombre", "Ciudad"],
        ["Ñusta Güell", "Ñuñoa"],
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, delimiter: str) -> None:
    rows = [["nombre", "correo"], ["Ana", "ana@x.cl"], ["Bea", "bea@x.cl"]]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert sniff(written(tmp_path, text.encode())).delimiter == delimiter


@pytest.mark.parametrize(
    ("day", "order"),
    [("25/04/2020", "dmy"), ("04/25/2020", "mdy"), ("2020-04-25", "dmy"), ("04/05/2020", "dmy")],
)
def test_the_order_of_dates(tmp_path: Path, day: str, order: str) -> None:
    assert sniff(written(tmp_path, f"alta,x\n{day},1\n".encode())).date_order == order


@pytest.mark.parametrize(("number", "mark"), [("5947,31", ","), ("5947.31", "."), ("1.234", ",")])
def test_decimals(tmp_path: Path, number: str, mark: str) -> None:
    assert sniff(written(tmp_path, f"total;x\n{number};1\n".encode())).decimal == mark


def test_a_file_without_a_header_is_seen(tmp_path: Path) -> None:
    path = written(tmp_path, b"ana@x.cl,Ana\nbea@x.cl,Bea\n")
    assert sniff(path).has_header is False


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, b'a,b\r\n1,"x\ny"\r\n\r\n2,z\r\n')
    assert [(row.line, row.cells) for row in records(path, FileFormat())] == [
        (1, ["a", "b"]),
        (2, ["1", "x\ny"]),
        (5, ["2", "z"]),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n", "file_empty"),
        (b"\0\0\0\0", "file_empty"),
        (b"%PDF-1.4 whatever", "file_not_text"),
        pytest.param(bytes(range(256)) * 40, "file_not_text", id="every byte"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "file_not_text"),
        (b"nombre,correo\n", "file_without_rows"),
        (b"nombre,correo\n\n,\n", "file_without_rows"),
    ],
)
@pytest.mark.django_db
def test_files_without_rows_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        upload(content)
    assert refusal.value.code == code


@pytest.mark.django_db
def test_odd_rows_are_refused_with_their_place_and_the_others_go_on() -> None:
    rows = [
        b"nombre,correo",
        b"Ana,ana@x.cl",
        b"Bea,bea@x.cl,too,many",
        b"Cata",
        b"N\0ul,nul@x.cl",
        b"L" * (CELL_LIMIT + 1) + b",long@x.cl",
        b"Empty tail,tail@x.cl,,",
        b"\xff\xfe,bytes@x.cl",
        b"Zoe,zoe@x.cl",
    ]
    batch = configure(upload(b"\n".join(rows)))
    batch.format["encoding"] = "utf-8"
    batch.save()
    staged = stage(batch)
    assert refusals(staged) == [
        (3, "", "The row has 4 cells and the header 2."),
        (4, "", "The row has 1 cell and the header 2."),
        (5, "nombre", "The cell has a character that no text has."),
        (6, "nombre", "The cell has 32768 characters; at most 32767 are read."),
        (8, "nombre", "The cell cannot be read in this encoding. Choose another one for the file."),
    ]
    assert staged.counts["create"] == 3


@pytest.mark.django_db
def test_unreadable_characters_in_header_and_samples_are_shown_as_marks() -> None:
    batch = upload(b"nom\0bre,correo\nA\0na,ana@x.cl\nBea,b\xffea@x.cl\n")
    assert [(one["name"], one["samples"]) for one in batch.columns] == [
        ("nom\ufffdbre", ["A\ufffdna", "Bea"]),
        ("correo", ["ana@x.cl", "b\xffea@x.cl"]),
    ]


@pytest.mark.django_db
def test_cells_of_json_that_no_text_can_hold_are_refused_at_their_row() -> None:
    rows = [
        "email,attributes",
        'ana@x.cl,"{""city"": ""Lima""}"',
        'bea@x.cl,"{""city"": ""Li\\u0000ma""}"',
        'cata@x.cl,"{""city"": ""\\ud800""}"',
        "dora@x.cl," + "[" * 30_000,
    ]
    staged = stage(configure(upload("\n".join(rows))))
    assert refusals(staged) == [
        (3, "attributes: city", "The cell has a character that no text has."),
        (4, "attributes: city", "The cell has a character that no text has."),
        (5, "attributes", "This is not JSON."),
    ]
    assert staged.counts["create"] == 1


@pytest.mark.django_db
def test_a_cell_of_ten_megabytes_is_refused_with_line_and_column() -> None:
    huge = b"x" * (10 * 1024 * 1024)
    content = b"nombre,correo\nAna,ana@x.cl\n" + huge + b",huge@x.cl\nZoe,zoe@x.cl\n"
    staged = stage(configure(upload(content)))
    assert refusals(staged) == [
        (3, "nombre", "The cell has 10485760 characters; at most 32767 are read.")
    ]
    assert staged.counts["create"] == 2


@pytest.mark.django_db
def test_a_quote_that_is_never_closed_ends_the_file_with_its_line() -> None:
    tail = b"x,y\n" * 9_000_000
    content = b'nombre,correo\nAna,ana@x.cl\n"Bea,bea@x.cl\n' + tail
    csv.field_size_limit(128 * 1024)  # as in a process that has read no file yet
    staged = stage(configure(upload(content)))
    assert refusals(staged) == [
        (3, "", "This record has no end; perhaps a quote is not closed. Nothing below was read.")
    ]
    assert staged.counts["create"] == 1


@pytest.mark.django_db
def test_two_columns_of_one_name_are_told_apart() -> None:
    batch = upload(b"correo,correo\nana@x.cl,otra@x.cl\n")
    assert [(one["name"], one["field"]) for one in batch.columns] == [
        ("correo", "email"),
        ("correo (2)", ""),
    ]
    assert len(batch.format["warnings"]) == 1


@pytest.mark.django_db
def test_a_file_without_a_header_is_mapped_by_its_content() -> None:
    batch = upload(b"ana@x.cl,+56 9 6664 9031\nbea@x.cl,+56 9 6664 9032\n")
    assert [one["field"] for one in batch.columns] == ["email", "phone"]
    assert stage(configure(batch)).counts["create"] == 2


@pytest.mark.django_db
def test_another_encoding_is_read_when_asked_for() -> None:
    batch = upload("nombre;correo\nÑusta;a@x.cl\n".encode("cp1252"))
    assert batch.format["encoding"] == "cp1252"
    again = batch_reformat(batch=batch, changes={"encoding": "cp850"})
    assert again.columns[0]["samples"] == ["Ðusta"]
    with pytest.raises(DomainError) as refusal:
        batch_reformat(batch=batch, changes={"encoding": "utf-7"})
    assert refusal.value.field == "encoding"
    assert Customer.objects.count() == 0
