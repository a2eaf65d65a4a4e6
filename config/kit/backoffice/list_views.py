"""Kept views and columns of any list."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit.access import ANY_STAFF, StaffRequest, backoffice
from config.kit.backoffice.list_state import (
    Kept,
    ViewForm,
    back_with,
    kept_state,
    list_class,
    list_in_state,
    view_url,
    way_back,
)
from config.kit.errors import DomainError
from config.kit.models import SavedView
from config.kit.numbers import whole
from config.kit.pages import confirm_response, saved_views, toast
from config.kit.pages.index_state import moved


@backoffice(ANY_STAFF)
@require_POST
def columns(request: StaffRequest, key: str) -> HttpResponse:
    """Remember columns and their order; in a kept view they stand in the URL until it is saved."""
    found = list_class(request, key)
    known = [one.key for one in found.columns]
    chosen = [one for one in request.POST.getlist("columns") if one in known]
    move = request.POST.get("move", "")
    if move:
        chosen = moved(chosen, move)
    if request.POST.get("reset"):
        chosen = []
    is_open = "columns" if move else ""
    if request.POST.get("in_url") == "1":
        return HttpResponseRedirect(back_with(request, columns=",".join(chosen), open=is_open))
    saved_views.preference_change(user=request.user, list_key=key, columns=chosen)
    return HttpResponseRedirect(back_with(request, columns="", open=is_open))


@backoffice(ANY_STAFF)
@require_safe
def views(request: StaffRequest, key: str) -> HttpResponse:
    """All tabs of the list, to put in order, rename, copy and delete."""
    index = list_in_state(request, key)
    rows = [(view, _tools(request, key, view.saved)) for view in index.all_views]
    whole = index.whole_view.key if index.whole_view else ""
    state = urlencode({"state": request.GET.get("state", "")})
    context = {
        "index": index,
        "rows": rows,
        "default": index.preference.default_view or index.first_view or whole,
        "back": way_back(request),
        "order_url": _with_next(request, "view_order", key),
        "default_url": _with_next(request, "view_default", key),
        "new_url": f"{_with_next(request, 'view_new', key)}&{state}",
    }
    return render(request, "kit/saved_views.html", context)


def _with_next(request: StaffRequest, name: str, *args: Any) -> str:
    return f"{reverse(f'lists:{name}', args=args)}?{urlencode({'next': way_back(request)})}"


def _tools(request: StaffRequest, key: str, saved: SavedView | None) -> dict[str, str]:
    """The addresses of what this person may do to a kept view."""
    if saved is None:
        return {}
    names = ["view_copy"]
    if saved_views.may_change(request.user, saved):
        names += ["view_edit", "view_delete"]
    return {name: _with_next(request, name, key, saved.public_id) for name in names}


@backoffice(ANY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def view_new(request: StaffRequest, key: str) -> HttpResponse:
    """Keep what one sees under a name."""
    index = list_in_state(request, key)
    form = ViewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _create(request, key, kept_state(index), form.cleaned_data)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("The view “%(name)s” was saved.") % {"name": saved.name})
            return redirect(view_url(request, str(saved.public_id)))
    return _ask(
        request,
        form,
        title=_("Save as a view"),
        text=_("It keeps the filters, the order and the columns, not the words of the search."),
    )


def _create(request: StaffRequest, key: str, kept: Kept, data: dict[str, Any]) -> SavedView:
    saved = saved_views.view_create(
        list_key=key,
        name=data["name"],
        params=kept.params,
        sort=kept.sort,
        columns=kept.columns,
        is_shared=data["is_shared"],
        by=request.user,
        request=request,
    )
    if data["is_default"]:
        saved_views.preference_change(
            user=request.user, list_key=key, default_view=str(saved.public_id)
        )
    return saved


def _ask(request: StaffRequest, form: ViewForm, *, title: str, text: str) -> HttpResponse:
    return confirm_response(
        request,
        title=title,
        text=text,
        submit=_("Save"),
        back=way_back(request),
        danger=False,
        form=form,
    )


@backoffice(ANY_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def view_edit(request: StaffRequest, key: str, public_id: UUID) -> HttpResponse:
    """Another name; shared or private; the one to start with or not."""
    list_class(request, key)
    saved = saved_views.visible_view(request.user, key, public_id)
    preference = saved_views.preference_of(request.user, key)
    is_default = preference.default_view == str(public_id)
    initial = {"name": saved.name, "is_shared": saved.is_shared, "is_default": is_default}
    form = ViewForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _rename(request, saved, form.cleaned_data, was_default=is_default)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            return redirect(_with_next(request, "views", key))
    text = _("It stays as it is in all other things.")
    return _ask(request, form, title=_("Rename the view"), text=text)


def _rename(
    request: StaffRequest, saved: SavedView, data: dict[str, Any], *, was_default: bool
) -> None:
    if (data["name"], data["is_shared"]) != (saved.name, saved.is_shared):
        saved_views.view_rename(
            view=saved,
            name=data["name"],
            is_shared=data["is_shared"],
            by=request.user,
            request=request,
        )
    if data["is_default"] != was_default:
        default = str(saved.public_id) if data["is_default"] else ""
        saved_views.preference_change(
            user=request.user, list_key=saved.list_key, default_view=default
        )


@backoffice(ANY_STAFF)
@require_POST
def view_save(request: StaffRequest, key: str, public_id: UUID) -> HttpResponse:
    """Put what one sees into the view."""
    index = list_in_state(request, key)
    saved = saved_views.visible_view(request.user, key, public_id)
    kept = kept_state(index)
    try:
        saved_views.view_replace(
            view=saved,
            version=whole(request.POST.get("version")),
            params=kept.params,
            sort=kept.sort,
            columns=kept.columns,
            by=request.user,
            request=request,
        )
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect(way_back(request))
    toast(request, _("The view “%(name)s” was saved.") % {"name": saved.name})
    return redirect(view_url(request, str(public_id)))


@backoffice(ANY_STAFF)
@require_POST
def view_copy(request: StaffRequest, key: str, public_id: UUID) -> HttpResponse:
    list_class(request, key)
    saved = saved_views.visible_view(request.user, key, public_id)
    try:
        saved_views.view_duplicate(view=saved, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    return redirect(_with_next(request, "views", key))


@backoffice(ANY_STAFF)
@require_POST
def view_remove(request: StaffRequest, key: str, public_id: UUID) -> HttpResponse:
    list_class(request, key)
    saved = saved_views.visible_view(request.user, key, public_id)
    try:
        saved_views.view_delete(view=saved, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    else:
        undo = _with_next(request, "view_restore", key, public_id)
        text = _("The view “%(name)s” was deleted.") % {"name": saved.name}
        toast(request, text, undo_url=undo)
    return redirect(_with_next(request, "views", key))


@backoffice(ANY_STAFF)
@require_POST
def view_bring_back(request: StaffRequest, key: str, public_id: UUID) -> HttpResponse:
    list_class(request, key)
    saved = saved_views.visible_view(request.user, key, public_id, gone=True)
    try:
        saved_views.view_restore(view=saved, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    return redirect(_with_next(request, "views", key))


@backoffice(ANY_STAFF)
@require_POST
def view_order(request: StaffRequest, key: str) -> HttpResponse:
    """One tab a place to the front or to the back, for this person."""
    index = list_class(request, key)(user=request.user)
    keys = [view.key for view in index.all_views]
    order = moved(keys, request.POST.get("move", ""))
    saved_views.preference_change(user=request.user, list_key=key, view_order=order)
    return redirect(_with_next(request, "views", key))


@backoffice(ANY_STAFF)
@require_POST
def view_default(request: StaffRequest, key: str) -> HttpResponse:
    """The tab with which this person starts."""
    index = list_class(request, key)(user=request.user)
    wanted = request.POST.get("view", "")
    if wanted in {view.key for view in index.all_views}:
        saved_views.preference_change(user=request.user, list_key=key, default_view=wanted)
    return redirect(_with_next(request, "views", key))
