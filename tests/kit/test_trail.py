"""The audit trail in the back office: who may read it, what it says, how it is found again."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from config.kit import audit, clock
from config.kit.backoffice import trail_reading as reading
from config.kit.jobs.services import jobs_run_due
from config.kit.models import AuditEntry, JobFile
from customers.models import Customer, User
from customers.services.profile import customer_update
from tests.conftest import make_staff

LIST = "/backoffice/trail/"


@pytest.fixture
def auditor_client(db: None, staff_client: Callable[[User], Client]) -> Client:
    return staff_client(make_staff("rita@casaquillay.example", "Rita Auditora", "auditor"))


@pytest.fixture
def edited(ana: User, make_customer: Callable[..., Customer]) -> Customer:
    customer = make_customer("beatriz@correo.example", first_name="Beatriz", city="Providencia")
    customer_update(customer=customer, version=customer.version, profile={"city": "Ñuñoa"}, by=ana)
    return customer


def titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}{query}")
    assert answer.status_code == 200
    return [row.cells[0].html for row in answer.context["index"].rows]


def entry() -> AuditEntry:
    return AuditEntry.objects.get(action="customers.customer.updated")


@pytest.mark.parametrize("role", ["marketing", "sales", "support", "analyst"])
@pytest.mark.parametrize("path", [LIST, f"{LIST}1/", f"{LIST}export/"])
def test_only_owner_and_auditor_read_the_trail(
    role: str, path: str, db: None, staff_client: Callable[[User], Client]
):
    client = staff_client(make_staff(f"{role}@x.example", role, role))
    assert client.get(path).status_code == 403
    assert LIST not in client.get("/backoffice/").content.decode()


def test_the_list_says_in_words_what_happened_to_whom(edited: Customer, auditor_client: Client):
    page = auditor_client.get(LIST).content.decode()
    assert "Customer edited" in page
    assert "Ana Millaray" in page
    assert reverse("customers:record", args=[edited.public_id]) in page
    assert "Ñuñoa" not in page


def test_the_page_of_an_entry_shows_before_after_and_its_seal(
    edited: Customer, auditor_client: Client
):
    url = f"{LIST}{entry().pk}/"
    page = auditor_client.get(url).content.decode()
    assert "Waits for its seal" in page
    assert "Providencia" in page
    assert "Ñuñoa" in page
    audit.seal()
    proof = auditor_client.get(url).context["proof"]
    assert (proof.state, proof.number) == ("intact", 1)


def test_after_an_erasure_the_page_says_so_and_the_proof_holds(
    edited: Customer, auditor_client: Client
):
    audit.seal()
    audit.values_erase(subject=edited)
    answer = auditor_client.get(f"{LIST}{entry().pk}/")
    assert answer.context["values"].state == "erased"
    assert answer.context["proof"].state == "intact"
    assert "Ñuñoa" not in answer.content.decode()


def test_an_entry_that_is_not_there_is_404(auditor_client: Client):
    assert auditor_client.get(f"{LIST}999/").status_code == 404
    assert auditor_client.get(f"{LIST}{'9' * 30}/").status_code == 404


def test_what_nobody_did_is_from_the_system(ana: User):
    by_nobody = audit.record("customers.tag.saved")
    by_ana = audit.record("customers.tag.saved", actor=ana)
    assert (by_nobody.origin, by_ana.origin) == ("system", "backoffice")


def test_an_order_and_a_link_are_named_in_words(ana: User):
    made = [audit.record("customers.tag.saved", origin=one) for one in ("order", "link")]
    assert [reading.where(one) for one in made] == ["An order", "Link to the account"]


def test_filters_by_actor_action_kind_origin_and_day(
    edited: Customer, ana: User, auditor_client: Client
):
    audit.record("customers.tag.saved", origin="system")
    old = audit.record("customers.staff.logged_in", actor=ana, subject=ana, origin="login")
    AuditEntry.objects.filter(pk=old.pk).count()
    today = clock.today()
    expected = {
        f"?f=1&actor={ana.pk}": 2,
        "?f=1&action=customers.tag.saved": 1,
        "?f=1&action=customers.tag.saved&action=customers.customer.updated": 2,
        "?f=1&subject=customers.customer": 1,
        "?f=1&origin=login": 1,
        "?f=1&day=today": 3,
        "?f=1&day=older&day_n=1": 0,
        "?f=1&actor=-": 1,
        f"?f=1&day_after={today}&day_before={today}": 3,
        f"?f=1&day_before={today - timedelta(days=1)}": 0,
        f"?f=1&thing=customers.customer.{edited.pk}": 1,
        "?f=1&thing=customers.customer.999999": 0,
        "?f=1&thing=nonsense": 0,
    }
    assert {query: len(titles(auditor_client, query)) for query in expected} == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("edited", ["Customer edited"]),
        ("Beatriz", ["Customer edited"]),
        ("millaray", ["Customer edited", "Log-in to the back office"]),
        ("203.0.113.9", ["Log-in to the back office"]),
        ("nobody at all", []),
        ("%", []),
    ],
)
def test_a_search_finds_by_what_who_whom_and_address(
    text: str, found: list[str], edited: Customer, ana: User, auditor_client: Client, rf: object
):
    request = rf.get("/", REMOTE_ADDR="203.0.113.9")  # type: ignore[attr-defined]
    audit.record("customers.staff.logged_in", actor=ana, request=request)
    answer = auditor_client.get(LIST, {"q": text})
    rows = answer.context["index"].page.rows
    assert sorted(reading.title_of(one) for one in rows) == found


def test_a_record_leads_to_what_happened_to_it(
    edited: Customer, auditor_client: Client, beto_client: Client
):
    link = f"{LIST}?f=1&amp;thing=customers.customer.{edited.pk}"
    record = reverse("customers:record", args=[edited.public_id])
    assert link in auditor_client.get(record).content.decode()
    assert link not in beto_client.get(record).content.decode()
    page = auditor_client.get(f"{LIST}?f=1&thing=customers.customer.{edited.pk}").content.decode()
    assert "Customer: Beatriz" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_is_a_job_with_what_the_list_shows_and_is_written_down(
    kind: str, edited: Customer, ana: User, auditor_client: Client
):
    audit.record("customers.tag.saved", data={"name": "=1+1"})
    audit.seal()
    answer = auditor_client.post(f"{LIST}export/?f=1&subject=customers.customer", {"kind": kind})
    assert answer.status_code == 302
    exported = AuditEntry.objects.get(action="kit.trail.exported")
    assert exported.data == {"filter": "f=1&subject=customers.customer", "format": kind}
    jobs_run_due(queue="jobs")
    file = JobFile.objects.get()
    path = Path(settings.FILES_DIR) / file.path
    head, row = rows_of(path, kind)
    line = dict(zip(head, row, strict=True))
    assert line["What"] == "Cliente editado" or line["What"] == "Customer edited"
    assert (line["Who"] if "Who" in line else line["Quién"]) == "Ana Millaray"
    assert "city=Ñuñoa" in row
    assert len(row[-1]) == 64


def rows_of(path: Path, kind: str) -> list[list[str]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_asks_as_often_for_many_as_for_one(
    count: int,
    ana: User,
    auditor_client: Client,
    make_customer: Callable[..., Customer],
    django_assert_num_queries: Callable[[int], object],
):
    for number in range(count):
        customer = make_customer(f"p{number}@correo.example")
        audit.record("customers.customer.created", actor=ana, subject=customer)
        audit.record("customers.tag.saved", actor=ana)
    auditor_client.get(LIST)
    with django_assert_num_queries(12):  # type: ignore[attr-defined]
        auditor_client.get(LIST)
