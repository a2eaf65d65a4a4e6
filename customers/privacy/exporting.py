"""All that is held of a person, as one ZIP: JSON for programs, CSV for sheets, a page to read.

``data.json`` is ``{"format": 1, "site", "made_at", "parts": {table: {"label", "rows": [...]}}}``.
"""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from config.kit.spreadsheets import inert
from customers.models import Customer, User
from customers.privacy.registry import personal_tables
from customers.privacy.services import data_parameters

KIND: Final = "customers.export_personal"
FORMAT: Final = 1
STYLE: Final = settings.BASE_DIR / "static" / "css" / "personal-data.css"


@transaction.atomic
def personal_export(*, customer: Customer, by: User, request: HttpRequest | None = None) -> Job:
    """Start the job that makes the ZIP; its link works for a day."""
    job = job_start(kind=KIND, params={"customer": str(customer.public_id)}, by=by)
    audit.record(
        "customers.customer.data_exported",
        actor=by,
        subject=customer,
        data={"job": str(job.public_id)},
        request=request,
    )
    return job


@job_kind(
    KIND,
    title=lazy("A person's data"),
    icon="file-export",
    permission="customers.export_customers",
)
def export(run: JobRun) -> dict[str, Any]:
    customer = Customer.objects.filter(
        public_id=run.params["customer"], erased_at=None, merged_into=None
    ).first()
    if customer is None:
        raise DomainError("customer_gone", _("There is no such record any more."))
    path = run.new_file(f"data-{customer.public_id}.zip")
    rows = personal_zip(customer, path)
    run.keep_file(path, content_type="application/zip")
    return {"rows": rows}


def personal_zip(customer: Customer, path: Path) -> int:
    """Write the file; returns how many rows are in it."""
    parts = _parts(customer)
    document = {
        "format": FORMAT,
        "site": settings.SITE_NAME,
        "made_at": clock.now(),
        "parts": parts,
    }
    page = render_to_string(
        "customers/privacy/data.html",
        {
            "parts": parts,
            "made_at": clock.now(),
            "site": settings.SITE_NAME,
            "language": get_language() or settings.SITE_LANGUAGE,
        },
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data.json",
            json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2),
        )
        archive.writestr("data.html", page)
        archive.writestr("data.css", STYLE.read_text())
        for table, part in parts.items():
            archive.writestr(f"csv/{table}.csv", _csv(part["rows"]))
    return sum(len(part["rows"]) for part in parts.values())


def _parts(customer: Customer) -> dict[str, dict[str, Any]]:
    """By table: its label and its rows; a table without rows is left out."""
    values = data_parameters(customer)
    found = {}
    with connection.cursor() as cursor:
        for one in reversed(personal_tables()):
            if not one.export:
                continue
            cursor.execute(one.export, values)
            names = [column[0] for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            if rows:
                found[one.table] = {"label": str(one.label), "rows": [_plain(row) for row in rows]}
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """JSON columns come as text from the driver."""
    return {
        name: json.loads(value) if name in {"custom", "data"} and isinstance(value, str) else value
        for name, value in row.items()
    }


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(rows[0])
    writer.writerows([inert(_cell(value)) for value in row.values()] for row in rows)
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
