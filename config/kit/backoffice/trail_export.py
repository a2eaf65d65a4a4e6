"""The audit trail as a file: a job that writes what the list shows."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kit import audit
from config.kit.backoffice import trail_reading as reading
from config.kit.backoffice.trail_index import TrailIndex
from config.kit.errors import DomainError
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import AuditEntry, AuditSeal, AuditValues, Job
from config.kit.pages import Selection
from config.kit.spreadsheets import TYPES, WRITERS, Line

EXPORT = "kit.trail_export"
CHUNK = 1000


@transaction.atomic
def trail_export_start(*, query: str, kind: str, by: AbstractBaseUser, request: HttpRequest) -> Job:
    """Start writing what the list shows for this filter; that it was asked for is written too.

    :raises DomainError: ``format_unknown``.
    """
    if kind not in TYPES:
        raise DomainError("format_unknown", _("There is no such format."), field="kind")
    job = job_start(
        kind=EXPORT,
        params={"query": query, "kind": kind, "by": by.pk},
        by=by,
        title=_("Export the audit trail"),
    )
    audit.record(
        "kit.trail.exported", actor=by, data={"filter": query, "format": kind}, request=request
    )
    return job


@job_kind(
    EXPORT,
    title=gettext_lazy("Export the audit trail"),
    icon="file-export",
    permission=reading.VIEW,
)
def trail_export(run: JobRun) -> dict[str, Any]:
    kind = run.params["kind"]
    user = reading.staff().filter(pk=run.params["by"]).first()
    whole = Selection(query=run.params["query"], covers_all=True)
    rows = TrailIndex.rows_of(whole, user=user)
    run.progress(0, rows.count())
    path = run.new_file(f"{_('audit-trail')}.{kind}")
    written = WRITERS[kind](path, _lines(rows, run))
    run.keep_file(path, content_type=TYPES[kind])
    return {"rows": written}


def _lines(rows: Any, run: JobRun) -> Iterator[Line]:
    """The head, then the entries in the order in which they were written."""
    yield [
        _("Number"),
        _("When"),
        _("Who"),
        _("What"),
        _("Kind"),
        _("To what"),
        _("From where"),
        _("IP address"),
        _("Before"),
        _("After"),
        _("Details"),
        _("Seal"),
    ]
    done, last = 0, 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from _cells(chunk)
        last, done = chunk[-1].pk, done + len(chunk)
        run.progress(done)


def _cells(chunk: list[AuditEntry]) -> Iterator[Line]:
    ids = [one.pk for one in chunk]
    subjects = reading.subjects_of(chunk)
    values = AuditValues.objects.in_bulk(ids)
    seals = dict(AuditSeal.objects.filter(entry_id__in=ids).values_list("entry_id", "digest"))
    for one in chunk:
        held, subject = values.get(one.pk), subjects[one.pk]
        yield [
            str(one.pk),
            one.at.isoformat(timespec="seconds"),
            reading.who(one),
            reading.title_of(one),
            one.action,
            subject.title if subject else "",
            reading.where(one),
            one.ip or "",
            _pairs(held.before if held else {}),
            _pairs(held.after if held else {}),
            _pairs(one.data),
            seals.get(one.pk, ""),
        ]


def _pairs(values: dict[str, Any]) -> str:
    return "; ".join(f"{key}={value}" for key, value in values.items() if value not in (None, ""))
