"""Any list as a file: the page that asks for it, the job that writes it.

A list declares ``export_permission``; before the data leaves, who asks proves again who they are.
"""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from config.kit import audit
from config.kit.access import ANY_STAFF, StaffRequest, backoffice, proof_due
from config.kit.backoffice.list_state import list_in_state, way_back
from config.kit.errors import DomainError
from config.kit.jobs.registry import job_kind
from config.kit.jobs.run import JobRun
from config.kit.jobs.services import job_start
from config.kit.models import Job
from config.kit.pages import IndexPage, Selection, toast
from config.kit.pages.exporting import export_lines, exported_columns
from config.kit.spreadsheets import TYPES, WRITERS

EXPORT = "kit.list_export"


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("csv", "CSV"), ("xlsx", gettext_lazy("Spreadsheet (XLSX)"))],
        widget=forms.RadioSelect,
        initial="csv",
    )


@backoffice(ANY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def list_export(request: StaffRequest, key: str) -> HttpResponse:
    """What the list shows, or its ticked rows; a POST without a format asks for one."""
    index = list_in_state(request, key)
    if index.export_permission is None:
        raise Http404
    if not request.user.has_perm(index.export_permission):
        raise PermissionDenied
    selection = _selection(request, index)
    try:
        count = index.rows_of(selection, user=request.user).count()
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return HttpResponseRedirect(way_back(request))
    form = ExportForm(request.POST if "kind" in request.POST else None)
    if form.is_valid():
        due = proof_due(request)
        if due is not None:
            return due
        kind = form.cleaned_data["kind"]
        job = list_export_start(
            index=index, selection=selection, kind=kind, by=request.user, request=request
        )
        toast(request, _("The file is being written. Its link works for 24 hours."), level="info")
        return HttpResponseRedirect(reverse("jobs:detail", args=[job.public_id]))
    context = {
        "index": index,
        "form": form,
        "back": way_back(request),
        "fields": selection.hidden_fields(),
        "columns": [str(one.label) for one in exported_columns(index)],
        "count": count,
    }
    return render(request, "kit/list_export.html", context, status=422 if form.errors else 200)


def _selection(request: StaffRequest, index: IndexPage[Any]) -> Selection:
    """The ticked rows; without any, all that the list shows."""
    ticked = Selection.from_request(request)
    if ticked.ids:
        return ticked
    return Selection(query=index.selection_query, covers_all=True)


@transaction.atomic
def list_export_start(
    *,
    index: IndexPage[Any],
    selection: Selection,
    kind: str,
    by: AbstractBaseUser,
    request: HttpRequest,
) -> Job:
    """Start writing; that it was asked for is written in the trail.

    :raises DomainError: ``format_unknown``.
    """
    if kind not in WRITERS:
        raise DomainError("format_unknown", _("There is no such format."), field="kind")
    title = _("Export: %(list)s") % {"list": index.title}
    params = {
        "list": index.key,
        "selection": selection.to_params(),
        "sort": index.order.token,
        "columns": index.column_keys,
        "kind": kind,
        "by": by.pk,
    }
    job = job_start(kind=EXPORT, params=params, by=by, title=title)
    data = {"list": index.key, "format": kind, "filter": selection.query}
    audit.record("kit.list.exported", actor=by, data=data, request=request)
    return job


@job_kind(EXPORT, title=gettext_lazy("Export of a list"), icon="file-export")
def write_export(run: JobRun) -> dict[str, Any]:
    """Whoever may no longer export this list gets no file."""
    params = run.params
    user = get_user_model()._default_manager.filter(pk=params["by"], is_active=True).first()
    found = IndexPage.of_key(params["list"])
    needed = found.export_permission if found else None
    if found is None or user is None or needed is None or not user.has_perm(needed):
        raise DomainError("not_allowed", _("You may not export this list."))
    selection = Selection.from_params(params["selection"])
    state = QueryDict(selection.query, mutable=True)
    state["sort"], state["columns"] = params["sort"], ",".join(params["columns"])
    index = found(params=state, user=user)
    run.progress(0, index.rows_of(selection, user=user).count())
    path = run.new_file(f"{params['list']}.{params['kind']}")
    lines = export_lines(index, selection, run.progress)
    written = WRITERS[params["kind"]](path, lines)
    run.keep_file(path, content_type=TYPES[params["kind"]])
    return {"rows": written}
