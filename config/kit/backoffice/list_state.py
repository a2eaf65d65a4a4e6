"""What the pages about a list are told of it: which list, in which state, and the way back."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from config.kit.access import StaffRequest
from config.kit.pages import IndexPage

LONGEST_STATE = 8000


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    is_shared = forms.BooleanField(label=_("Everybody sees it"), required=False)
    is_default = forms.BooleanField(label=_("I start with it"), required=False)


def list_class(request: StaffRequest, key: str) -> type[IndexPage[Any]]:
    """:raises Http404: no such list. :raises PermissionDenied: not for this person."""
    found = IndexPage.of_key(key)
    if found is None:
        raise Http404
    if found.permission and not request.user.has_perm(found.permission):
        raise PermissionDenied
    return found


def list_in_state(request: StaffRequest, key: str) -> IndexPage[Any]:
    """The list with the filters, order and columns that stand in ``state``."""
    state = request.GET.get("state", "")[:LONGEST_STATE]
    return list_class(request, key)(params=QueryDict(state), user=request.user)


@dataclass(frozen=True)
class Kept:
    """The part of a list's state that a view keeps."""

    params: dict[str, list[str]]
    sort: str
    columns: list[str]


def kept_state(index: IndexPage[Any]) -> Kept:
    usual = [one.key for one in index.columns if one.default]
    chosen = index.column_keys
    return Kept(index.filter_lists(), index.order.token, [] if chosen == usual else chosen)


def way_back(request: StaffRequest) -> str:
    """The list's own address, with its state; never another site's."""
    target = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours and target.startswith("/backoffice/") else "/backoffice/"


def back_with(request: StaffRequest, **changes: str) -> str:
    """The list's address with other values in its state; an empty one takes the value out."""
    path, _mark, query = way_back(request).partition("?")
    data = QueryDict(query, mutable=True)
    for key, value in changes.items():
        data.pop(key, None)
        if value:
            data[key] = value
    return f"{path}?{data.urlencode()}" if data else path


def view_url(request: StaffRequest, key: str) -> str:
    return f"{way_back(request).partition('?')[0]}?view={key}"
