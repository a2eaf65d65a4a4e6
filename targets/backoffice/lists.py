"""Lists of people: the index, a list, its name, and who is put on it or taken off."""

from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import (
    FormPage,
    Link,
    RowForm,
    Section,
    Shown,
    Wide,
    confirm_response,
    confirmed,
    formats,
    toast,
)
from targets.access import list_or_404
from targets.backoffice.list_index import StaticListIndex, list_url
from targets.backoffice.list_page import PeopleForm, list_page
from targets.registry import list_panels
from targets.selectors.lists import people_named
from targets.services.lists import (
    list_add,
    list_check_unused,
    list_create,
    list_delete,
    list_remove,
    list_update,
    list_values,
)

MOST_TICKED = 1_000
MOST_MISSING = 200


class ListForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    description = forms.CharField(
        label=gettext_lazy("What it is for"), required=False, max_length=500
    )


@backoffice("targets.view_target")
@require_http_methods(["GET", "POST"])
def lists(request: StaffRequest) -> HttpResponse:
    return StaticListIndex(request).response()


@backoffice("targets.view_target")
@require_GET
def people_list(request: StaffRequest, public_id: UUID, panel: str = "people") -> HttpResponse:
    people = list_or_404(public_id)
    return list_page(people).response(
        request,
        panels=list_panels,
        record=people,
        active=panel,
        panel_url=lambda key: reverse("targets:list_panel", args=[people.public_id, key]),
    )


@backoffice("targets.add_target")
@require_http_methods(["GET", "POST"])
def list_new(request: StaffRequest) -> HttpResponse:
    back = Link(_("Lists of people"), reverse("targets:lists"))
    return RowForm(
        make=lambda data, _initial: ListForm(data),
        page=lambda form: _page(form, _("New list of people"), back, _("Make list")),
        save=lambda form, _seen: list_create(**form.cleaned_data, by=request.user),
        done=_("The list is made. Put people on it."),
        leads_to=list_url,
    ).response(request)


@backoffice("targets.change_target")
@require_http_methods(["GET", "POST"])
def list_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    people = list_or_404(public_id)
    back = Link(people.name, list_url(people))

    def save(form: ListForm, seen: Shown | None) -> None:
        list_update(people=people, **form.cleaned_data, seen=seen, by=request.user)

    return RowForm(
        row=people,
        shown=lambda: list_values(list_or_404(public_id)),
        make=lambda data, initial: ListForm(data, initial=initial),
        page=lambda form: _page(form, _("Edit the list"), back, _("Save list")),
        save=save,
        done=_("The list was saved."),
        leads_to=lambda _saved: list_url(people),
    ).response(request)


def _page(form: ListForm, title: str, back: Link, submit: str) -> FormPage:
    sections = [Section("", "", ["name", Wide("description", 2)])]
    return FormPage(form, title=title, back=back, submit=submit, sections=sections)


@backoffice("targets.delete_target")
@require_http_methods(["GET", "POST"])
def list_gone(request: StaffRequest, public_id: UUID) -> HttpResponse:
    people = list_or_404(public_id)
    if not confirmed(request):
        text, submit = _("The list is lost. The people on it stay as they are."), _("Delete list")
        try:
            list_check_unused(people=people)
        except DomainError as refusal:
            text, submit = refusal.message, ""
        return confirm_response(
            request,
            title=_("Delete %(name)s?") % {"name": people.name},
            text=text,
            submit=submit,
            back=list_url(people),
        )
    try:
        list_delete(people=people, by=request.user)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return HttpResponseRedirect(list_url(people))
    toast(request, _("%(name)s is deleted.") % {"name": people.name})
    return HttpResponseRedirect(reverse("targets:lists"))


@backoffice("targets.change_target")
@require_http_methods(["GET", "POST"])
def list_put(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Put on the list whom the text or the file names; say which lines name nobody."""
    people = list_or_404(public_id)
    form = PeopleForm(request.POST or None, request.FILES or None)
    context = {"people": people, "people_form": form, "missing": [], "back": list_url(people)}
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "targets/list_add.html", context, status=status)
    named = people_named(form.cleaned_data["text"])
    added = list_add(people=people, ids=named.ids, by=request.user)
    if not named.missing and not named.is_cut:
        toast(request, added_words(added, len(named.ids) - added))
        return HttpResponseRedirect(list_url(people))
    context |= {
        "is_done": True,
        "said": added_words(added, len(named.ids) - added),
        "missing": named.missing[:MOST_MISSING],
        "missing_count": len(named.missing),
        "is_cut": named.is_cut,
        "people_form": PeopleForm(),
    }
    return render(request, "targets/list_add.html", context)


def added_words(added: int, held: int) -> str:
    values = {"n": formats.number(added), "held": formats.number(held)}
    if not held:
        said = ngettext(
            "%(n)s person was put on the list.", "%(n)s people were put on the list.", added
        )
        return said % values
    said = ngettext(
        "%(n)s person was put on the list. On it already: %(held)s.",
        "%(n)s people were put on the list. On it already: %(held)s.",
        added,
    )
    return said % values


@backoffice("targets.change_target")
@require_POST
def list_take(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Take the ticked people off the list."""
    people = list_or_404(public_id)
    ids = [int(one) for one in request.POST.getlist("person") if one.isdecimal() and len(one) < 19]
    gone = list_remove(people=people, ids=ids[:MOST_TICKED], by=request.user)
    said = ngettext(
        "%(n)s person was taken off the list.", "%(n)s people were taken off the list.", gone
    )
    toast(request, said % {"n": formats.number(gone)})
    return HttpResponseRedirect(list_url(people))
