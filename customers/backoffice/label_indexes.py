"""The lists of tags and categories."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from config.kit.pages import (
    Action,
    Column,
    EmptyState,
    IndexPage,
    Sort,
    TwoLines,
    View,
    cells,
    formats,
)
from config.kit.pages.filtering.fields import Picked
from config.kit.pages.filtering.kinds import AnyOfFilter, WhenFilter
from customers.backoffice.index import TAG_TONES
from customers.models import Category, CategoryAssignment, Tag, Tagging
from customers.registry import category_sources

BY_STAFF = "staff"


def filling_kinds() -> list[tuple[str, str | Promise]]:
    """Who or what can fill a category."""
    sources = [(name, source.label) for name, source in category_sources.items()]
    return [(BY_STAFF, lazy("Staff")), *sources]


def filling_choices() -> list[tuple[str, str | Promise]]:
    """What can fill a category: ``source:key``, by the name of the source."""
    choices: list[tuple[str, str | Promise]] = [("", lazy("Staff give and take it"))]
    for name, source in category_sources.items():
        choices += [
            (f"{name}:{key}", f"{source.label}: {label}") for key, label in source.choices()
        ]
    return choices


def _filled_by(category: Category) -> TwoLines | str:
    source = category_sources.get(category.source)
    if source is None:
        return ""
    name = source.name(category.source_key)
    return TwoLines(name, str(source.label), url=source.url(category.source_key))


def _delete_link(url: str) -> str:
    return format_html('<a href="{}" data-dialog>{}</a>', url, _("Delete"))


USED, UNUSED = "yes", "no"
USE = ((USED, lazy("somebody")), (UNUSED, lazy("nobody")))


class TagFilter(django_filters.FilterSet):
    people = AnyOfFilter(label=lazy("People"), choices=USE, method="by_people")
    created = WhenFilter(label=lazy("Created"), field_name="created_at", is_nullable=False)

    class Meta:
        model = Tag
        fields: tuple[str, ...] = ()

    def by_people(self, rows: "QuerySet[Tag]", _name: str, value: Picked) -> "QuerySet[Tag]":
        return rows.filter(_used(value, Tagging.objects.filter(tag=OuterRef("pk"))))


class CategoryFilter(django_filters.FilterSet):
    people = AnyOfFilter(label=lazy("People"), choices=USE, method="by_people")
    filled = AnyOfFilter(label=lazy("Filled by"), choices=filling_kinds, method="by_source")

    class Meta:
        model = Category
        fields: tuple[str, ...] = ()

    def by_people(
        self, rows: "QuerySet[Category]", _name: str, value: Picked
    ) -> "QuerySet[Category]":
        return rows.filter(_used(value, CategoryAssignment.objects.filter(category=OuterRef("pk"))))

    def by_source(
        self, rows: "QuerySet[Category]", _name: str, value: Picked
    ) -> "QuerySet[Category]":
        return rows.filter(value.any_of(lambda one: Q(source="" if one == BY_STAFF else one)))


def _used(value: Picked, links: "QuerySet[Any]") -> Q:
    return value.any_of(lambda one: Q(Exists(links)) if one == USED else ~Q(Exists(links)))


class TagIndex(IndexPage[Tag]):
    key = "tags"
    permission = "customers.view_tag"
    filterset_class = TagFilter
    export_permission = "customers.view_tag"
    title = lazy("Tags")
    search_label = lazy("Name of a tag")
    columns = (
        Column(
            "name",
            lazy("Tag"),
            lambda row: TwoLines(row.name, url=reverse("customers:tag_edit", args=[row.pk])),
            sort="name",
            card="title",
        ),
        Column(
            "look",
            lazy("On a record"),
            lambda row: cells.tag(row.name, TAG_TONES.get(row.color, "slate")),
            card="hidden",
        ),
        Column("people", lazy("People"), "people", card="aside"),
        Column("created", lazy("Created"), "created_at", sort="created", card="hidden"),
        Column(
            "delete",
            "",
            lambda row: _delete_link(reverse("customers:tag_delete", args=[row.pk])),
            align="end",
        ),
    )
    sorts = (
        Sort("name", lazy("Name"), Lower("name"), nullable=False),
        Sort("created", lazy("Created"), "created_at", descending=True, nullable=False),
    )
    views = (
        View("all", pgettext_lazy("feminine", "All")),
        View("unused", lazy("Unused"), {"people": UNUSED}),
    )
    empty = EmptyState(
        lazy("No tags yet"), lazy("Tags are free words on people. They come up on each record.")
    )

    def queryset(self) -> "QuerySet[Tag]":
        return Tag.objects.all()

    def search(self, rows: "QuerySet[Tag]", text: str) -> "QuerySet[Tag]":
        return rows.filter(name__icontains=text)

    def load(self, rows: list[Tag]) -> None:
        counts = dict(
            Tagging.objects.filter(tag__in=rows).values_list("tag").annotate(n=Count("pk"))
        )
        for row in rows:
            vars(row)["people"] = counts.get(row.pk, 0)

    def actions(self) -> Sequence[Action]:
        url = reverse("customers:tag_create")
        return (Action(_("New tag"), url, "plus", style="primary", permission="customers.add_tag"),)

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s tag", "%(n)s tags", count) % {"n": formats.number(count)}


class CategoryIndex(IndexPage[Category]):
    key = "categories"
    permission = "customers.view_category"
    filterset_class = CategoryFilter
    export_permission = "customers.view_category"
    title = lazy("Categories")
    search_label = lazy("Name or code of a category")
    columns = (
        Column(
            "name",
            lazy("Category"),
            lambda row: TwoLines(
                row.name, row.description, url=reverse("customers:category_edit", args=[row.pk])
            ),
            sort="name",
            card="title",
        ),
        Column("code", lazy("Code"), "code", sort="code"),
        Column("filled_by", lazy("Filled by"), _filled_by),
        Column("people", lazy("People"), "people", card="aside"),
        Column(
            "delete",
            "",
            lambda row: _delete_link(reverse("customers:category_delete", args=[row.pk])),
            align="end",
        ),
    )
    sorts = (
        Sort("name", lazy("Name"), Lower("name"), nullable=False),
        Sort("code", lazy("Code"), "code", nullable=False),
    )
    views = (
        View("all", pgettext_lazy("feminine", "All")),
        View("unused", lazy("Unused"), {"people": UNUSED}),
    )
    empty = EmptyState(
        lazy("No categories yet"),
        lazy("A category is a group with a code: retail, wholesale. Prices can ask for it."),
    )

    def queryset(self) -> "QuerySet[Category]":
        return Category.objects.all()

    def search(self, rows: "QuerySet[Category]", text: str) -> "QuerySet[Category]":
        return rows.filter(name__icontains=text) | rows.filter(code__icontains=text)

    def load(self, rows: list[Category]) -> None:
        counts = dict(
            CategoryAssignment.objects.filter(category__in=rows)
            .values_list("category")
            .annotate(n=Count("pk"))
        )
        for row in rows:
            vars(row)["people"] = counts.get(row.pk, 0)

    def actions(self) -> Sequence[Action]:
        url = reverse("customers:category_create")
        return (
            Action(
                _("New category"),
                url,
                "plus",
                style="primary",
                permission="customers.add_category",
            ),
        )

    def count_label(self, count: int) -> str:
        text = formats.number(count)
        return ngettext("%(n)s category", "%(n)s categories", count) % {"n": text}
