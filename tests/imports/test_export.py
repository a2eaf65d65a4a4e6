"""Exports that no spreadsheet runs as formulas, and that come back unchanged."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from config.kit.jobs.services import jobs_run_due
from config.kit.models import AuditEntry, Job, JobFile
from customers.exporting.guard import FORMULA_STARTS, guarded, unguarded
from customers.exporting.resources import CustomerResource
from customers.exporting.rows import export_rows
from customers.exporting.writing import write_export
from customers.models import (
    Activity,
    Address,
    Category,
    CategoryAssignment,
    Customer,
    CustomerEmail,
    CustomField,
    ExternalId,
    Tag,
    Tagging,
)
from customers.services.code_uses import code_use_record
from customers.services.codes import sharing_code_make
from customers.services.consent import Proof, consent_record
from tests.imports.conftest import apply, configure, stage, upload

pytestmark = pytest.mark.feature("O20")
Make = Callable[..., Customer]


@given(st.text())
@example("'=1")
@example("''7")
@example("\uff1d1+1")
@example("'abc")
def test_a_guarded_text_is_no_formula_and_reads_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in FORMULA_STARTS


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20"])
def test_every_start_of_a_formula_is_marked(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


@pytest.fixture
def people(make_customer: Make) -> list[Customer]:
    full = make_customer(
        "ana@x.cl",
        first_name="=1+1",
        last_name='O\'Higgins; "La Roca"',
        second_last_name="'Abdul",
        phone="+56966649031",
        id_type="cl_rut",
        id_number="135226491",
        gender="female",
        city="Curaco de Vélez",
        country="CL",
        birth_date=date(1989, 11, 2),
        language="es",
        time_zone="America/Santiago",
        custom={
            "generic_text_1": "-5 grados",
            "generic_integer_1": -7,
            "generic_date_1": "2022-02-26",
        },
    )
    Tagging.objects.create(customer=full, tag=Tag.objects.create(name="a, b"))
    Tagging.objects.create(customer=full, tag=Tag.objects.create(name="vip"))
    category = Category.objects.create(code="mayorista", name="Mayorista")
    CategoryAssignment.objects.create(customer=full, category=category)
    ExternalId.objects.create(customer=full, system="shopify", value="7000")
    ExternalId.objects.create(customer=full, system="other", value="A-7")
    Address.objects.create(customer=full, line1="Calle 1", city="Castro", is_main=True)
    consent_record(
        customer=full, channel="email", value="granted", source="form", proof=Proof(wording="Sí")
    )
    till = make_customer(phone="+56966649032", birth_month=7, birth_day=15, first_name="Zoë")
    shared = sharing_code_make(customer=full)
    code_use_record(customer=till, text=shared.code, source="staff")
    gone = make_customer("bea@x.cl", status="deactivated", lifecycle="customer")
    consent_record(customer=gone, channel="email", value="withdrawn", source="link", proof=Proof())
    return [full, till, gone]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_back_without_any_change(
    people: list[Customer], tmp_path: Path, kind: str, language: str
) -> None:
    path = tmp_path / f"customers.{kind}"
    with override(language):
        assert write_export(Customer.objects.live(), path, kind=kind) == 3
    batch = upload(path.read_bytes(), path.name)
    assert all(one["is_recognised"] for one in batch.columns)
    policies = {one["name"]: "overwrite" for one in batch.columns}
    plan = stage(configure(batch, policies=policies, update=True, consent={"mode": "column"}))
    assert plan.counts == {
        "rows": 3,
        "create": 0,
        "update": 0,
        "unchanged": 3,
        "conflict": 0,
        "reject": 0,
    }


# What a file does not bring: other addresses lead to other people's mail without their proof.
STAYS_BEHIND = {"Other e-mail addresses"}
EMPTIED = (
    "SET CONSTRAINTS ALL IMMEDIATE; "
    "TRUNCATE customers_customer, customers_tag, customers_category CASCADE"
)


def rows_of_export(path: Path) -> list[dict[str, str]]:
    write_export(Customer.objects.live(), path, kind="csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{name: cell for name, cell in row.items() if name not in STAYS_BEHIND} for row in rows]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_goes_into_an_empty_database_and_comes_out_the_same(
    people: list[Customer], make_customer: Make, tmp_path: Path, kind: str
) -> None:
    full, till, _gone = people
    CustomField.objects.create(key="weight", label="Peso", kind="number")
    Customer.objects.filter(pk=full.pk).update(
        city="", status="disabled", custom={**full.custom, "weight": 1.234}
    )
    Customer.objects.filter(pk=till.pk).update(city="Lota")
    Tagging.objects.create(customer=till, tag=Tag.objects.create(name='12" vinilo; "raro"'))
    for code, name in (("star", "★"), ("a-b", "A b"), ("ab", "a-B")):
        category = Category.objects.create(code=code, name=name)
        CategoryAssignment.objects.create(customer=till, category=category)
    ExternalId.objects.create(customer=full, system="shopify", value="8000")
    ExternalId.objects.create(customer=full, system="mi_erp", value="=1")
    Address.objects.create(customer=till, line1="Calle 2; int. 3", is_main=True)
    CustomerEmail.objects.create(customer=full, address="otra@x.cl", address_key="otra@x.cl")
    waiting = make_customer("eva@x.cl", first_name="Eva")
    consent_record(
        customer=waiting, channel="email", value="pending", source="form", proof=Proof(wording="Sí")
    )
    before = rows_of_export(tmp_path / "before.csv")
    path = tmp_path / f"whole.{kind}"
    write_export(Customer.objects.live(), path, kind=kind)
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)

    batch = upload(path.read_bytes(), path.name)
    batch = apply(stage(configure(batch, consent={"mode": "column"})))

    assert (batch.counts["create"], batch.counts["reject"]) == (4, 0)
    assert rows_of_export(tmp_path / "after.csv") == before
    brought = Activity.objects.filter(kind="brought_somebody").values_list("customer__email")
    assert list(brought) == [("ana@x.cl",)]


@pytest.mark.django_db
@pytest.mark.parametrize("spanish", [False, True])
def test_a_code_of_no_known_system_has_a_name_that_people_read(
    people: list[Customer], tmp_path: Path, spanish: bool
) -> None:
    path = tmp_path / "customers.csv"
    write_export(Customer.objects.live(), path, kind="csv")
    head = "Code in another system"
    content = path.read_text(encoding="utf-8")
    assert head in content.splitlines()[0].split(",")
    if spanish:
        content, head = content.replace(head, "Código en otro sistema"), "Código en otro sistema"
    found = {one["name"]: one["field"] for one in upload(content.encode(), path.name).columns}
    assert found[head] == "external.other"


@pytest.mark.django_db
def test_no_cell_of_a_spreadsheet_is_a_formula(people: list[Customer], tmp_path: Path) -> None:
    path = tmp_path / "customers.xlsx"
    write_export(Customer.objects.live(), path, kind="xlsx")
    [sheet] = openpyxl.load_workbook(path).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert "'=1+1" in {cell.value for cell in cells}
    assert -7 in {cell.value for cell in cells}


@pytest.mark.django_db
def test_a_mark_of_utf8_is_written_when_asked_for(people: list[Customer], tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    write_export(Customer.objects.live(), path, kind="csv", bom=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.django_db
def test_sensitive_columns_can_stay_behind(people: list[Customer], tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    write_export(Customer.objects.live(), path, kind="csv", sensitive=False)
    text = path.read_text(encoding="utf-8")
    assert "135226491" not in text
    assert "1989-11-02" not in text


@pytest.mark.django_db
def test_the_resource_makes_the_same_table(people: list[Customer], tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    write_export(Customer.objects.live(), path, kind="csv")
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    table = CustomerResource().table(next(export_rows(Customer.objects.live())))
    assert table.headers == rows[0]
    assert [[str(cell) for cell in row] for row in table] == rows[1:]


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_people(
    make_customer: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_customer("a@x.cl")
    with django_assert_num_queries(10):
        list(export_rows(Customer.objects.live()))
    for number in range(11):
        make_customer(f"b{number}@x.cl")
    with django_assert_num_queries(10):
        list(export_rows(Customer.objects.live()))


@pytest.mark.django_db
def test_ticked_people_become_a_file_with_an_expiring_link(
    people: list[Customer], ana_client: Client
) -> None:
    answer = ana_client.post(
        reverse("imports:export"), {"kind": "csv", "sensitive": "on"}, follow=False
    )
    job = Job.objects.get(kind="customers.export")
    assert answer.headers["Location"] == reverse("jobs:detail", args=[job.public_id])
    jobs_run_due(queue="jobs")
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"rows": 3})
    file = JobFile.objects.get(job=job)
    assert (file.expires_at - file.created_at).total_seconds() == pytest.approx(86400, abs=5)
    entry = AuditEntry.objects.get(action="customers.exported")
    assert (entry.data["rows"], entry.data["format"]) == (3, "csv")
    link = reverse("jobs:file", args=[job.public_id, file.public_id])
    content = ana_client.get(link).getvalue()
    assert content.count(b"\r\n") == 4


@pytest.mark.django_db
@pytest.mark.feature("O20")
def test_the_page_says_who_goes_into_the_file(people: list[Customer], ana_client: Client) -> None:
    page = ana_client.get(reverse("imports:export")).content.decode()
    assert "All of them: 3 customers." in page
    narrowed = ana_client.get(reverse("imports:export"), {"query": "q=nobody&status=active&f=1"})
    said = "0 customers that the list shows with these filters: Search: nobody; Status: Active."
    assert said in narrowed.content.decode()


@pytest.mark.django_db
def test_analysts_export_nothing(beto_client: Client) -> None:
    assert beto_client.get(reverse("imports:export")).status_code == 403
    assert beto_client.post(reverse("imports:export"), {"kind": "csv"}).status_code == 403
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_the_command_writes_a_file(
    people: list[Customer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.xlsx"
    call_command("export_customers", "--format", "xlsx", "-o", str(path), "--json")
    assert json.loads(capsys.readouterr().out) == {"rows": 3}
    [sheet] = openpyxl.load_workbook(path).worksheets
    assert sheet.max_row == 4


@pytest.mark.django_db
def test_the_command_knows_when_there_is_no_such_target(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("export_customers", "--target", "nobody", "-o", str(tmp_path / "x.csv"))
