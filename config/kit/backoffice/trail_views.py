"""The audit trail: list, entry, export."""

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.audit.catalogue import kind_text
from config.kit.backoffice import trail_reading as reading
from config.kit.backoffice.trail_export import trail_export_start
from config.kit.backoffice.trail_index import TrailIndex
from config.kit.pages import FormPage, Link, toast

VALUES = "kit.view_auditvalues"


@backoffice(reading.VIEW)
@require_safe
def trail(request: StaffRequest) -> HttpResponse:
    return TrailIndex(request).response()


@backoffice(reading.VIEW)
@require_safe
def trail_entry(request: StaffRequest, pk: int) -> HttpResponse:
    entry = reading.entry_of(pk)
    context = {
        "entry": entry,
        "title": reading.title_of(entry),
        "who": reading.who(entry),
        "actor_url": reading.actor_url(entry.actor_id),
        "where": reading.where(entry),
        "subject": reading.subjects_of([entry])[entry.pk],
        "kind": kind_text(entry.subject_kind),
        "subject_trail_url": (
            reading.subject_url(entry.subject_kind, entry.subject_id) if entry.subject_id else ""
        ),
        "values": reading.values_of(entry),
        "may_see_values": request.user.has_perm(VALUES),
        "details": reading.details_of(entry),
        "proof": reading.proof_of(entry),
    }
    return render(request, "kit/trail_entry.html", context)


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("csv", "CSV"), ("xlsx", gettext_lazy("Spreadsheet (XLSX)"))],
    )


@backoffice(reading.VIEW)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def trail_export(request: StaffRequest) -> HttpResponse:
    """What the list shows for the filter in the URL, as a file."""
    form = ExportForm(request.POST or None)
    query = request.GET.urlencode()[:2000]
    if request.method == "POST" and form.is_valid():
        job = trail_export_start(
            query=query, kind=form.cleaned_data["kind"], by=request.user, request=request
        )
        toast(request, _("The file is being written. Its link works for 24 hours."), level="info")
        return HttpResponseRedirect(reverse("jobs:detail", args=[job.public_id]))
    return FormPage(
        form,
        title=_("Export the audit trail"),
        back=Link(_("Audit trail"), f"{reverse('kit:trail')}?{query}"),
        submit=_("Write the file"),
        intro=_(
            "One row for each entry that the list shows, with before and after and its seal. That "
            "you asked for it is written in the trail."
        ),
    ).response(request)
