"""The steps of a bulk action: who may, how many, is it still that many, then do it."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.kit.access import proof_due
from config.kit.errors import DomainError
from config.kit.pages.listing import BulkAction
from config.kit.pages.selection import Selection
from config.kit.pages.toasts import toast

if TYPE_CHECKING:
    from config.kit.pages.index import IndexPage

ASK, CHANGED, WRONG = 200, 409, 422


def bulk_response(index: "IndexPage[Any]", request: HttpRequest) -> HttpResponse:
    """Run the posted action, or ask before it: for its form, its consequence, a changed count."""
    action = _action(index, request)
    selection = Selection.from_request(request)
    if selection.is_empty:
        toast(request, _("Select at least one row first."), level="error")
        return HttpResponseRedirect(request.get_full_path())
    try:
        count = index.rows_of(selection, user=request.user).count()
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return HttpResponseRedirect(request.get_full_path())
    is_confirmed = request.POST.get("confirmed") == "1"
    if selection.covers_all and selection.expected != count:
        form = _form(action, request, bound=False)
        return _ask(index, request, action, selection, count, form, status=CHANGED)
    if action.asks and not is_confirmed:
        form = _form(action, request, bound=False)
        return _ask(index, request, action, selection, count, form, status=ASK)
    form = _form(action, request, bound=True)
    if form is not None and not form.is_valid():
        return _ask(index, request, action, selection, count, form, status=WRONG)
    due = proof_due(request) if action.needs_proof else None
    if due is not None:
        return due
    return _run(index, request, action, selection, count, form)


def _action(index: "IndexPage[Any]", request: HttpRequest) -> BulkAction:
    found = {one.key: one for one in index.allowed_bulk}.get(request.POST.get("action", ""))
    if found is None:
        raise PermissionDenied
    return found


def _form(action: BulkAction, request: HttpRequest, *, bound: bool) -> BaseForm | None:
    if action.form is None:
        return None
    return action.form(request.POST, request.FILES) if bound else action.form()


def _run(
    index: "IndexPage[Any]",
    request: HttpRequest,
    action: BulkAction,
    selection: Selection,
    count: int,
    form: BaseForm | None,
) -> HttpResponse:
    try:
        answer = action.handler(selection, request, form.cleaned_data if form else {})
    except DomainError as refusal:
        if form is None:
            toast(request, refusal.message, level="error")
            return HttpResponseRedirect(request.get_full_path())
        refusal.add_to(form)
        return _ask(index, request, action, selection, count, form, status=WRONG)
    return answer or HttpResponseRedirect(request.get_full_path())


def _ask(
    index: "IndexPage[Any]",
    request: HttpRequest,
    action: BulkAction,
    selection: Selection,
    count: int,
    form: BaseForm | None,
    *,
    status: int,
) -> HttpResponse:
    seen = selection.expected
    if selection.covers_all:
        selection = Selection(query=selection.query, expected=count, covers_all=True)
    context = {
        "index": index,
        "action": action,
        "count": count,
        "seen": seen,
        "has_changed": status == CHANGED,
        "form": form,
        "fields": selection.hidden_fields(),
        "consequence": action.confirm(count) if action.confirm else "",
    }
    return render(request, "kit/bulk.html", context, status=status)
