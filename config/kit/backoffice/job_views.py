"""Jobs: list, page, cancel, retry, result files."""

import csv
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from config.kit.access import ANY_STAFF, StaffRequest, StaffUser, backoffice
from config.kit.backoffice import job_reading
from config.kit.backoffice.job_index import JobIndex
from config.kit.errors import DomainError
from config.kit.jobs.services import job_cancel, job_retry
from config.kit.models import Job
from config.kit.pages import toast
from config.kit.spreadsheets import inert

ERRORS_SHOWN = 100


@backoffice(ANY_STAFF)
@require_safe
def job_list(request: StaffRequest) -> HttpResponse:
    return JobIndex(request).response()


@backoffice(ANY_STAFF)
@require_safe
def job_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    job = job_reading.job_of(request.user, public_id)
    is_part = request.headers.get("HX-Target") == "job"
    name = "kit/job_body.html" if is_part else "kit/job.html"
    return render(request, name, _job_context(job, request.user))


def _job_context(job: Job, user: StaffUser) -> dict[str, Any]:
    return {
        "job": job,
        "tone": job_reading.TONES[job.state],
        "progress": job_reading.progress_text(job),
        "left": job_reading.left_text(job),
        "errors": job_reading.errors_of(job)[:ERRORS_SHOWN],
        "error_groups": job_reading.error_groups(job) if job.error_count else [],
        "files": job_reading.files_of(job),
        "subject_url": job_reading.subject_url(job),
        "undo": job_reading.undo_of(job, user),
        "outcome": job_reading.outcome_of(job),
        "can_retry": job.state in (Job.State.FAILED, Job.State.CANCELLED),
    }


def _back(job: Job) -> HttpResponse:
    return HttpResponseRedirect(reverse("jobs:detail", args=[job.public_id]))


@backoffice(ANY_STAFF)
@require_POST
def cancel(request: StaffRequest, public_id: UUID) -> HttpResponse:
    job = job_reading.job_of(request.user, public_id)
    try:
        job_cancel(job=job, by=request.user)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    else:
        toast(request, _("“%(title)s” stops at its next step.") % {"title": job.title})
    return _back(job)


@backoffice(ANY_STAFF)
@require_POST
def retry(request: StaffRequest, public_id: UUID) -> HttpResponse:
    job = job_reading.job_of(request.user, public_id)
    try:
        job_retry(job=job, by=request.user)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    else:
        toast(request, _("“%(title)s” runs again from where it stopped.") % {"title": job.title})
    return _back(job)


@backoffice(ANY_STAFF)
@require_GET
def download(request: StaffRequest, public_id: UUID, file_id: UUID) -> HttpResponseBase:
    file = job_reading.file_of(request.user, public_id, file_id)
    path = Path(settings.FILES_DIR) / file.path
    if not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
    )


class _Echo:
    """Gives ``csv`` something to write to that hands each line back."""

    def write(self, line: str) -> str:
        return line


@backoffice(ANY_STAFF)
@require_GET
def errors_download(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """The refused rows as CSV: line, column, reason."""
    job = job_reading.job_of(request.user, public_id)
    writer = csv.writer(_Echo())
    rows = job_reading.errors_of(job).values_list("line", "column", "reason").iterator()
    head = [[_("Line"), _("Column"), _("Reason")]]
    lines = (
        writer.writerow([inert(value) for value in row]) for part in (head, rows) for row in part
    )
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="errors-{job.public_id}.csv"'
    return answer
