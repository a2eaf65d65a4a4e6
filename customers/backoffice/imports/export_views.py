"""Exporting from the list: all, what a filter shows, or ticked people."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.pages import BulkAction, FormPage, IndexPage, Link, Selection, toast
from customers.exporting.services import export_start

PERMISSION = "customers.export_customers"


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label=lazy("Format"), choices=[("csv", "CSV"), ("xlsx", lazy("Spreadsheet (XLSX)"))]
    )
    bom = forms.BooleanField(
        label=lazy("Mark the file as UTF-8"),
        help_text=lazy("For CSV that old versions of Excel will open."),
        required=False,
    )
    sensitive = forms.BooleanField(
        label=lazy("With ID numbers and birthdays"), required=False, initial=True
    )


def _start(request: HttpRequest, selection: dict[str, Any], data: dict[str, Any]) -> HttpResponse:
    user: Any = request.user
    job = export_start(by=user, selection=selection, **data)
    toast(request, _("The file is being written. Its link works for 24 hours."), level="info")
    return redirect(reverse("jobs:detail", args=[job.public_id]))


def export_selected(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    return _start(request, selection.to_params(), data)


BULK_EXPORT = BulkAction(
    "export",
    lazy("Export"),
    "file-export",
    PERMISSION,
    export_selected,
    form=ExportForm,
    needs_proof=True,
)


def _who(query: str, user: Any) -> str:
    """Who goes into the file, in a sentence.

    :raises DomainError: a filter of ``query`` cannot be applied any more.
    """
    page = IndexPage.known["customers"]
    index = page.of_query(query, user=user)
    count = page.rows_of(Selection(query=query, covers_all=True), user=user).count()
    shown = index.count_label(count)
    told = [f"{chip.label}: {chip.text}" for chip in index.chips]
    if index.text:
        told.insert(0, _("Search: %(text)s") % {"text": index.text})
    if not told:
        return _("All of them: %(customers)s.") % {"customers": shown}
    return _("%(customers)s that the list shows with these filters: %(filters)s.") % {
        "customers": shown,
        "filters": "; ".join(told),
    }


@backoffice(PERMISSION)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def export_new(request: StaffRequest) -> HttpResponse:
    """All customers, or those of the list's filter that stands in ``query``."""
    form = ExportForm(request.POST or None)
    query = request.GET.get("query", "")[:8000]
    try:
        who = _who(query, request.user)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect(reverse("customers:list"))
    if request.method == "POST" and form.is_valid():
        selection = Selection(query=query, covers_all=True)
        return _start(request, selection.to_params(), form.cleaned_data)
    return FormPage(
        form,
        title=_("Export customers"),
        back=Link(_("Customers"), reverse("customers:list")),
        submit=_("Write the file"),
        intro=" ".join(
            (
                who,
                _(
                    "One row for each customer, with texts that no spreadsheet runs as formulas. "
                    "The same file can be imported again."
                ),
            )
        ),
    ).response(request)
