"""The wizard in the browser: file, columns, review, apply, and what is refused on the way."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.kit.jobs.services import jobs_run_due
from customers.importing.files import batch_path
from customers.models import Customer, ImportBatch, User
from tests.imports.conftest import EXPORTS

pytestmark = [pytest.mark.django_db, pytest.mark.feature("US05")]
ROWS = "correo,nombre,ciudad,puntos\nana@x.cl,Ana Rojas,Castro,5\nno-es-correo,=cmd(),Lota,1\n"


@pytest.fixture
def member(ana: User, ana_client: Client) -> Client:
    ana.language = "en"
    ana.save()
    return ana_client


def url(batch: ImportBatch, name: str = "detail") -> str:
    return reverse(f"imports:{name}", args=[batch.public_id])


def send(client: Client, content: bytes | str, name: str = "people.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(reverse("imports:upload"), {"file": SimpleUploadedFile(name, data)})


def answers(batch: ImportBatch, **more: str) -> dict[str, str]:
    form = batch.format
    given = {
        "encoding": form["encoding"],
        "delimiter": form["delimiter"],
        "has_header": "on",
        "date_order": form["date_order"],
        "decimal": form["decimal"],
        "consent": "no",
        "update": "on",
    }
    for position, column in enumerate(batch.columns):
        given[f"column_{position}"] = column["field"]
        given[f"policy_{position}"] = column["policy"]
    return {**given, **more}


def uploaded(client: Client, content: bytes | str = ROWS) -> ImportBatch:
    assert send(client, content).status_code == 302
    return ImportBatch.objects.latest("pk")


def test_from_the_file_to_the_customers(member: Client) -> None:
    batch = uploaded(member)
    page = member.get(url(batch, "columns")).content.decode()
    assert "Ana Rojas" in page
    assert "Not imported yet" in page
    assert member.post(url(batch, "columns"), answers(batch)).headers["Location"] == url(batch)
    waiting = member.get(url(batch)).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    jobs_run_due(queue="jobs")
    done = member.get(url(batch), headers={"HX-Request": "true", "HX-Target": "import-progress"})
    assert done.headers["HX-Redirect"] == url(batch)
    review = member.get(url(batch)).content.decode()
    assert "Apply to 1 customer" in review
    assert "1 row does not enter:" in review
    assert Customer.objects.count() == 0
    member.post(url(batch, "apply"))
    jobs_run_due(queue="jobs")
    assert Customer.objects.get().last_name == "Rojas"
    applied = member.get(url(batch)).content.decode()
    assert "Undo the import" in applied
    assert "It can be undone for 30 days." in applied
    assert "people.csv" in member.get(reverse("imports:list")).content.decode()


@pytest.mark.parametrize("tag", ["", "ERP noviembre"])
def test_the_people_of_an_import_are_a_step_away(
    member: Client, make_customer: Callable[..., Customer], tag: str
) -> None:
    make_customer("otra@x.cl", first_name="Otra")
    batch = uploaded(member)
    member.post(url(batch, "columns"), answers(batch, tag=tag))
    jobs_run_due(queue="jobs")
    member.post(url(batch, "apply"))
    jobs_run_due(queue="jobs")
    page = member.get(url(batch)).content.decode()
    people = page.rsplit(">See the customers<", 1)[0].rsplit('href="', 1)[1].split('"')[0]
    listed = member.get(unescape(people)).content.decode()
    assert ("Ana Rojas" in listed, "otra@x.cl" in listed) == (True, False)


def test_an_undone_import_no_longer_says_that_it_can_be_undone(member: Client) -> None:
    batch = uploaded(member)
    member.post(url(batch, "columns"), answers(batch))
    jobs_run_due(queue="jobs")
    member.post(url(batch, "apply"))
    jobs_run_due(queue="jobs")
    asked = member.get(url(batch, "undo")).content.decode()
    assert "1 customer that it created goes to the trash. Records that" in asked
    member.post(url(batch, "undo"), {"confirmed": "1"})
    jobs_run_due(queue="jobs")
    undone = member.get(url(batch)).content.decode()
    assert "Undone on " in undone
    assert "It can be undone" not in undone


def test_the_rejected_rows_are_a_file_that_runs_no_formula(member: Client) -> None:
    batch = uploaded(member)
    member.post(url(batch, "columns"), answers(batch))
    jobs_run_due(queue="jobs")
    answer = member.get(url(batch, "rejected"))
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Line,Column,Reason,correo,nombre,ciudad,puntos"
    assert lines[1].startswith('3,correo; nombre,"It has no @. This is a formula')
    assert lines[1].endswith("no-es-correo,'=cmd(),Lota,1")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_rejected_rows_of_a_file_that_is_gone_are_refused_in_words(member: Client) -> None:
    batch = uploaded(member)
    batch_path(batch).unlink()
    answer = member.get(url(batch, "rejected"))
    assert answer.headers["Location"] == url(batch)
    page = member.get(url(batch, "columns")).content.decode()
    assert "The uploaded file is no longer kept." in page


@pytest.mark.parametrize("show", ["", "create", "reject", "update", "nonsense"])
def test_the_tabs_of_the_review(member: Client, show: str) -> None:
    batch = uploaded(member)
    member.post(url(batch, "columns"), answers(batch))
    jobs_run_due(queue="jobs")
    page = member.get(url(batch), {"show": show, "after": "abc"}).content.decode()
    assert ("<b>Ana Rojas</b>" in page) == (show in {"", "create", "nonsense"})
    assert ("It has no @." in page) == (show in {"", "reject", "nonsense"})


def test_the_review_is_paged_by_line(member: Client) -> None:
    rows = "".join(f"p{number}@x.cl,P{number}\n" for number in range(120))
    batch = uploaded(member, "correo,nombre\n" + rows)
    member.post(url(batch, "columns"), answers(batch))
    jobs_run_due(queue="jobs")
    first = member.get(url(batch)).content.decode()
    assert "?after=51" in first
    second = member.get(url(batch), {"after": "51"}).content.decode()
    assert "p50@x.cl" in second
    assert "?before=52" in second
    back = member.get(url(batch), {"before": "52"}).content.decode()
    assert "p0@x.cl" in back
    assert "p49@x.cl" in back


def test_another_separator_reads_the_columns_again(member: Client) -> None:
    batch = uploaded(member, "correo|nombre\nana@x.cl|Ana\n")
    wrong = answers(batch, reread="1", delimiter=";")
    member.post(url(batch, "columns"), wrong)
    batch.refresh_from_db()
    assert [one["name"] for one in batch.columns] == ["correo|nombre"]
    member.post(url(batch, "columns"), {**answers(batch), "reread": "1", "delimiter": "|"})
    batch.refresh_from_db()
    assert [one["field"] for one in batch.columns] == ["email", "full_name"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"consent": ""}, "This field is required"),
        ({"consent": "yes", "evidence": ""}, "Say how these people agreed"),
        ({"column_1": "email"}, "cannot both become the same field"),
        ({"column_0": ""}, "Choose at least one column by which a person is known"),
        ({"column_0": "password"}, "Select a valid choice"),
    ],
)
def test_wrong_answers_are_refused_at_their_place(
    member: Client, change: dict[str, str], message: str
) -> None:
    batch = uploaded(member)
    answer = member.post(url(batch, "columns"), answers(batch, **change))
    assert answer.status_code == 422
    assert message in answer.content.decode()
    batch.refresh_from_db()
    assert batch.state == "uploaded"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"correo\n"])
def test_a_bad_file_is_refused_on_the_first_page(member: Client, content: bytes) -> None:
    assert send(member, content).status_code == 422
    assert ImportBatch.objects.count() == 0


def test_only_those_with_the_right_may_import(beto_client: Client, member: Client) -> None:
    batch = uploaded(member)
    for name in ("detail", "columns", "rejected", "undo"):
        assert beto_client.get(url(batch, name)).status_code == 403
    for name in ("list", "upload"):
        assert beto_client.get(reverse(f"imports:{name}")).status_code == 403
    assert beto_client.post(url(batch, "apply")).status_code == 403


def test_reading_changes_nothing(member: Client) -> None:
    batch = uploaded(member)
    for name in ("apply", "resume"):
        assert member.get(url(batch, name)).status_code == 405


def test_the_history_asks_the_same_number_of_questions_for_many(
    member: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        ImportBatch.objects.create(file_name=f"f{number}.csv", counts={"rows": number})
    member.get(reverse("imports:list"))
    with django_assert_max_num_queries(12):
        member.get(reverse("imports:list"))


@pytest.mark.parametrize("name", ["erp_clientes_windows.csv", "pos_utf16.txt"])
def test_real_exports_go_through_the_wizard(member: Client, name: str) -> None:
    assert send(member, (EXPORTS / name).read_bytes(), name).status_code == 302
    batch = ImportBatch.objects.get()
    member.post(url(batch, "columns"), answers(batch))
    jobs_run_due(queue="jobs")
    page = member.get(url(batch)).content.decode()
    assert "Apply to 1,500 customers" in page


def test_the_home_page_shows_an_import_whose_rows_are_not_counted_yet(member: Client) -> None:
    send(member, ROWS)
    page = member.get("/backoffice/")
    assert page.status_code == 200
    assert "people.csv" in page.content.decode()
