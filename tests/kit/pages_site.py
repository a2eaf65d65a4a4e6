"""A list, a record and a form that stand only here, over jobs, beside the product's own pages."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.models import Job
from config.kit.pages import (
    Action,
    BulkAction,
    Column,
    Conflict,
    EmptyState,
    FormPage,
    IndexPage,
    Link,
    Panel,
    RecordPage,
    Section,
    Selection,
    Sort,
    Status,
    TwoLines,
    View,
    Wide,
    confirm_response,
    confirmed,
    conflict_response,
    toast,
)
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter
from config.kit.registry import Registry
from config.urls import urlpatterns as product

handled: list[tuple[Selection, dict[str, Any]]] = []


class LabelForm(forms.Form):
    label = forms.CharField(label="Label")


def remember(
    selection: Selection, request: HttpRequest, data: dict[str, Any]
) -> HttpResponse | None:
    if data.get("label") == "forbidden":
        raise DomainError("forbidden_label", "That label is taken.", field="label")
    handled.append((selection, data))
    toast(request, "It is done.", undo_url="/backoffice/undo/")
    return None


class JobFilter(django_filters.FilterSet):
    state = AnyOfFilter(label="State", choices=Job.State.choices)
    done = django_filters.RangeFilter(label="Done")
    began = WhenFilter(label="Began", field_name="started_at")
    like = AnyOfRowsFilter(
        label="Like",
        queryset=Job.objects.order_by("pk"),
        search_by="title",
        field_name="pk",
    )

    class Meta:
        model = Job
        fields: list[str] = []


class SomeJobs(IndexPage[Job]):
    key = "some-jobs"
    title = "Some jobs"
    search_label = "Title"
    filterset_class = JobFilter
    page_size = 4
    columns = (
        Column("title", "Title", lambda job: TwoLines(job.title, job.kind, "/x/"), card="title"),
        Column("state", "State", lambda job: Status("ok", job.state)),
        Column("done", "Done", "done", sort="done", card="aside"),
        Column("started", "Started", "started_at", sort="started"),
        Column("kind", "Kind", "kind", default=False),
    )
    sorts = (
        Sort("newest", "Newest", "created_at", descending=True),
        Sort("started", "Started", "started_at"),
        Sort("title", "Title", Lower("title")),
        Sort("done", "Done", "done"),
    )
    views = (View("all", "All"), View("failed", "Failed", {"state": "failed"}, sort="title"))
    bulk_actions = (
        BulkAction("plain", "Plain", "check", "", remember),
        BulkAction("label", "Label", "tag", "", remember, form=LabelForm),
        BulkAction("drop", "Drop", "trash", "", remember, confirm=lambda n: f"{n} go away."),
        BulkAction("owners", "Owners only", "lock", "kit.delete_job", remember),
    )
    empty = EmptyState(
        "Nothing was asked for", "It shows up here.", actions=(Action("Ask", "/x/"),)
    )

    def queryset(self) -> QuerySet[Job]:
        return Job.objects.filter(kind="test")

    def search(self, rows: QuerySet[Job], text: str) -> QuerySet[Job]:
        return rows.filter(title__icontains=text)


class PersonForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the document.")
    email = forms.EmailField(label="E-mail", required=False)


panels: Registry[Panel] = Registry("test.panels")
panels.register("late", Panel("Late", "kit/tray.html", lambda _r, _o: {"jobs": []}, order=2))
panels.register(
    "first",
    Panel("First", "kit/tray.html", lambda _r, _o: {"jobs": []}, order=1, count=lambda _o: 1234),
)
panels.register(
    "secret",
    Panel("Secret", "kit/tray.html", lambda _r, _o: {"jobs": []}, permission="kit.delete_job"),
)


@backoffice("")
def some_jobs(request: StaffRequest) -> HttpResponse:
    return SomeJobs(request).response()


@backoffice("")
def person_form(request: StaffRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    sections = [Section("Identity", "As on the document.", ["name", Wide("email", 2), "absent"])]
    page = FormPage(form, title="Edit", back=Link("Back", "/x/"), sections=sections, version="7")
    return page.response(request)


@backoffice("")
def person_conflict(request: StaffRequest) -> HttpResponse:
    conflicts = [Conflict("name", "Name", "Ana", "Anna", "Ana María")]
    return conflict_response(
        request,
        form=PersonForm(request.POST),
        conflicts=conflicts,
        version="8",
        back=Link("Back", "/x/"),
    )


@backoffice("")
def erase(request: StaffRequest) -> HttpResponse:
    if confirmed(request, "ana@correo.example"):
        return HttpResponse("gone")
    return confirm_response(
        request,
        title="Erase Ana",
        text="There is no way back.",
        submit="Erase for ever",
        back="/x/",
        phrase="ana@correo.example",
    )


@backoffice("")
def record(request: StaffRequest, active: str) -> HttpResponse:
    page = RecordPage(title="Ana", back=Link("People", "/x/"), avatar="Ana Millaray")
    return page.response(
        request,
        panels=panels,
        record=object(),
        active=active,
        panel_url=lambda key: f"/backoffice/test/record/{key}/",
    )


urlpatterns = [
    path("backoffice/test/jobs/", some_jobs),
    path("backoffice/test/form/", person_form),
    path("backoffice/test/conflict/", person_conflict),
    path("backoffice/test/erase/", erase),
    path("backoffice/test/record/<str:active>/", record),
    *product,
]
