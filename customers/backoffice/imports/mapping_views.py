"""Saved mappings: used and left in the wizard, listed, renamed, deleted."""

from collections.abc import Sequence
from uuid import UUID

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import (
    Action,
    Column,
    EmptyState,
    FormPage,
    IndexPage,
    Link,
    Section,
    Sort,
    TwoLines,
    Wide,
    confirm_response,
    confirmed,
    formats,
    toast,
)
from customers.access import mapping_of
from customers.importing.destinations import custom_fields_of, label_of_key
from customers.importing.fields import POLICIES
from customers.importing.mappings import LIMIT, mapping_delete, mapping_rename, mappings_listed
from customers.models import ImportMapping

PERMISSION = "customers.import_customers"


class MappingFilter(django_filters.FilterSet):
    class Meta:
        model = ImportMapping
        fields: tuple[str, ...] = ()


def _columns_text(row: ImportMapping) -> str:
    count = sum(bool(one["field"]) for one in row.columns)
    text = ngettext("%(n)s column goes in", "%(n)s columns go in", count)
    return text % {"n": formats.number(count)}


def _name(row: ImportMapping) -> TwoLines:
    url = reverse("imports:mapping", args=[row.public_id])
    return TwoLines(row.name, ", ".join(str(one["name"]) for one in row.columns[:6]), url=url)


class MappingIndex(IndexPage[ImportMapping]):
    key = "import_mappings"
    title = lazy("Saved mappings")
    search_label = lazy("Name of the mapping")
    permission = PERMISSION
    export_permission = PERMISSION
    filterset_class = MappingFilter
    columns = (
        Column("name", lazy("Name"), _name, sort="name", card="title"),
        Column("columns", lazy("Columns"), _columns_text),
        Column("by", lazy("Who"), lambda row: str(row.created_by or ""), card="hidden"),
        Column("used", lazy("Last used"), "used_at", sort="used"),
    )
    sorts = (
        Sort("name", lazy("Name"), "name", nullable=False),
        Sort("used", lazy("Last used"), "used_at", descending=True),
    )
    empty = EmptyState(
        lazy("No mapping is saved"),
        lazy(
            "Give the choices for a file a name on the page of its columns. The next file with the "
            "same columns gets them by itself."
        ),
        icon="columns",
        actions=(Action(lazy("Import a file"), "/backoffice/imports/new/", style="primary"),),
    )

    def queryset(self) -> "QuerySet[ImportMapping]":
        return mappings_listed()

    def search(self, rows: "QuerySet[ImportMapping]", text: str) -> "QuerySet[ImportMapping]":
        return rows.filter(name__icontains=text)

    def actions(self) -> Sequence[Action]:
        return ()

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s mapping", "%(n)s mappings", count) % {"n": formats.number(count)}


def _labels(mapping: ImportMapping) -> list[dict[str, str]]:
    custom = custom_fields_of()
    return [
        {
            "name": str(one["name"]),
            "label": label_of_key(one["field"], custom),
            "policy": str(POLICIES.get(one["policy"], "")),
        }
        for one in mapping.columns
    ]


class MappingForm(forms.Form):
    name = forms.CharField(label=lazy("Name"), max_length=LIMIT)


def _list() -> Link:
    return Link(_("Saved mappings"), reverse("imports:mappings"))


@backoffice(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping_list(request: StaffRequest) -> HttpResponse:
    return MappingIndex(request).response()


@backoffice(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping_page(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What each column becomes, and the name, which can be changed."""
    mapping = mapping_of(public_id)
    form = MappingForm(request.POST or None, initial={"name": mapping.name})
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            mapping_rename(mapping=mapping, name=name, by=request.user, request=request)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("Saved."))
            return redirect("imports:mappings")
    page = FormPage(
        form,
        title=mapping.name,
        back=_list(),
        submit=_("Save"),
        sections=[Section(_("Name"), _("The command takes it too."), [Wide("name", 3)])],
        template_name="imports/mapping.html",
    )
    return page.response(request, {"mapping": mapping, "columns": _labels(mapping)})


@backoffice(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping_remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    mapping = mapping_of(public_id)
    if confirmed(request):
        mapping_delete(mapping=mapping, by=request.user, request=request)
        toast(request, _("The mapping is deleted."))
        return redirect("imports:mappings")
    return confirm_response(
        request,
        title=_("Delete the mapping “%(name)s”") % {"name": mapping},
        text=_("Imports that used it stay as they are; new files are recognised as without it."),
        submit=_("Delete mapping"),
        back=reverse("imports:mapping", args=[mapping.public_id]),
    )
