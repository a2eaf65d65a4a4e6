"""A whole import by a program: file, plan, review, apply, undo."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.kit.jobs.services import job_run_now
from config.kit.models import AuditEntry
from customers.models import Customer, ImportBatch
from tests.api.conftest import Program

pytestmark = pytest.mark.feature("J22", "BX09")
ROWS = """Correo;Nombre;Apellido;Ciudad
rosa@x.cl;Rosa;Soto;Talca
pepe@x.cl;Pepe;Mora;
no-es-correo;Ana;Mora;Lota
"""


def upload(program: Program, text: str = ROWS, **headers: str) -> Any:
    file = SimpleUploadedFile("clientes.csv", text.encode(), content_type="text/csv")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return program.client.post("/api/v1/imports", {"file": file}, headers=program.headers | sent)


def finish() -> None:
    batch = ImportBatch.objects.select_related("job").get()
    assert batch.job is not None
    job_run_now(job=batch.job)


def test_a_file_is_planned_reviewed_applied_and_undone(program: Program):
    program.post("/customers", {"email": "pepe@x.cl", "first_name": "José", "city": "Arica"})
    made = upload(program)
    assert made.status_code == 201
    told = made.json()
    assert made["Location"] == f"/api/v1/imports/{told['id']}"
    assert [one["field"] for one in told["columns"]] == [
        "email",
        "first_name",
        "last_name",
        "city",
    ]
    assert (told["state"], told["progress"]) == ("uploaded", None)
    address = f"/imports/{told['id']}"
    plan = {"consent": {"mode": "no"}, "update": True, "tag": "feria"}
    columns = [{"name": "Nombre", "policy": "fill"}]
    started = program.call("put", f"{address}/plan", plan | {"columns": columns})
    assert (started.status_code, started.json()["progress"]["state"]) == (202, "queued")
    finish()
    review = program.get(address).json()
    assert review["state"] == "review"
    counts = {"rows": 3, "create": 1, "update": 1, "unchanged": 0, "conflict": 0, "reject": 1}
    assert counts.items() <= review["counts"].items()
    rows = program.get(f"{address}/rows?result=update").json()
    assert rows["items"][0]["after"] == {"last_name": "Mora"}
    assert rows["next"] is None
    first = program.get(f"{address}/rows?limit=1").json()
    assert (len(first["items"]), first["next"]) == (1, 2)
    rejected = program.get(f"{address}/rejected.csv")
    assert rejected["Content-Type"] == "text/csv; charset=utf-8"
    assert b"no-es-correo" in b"".join(rejected.streaming_content)
    assert Customer.objects.count() == 1

    assert program.post(f"{address}/apply").status_code == 202
    finish()
    assert program.get(address).json()["state"] == "applied"
    rosa = Customer.objects.get(email="rosa@x.cl")
    assert (rosa.city, rosa.taggings.get().tag.name) == ("Talca", "feria")
    pepe = Customer.objects.get(email="pepe@x.cl")
    assert (pepe.first_name, pepe.last_name, pepe.city) == ("José", "Mora", "Arica")
    entry = AuditEntry.objects.get(action="customers.import.apply_started")
    assert (entry.actor_label, entry.origin) == ("ERP", "api")

    assert program.post(f"{address}/undo").status_code == 202
    finish()
    assert program.get(address).json()["counts"]["undone"] == 2
    assert Customer.objects.live().get().last_name == ""


def test_what_cannot_be_is_said_at_its_place(program: Program):
    empty = upload(program, "")
    assert (empty.status_code, empty.json()["code"]) == (422, "file_empty")
    assert ImportBatch.objects.count() == 0
    address = f"/imports/{upload(program).json()['id']}"
    early = program.post(f"{address}/apply")
    assert (early.status_code, early.json()["code"]) == (409, "import_elsewhere")
    unknown = program.call(
        "put", f"{address}/plan", {"consent": {"mode": "no"}, "columns": [{"name": "Calle"}]}
    )
    assert unknown.json()["errors"][0]["pointer"] == "/columns/0/name"
    bare = program.call("put", f"{address}/plan", {"consent": {"mode": "yes"}})
    assert (bare.status_code, bare.json()["code"]) == (422, "consent_needs_evidence")
    missing = program.call("put", f"{address}/plan", {})
    assert missing.json()["errors"][0]["pointer"] == "/consent"
    assert program.get("/imports/00000000-0000-4000-8000-000000000000").status_code == 404
    nothing = program.client.post("/api/v1/imports", headers=program.headers)
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "/file")


def test_a_file_that_is_sent_twice_with_one_key_is_kept_once(program: Program):
    first, again = upload(program, idempotency_key="f1"), upload(program, idempotency_key="f1")
    assert again.json()["id"] == first.json()["id"]
    assert upload(program, ROWS + "\n", idempotency_key="f1").status_code == 422
    assert ImportBatch.objects.count() == 1
