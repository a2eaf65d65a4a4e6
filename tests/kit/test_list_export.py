"""Any list as a file: the columns, rows and order that the list shows, for who may."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from config.kit import clock
from config.kit.jobs.services import jobs_run_due
from config.kit.models import AuditEntry, Job, JobFile
from customers.models import User
from messaging.models import Campaign
from targets.models import Target
from targets.services.targets import target_create
from tests.conftest import make_staff

pytestmark = [pytest.mark.feature("US04"), pytest.mark.django_db]
TARGETS = "/backoffice/lists/targets/export/"
ALL = {"version": 1, "rule": {"all": []}}


@pytest.fixture
def targets(ana: User) -> list[Target]:
    names = ["=1+1", "Año nuevo", "Mayoristas", "Ñuñoa"]
    return [
        target_create(slug=f"t{n}", name=name, rule=ALL, by=ana) for n, name in enumerate(names)
    ]


def export(client: Client, url: str, **sent: object) -> list[list[str]]:
    """The lines of the CSV file."""
    assert client.post(url, {"kind": "csv", **sent}).status_code == 302
    jobs_run_due(queue="jobs")
    text = written().read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def written() -> Path:
    return Path(settings.FILES_DIR) / JobFile.objects.latest("pk").path


def state(**values: str) -> str:
    return f"{TARGETS}?{urlencode({'state': urlencode(values), 'next': '/backoffice/targets/'})}"


def test_the_file_has_the_columns_and_the_order_of_the_list(
    ana_client: Client, targets: list[Target]
):
    lines = export(ana_client, state(sort="name", columns="slug,people"))
    assert lines == [
        ["Target", "Slug", "People"],
        ["'=1+1", "t0", "0"],
        ["Año nuevo", "t1", "0"],
        ["Mayoristas", "t2", "0"],
        ["Ñuñoa", "t3", "0"],
    ]


def test_filter_and_search_are_respected(ana_client: Client, targets: list[Target]):
    asked = state(q="ma", columns="slug", f="1", created="today")
    assert export(ana_client, asked) == [["Target", "Slug"], ["Mayoristas", "t2"]]
    asked = state(columns="slug", f="1", created="older", created_n="1")
    assert export(ana_client, asked) == [["Target", "Slug"]]


def test_ticked_rows_alone(ana_client: Client, targets: list[Target]):
    sent = {"ids": [targets[1].pk, targets[3].pk]}
    lines = export(ana_client, state(sort="-name", columns="slug"), **sent)
    assert lines[1:] == [["Ñuñoa", "t3"], ["Año nuevo", "t1"]]


def test_a_post_without_a_format_asks_and_carries_the_ticks(
    ana_client: Client, targets: list[Target]
):
    answer = ana_client.post(state(columns="slug"), {"ids": [targets[0].pk]})
    page = answer.content.decode()
    assert answer.context["count"] == 1
    assert f'name="ids" value="{targets[0].pk}"' in page
    assert "<dd>Target, Slug</dd>" in page
    assert Job.objects.filter(kind="kit.list_export").count() == 0
    assert ana_client.post(state(), {"kind": "exe"}).status_code == 422


def test_a_spreadsheet_keeps_numbers_and_times(ana_client: Client, targets: list[Target]):
    made = datetime(2026, 3, 1, 15, 30, tzinfo=clock.site_zone())
    jobs_run_due(queue="jobs")
    Target.objects.filter(pk=targets[0].pk).update(
        members_count=1234,
        evaluated_at=clock.now(),
        created_at=made,
    )
    url = state(sort="name", columns="people,created")
    assert ana_client.post(url, {"kind": "xlsx"}).status_code == 302
    jobs_run_due(queue="jobs")
    sheet = load_workbook(written()).active
    assert sheet is not None
    first = [cell.value for cell in list(sheet.rows)[1]]
    assert first == ["=1+1", 1234, made.replace(tzinfo=None)]
    assert list(sheet.rows)[1][0].data_type == "s"


def test_two_lines_of_a_cell_are_two_columns(ana: User, ana_client: Client):
    Campaign.objects.create(name="Preventa", subject="Llegó", created_by=ana)
    url = "/backoffice/lists/campaigns/export/?state=columns%3Dstate"
    assert export(ana_client, url)[0][:2] == ["Campaign", "Campaign: detail"]
    assert export(ana_client, url)[1][:2] == ["Preventa", "Llegó"]


def test_an_empty_list_has_its_heads(ana_client: Client):
    assert export(ana_client, state(columns="slug")) == [["Target", "Slug"]]


def test_more_than_a_chunk_comes_whole(
    ana_client: Client, targets: list[Target], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("config.kit.pages.exporting.CHUNK", 2)
    assert [line[1] for line in export(ana_client, state(sort="name", columns="slug"))[1:]] == [
        "t0",
        "t1",
        "t2",
        "t3",
    ]


def test_who_may_not_gets_nothing(
    beto_client: Client, ana_client: Client, staff_client: Callable[[User], Client], targets: object
):
    for key in ("messages", "unsubscriptions", "suppressions"):
        url = f"/backoffice/lists/{key}/export/"
        assert ana_client.get(url).status_code == 200
        assert beto_client.get(url).status_code == 403
        assert beto_client.post(url, {"kind": "csv"}).status_code == 403
    for key in ("customers", "trail", "nothing"):
        assert ana_client.get(f"/backoffice/lists/{key}/export/").status_code == 404
    assert "file-export" not in beto_client.get("/backoffice/messages/").content.decode()
    assert not Job.objects.filter(kind="kit.list_export").exists()


def test_who_lost_the_permission_meanwhile_gets_no_file(
    staff_client: Callable[[User], Client], targets: list[Target]
):
    sara = make_staff("sara@x.example", "Sara", "marketing")
    staff_client(sara).post(state(), {"kind": "csv"})
    sara.groups.clear()
    jobs_run_due(queue="jobs")
    job = Job.objects.get(kind="kit.list_export")
    assert (job.state, job.failure) == ("failed", "You may not export this list.")
    assert not JobFile.objects.exists()


def test_the_file_expires_and_the_trail_remembers(ana: User, ana_client: Client, targets: object):
    export(ana_client, state(q="ma"))
    entry = AuditEntry.objects.get(action="kit.list.exported")
    assert (entry.actor_id, entry.data["list"], entry.data["filter"]) == (
        ana.pk,
        "targets",
        "q=ma&f=1",
    )
    left = JobFile.objects.get().expires_at - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)
