"""The matrix of roles and addresses, and other people's things."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from config.kit import clock
from config.kit.doors import Door
from config.kit.models import Job, JobError, JobFile
from customers.models import ImportBatch, Session, User
from customers.sessions import session_handle
from tests.conftest import make_staff

ROLES = ["analyst", "auditor", "marketing", "owner", "sales", "support"]


def test_the_matrix_says_who_may_open_what(db: None):
    out = StringIO()
    call_command("permissions", "--matrix", "--json", stdout=out)
    matrix = json.loads(out.getvalue())
    assert matrix["roles"] == ROLES
    rows = matrix["addresses"]
    assert {role for role, may in rows["backoffice/trail/"].items() if may} == {"owner", "auditor"}
    assert all(rows["backoffice/login/"].values())
    assert {role for role, may in rows["backoffice/imports/new/"].items() if may} == {
        "owner",
        "marketing",
    }


def test_the_matrix_is_a_table_too(db: None):
    out = StringIO()
    call_command("permissions", "--matrix", stdout=out)
    line = next(one for one in out.getvalue().splitlines() if one.startswith("backoffice/trail/ "))
    assert line.split()[1:] == ["-", "yes", "-", "yes", "-", "-", "kit.view_auditentry"]


def test_an_address_without_a_rule_opens_for_nobody():
    assert not Door("backoffice/new/", None, has_rule=False).opens_for({"kit.view_job"})
    assert Door("backoffice/login/", None, has_rule=True).opens_for(set())
    assert Door("backoffice/", "", has_rule=True).opens_for(set())
    assert not Door("backoffice/x/", "kit.view_job", has_rule=True).opens_for({"kit.view_x"})


@pytest.fixture
def job(ana: User) -> Job:
    job = Job.objects.create(
        kind="customers.change_many", title="Etiquetar", requested_by=ana, state="failed"
    )
    JobError.objects.create(job=job, line=1, reason="no")
    JobFile.objects.create(
        job=job, name="a.csv", path="a.csv", content_type="text/csv", expires_at=clock.now()
    )
    return job


def test_the_job_of_another_is_not_there_and_stays_as_it_was(job: Job, beto_client: Client):
    base = f"/backoffice/jobs/{job.public_id}/"
    file = JobFile.objects.get()
    for path in ("", "errors.csv", f"files/{file.public_id}/"):
        assert beto_client.get(f"{base}{path}").status_code == 404
    for path in ("cancel/", "retry/"):
        assert beto_client.post(f"{base}{path}").status_code == 404
    job.refresh_from_db()
    assert (job.state, job.is_cancel_requested) == ("failed", False)
    assert str(job.public_id) not in beto_client.get("/backoffice/jobs/").content.decode()


def test_the_session_of_another_cannot_be_ended(
    ana: User, beto_client: Client, staff_client: Callable[[User], Client]
):
    staff_client(ana)
    hers = Session.objects.get(user=ana)
    beto_client.post("/backoffice/security/sessions/end/", {"session": session_handle(hers)})
    assert Session.objects.filter(user=ana).count() == 1


def test_things_that_do_not_exist_are_404_for_those_who_may_look(
    ana_client: Client, db: None, staff_client: Callable[[User], Client]
):
    absent = "00000000-0000-4000-8000-000000000000"
    for path in ("customers", "targets", "campaigns", "imports", "jobs"):
        assert ana_client.get(f"/backoffice/{path}/{absent}/").status_code == 404
    for path in ("customers/tags", "customers/categories", "customers/fields", "messages", "trail"):
        assert ana_client.get(f"/backoffice/{path}/999999/").status_code == 404


def test_an_import_is_seen_by_those_who_import_alone(
    ana: User, ana_client: Client, beto_client: Client, staff_client: Callable[[User], Client]
):
    batch = ImportBatch.objects.create(file_name="a.csv", path="a.csv", uploaded_by=ana)
    url = f"/backoffice/imports/{batch.public_id}/"
    assert beto_client.get(url).status_code == 403
    assert staff_client(make_staff("s@x.example", "s", "sales")).get(url).status_code == 403
