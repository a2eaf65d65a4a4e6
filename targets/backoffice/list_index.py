"""The index of lists of people."""

import django_filters as filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.kit.pages import Action, Column, EmptyState, IndexPage, Sort, TwoLines, formats
from config.kit.pages.filtering.kinds import WhenFilter
from targets.models import StaticList
from targets.selectors.lists import lists_with_people


def list_url(people: StaticList) -> str:
    return reverse("targets:list", args=[people.public_id])


class StaticListFilter(filters.FilterSet):
    created = WhenFilter(label=_("Created"), field_name="created_at", is_nullable=False)

    class Meta:
        model = StaticList
        fields: list[str] = []


class StaticListIndex(IndexPage[StaticList]):
    key = "lists"
    title = _("Lists of people")
    search_label = _("Name or slug")
    permission = "targets.view_target"
    export_permission = "targets.view_target"
    filterset_class = StaticListFilter
    sorts = (
        Sort("name", _("Name"), "name", nullable=False),
        Sort("created", _("Created"), "created_at", descending=True, nullable=False),
    )
    columns = (
        Column(
            "name",
            _("List"),
            lambda one: TwoLines(one.name, one.description, url=list_url(one)),
            sort="name",
            card="title",
        ),
        Column("people", _("People"), "people", card="aside"),
        Column("created", _("Created"), "created_at", sort="created"),
        Column("slug", _("Slug"), "slug", default=False, card="hidden"),
    )
    empty = EmptyState(
        icon="list-check",
        title=_("People whom no rule can name"),
        text=_(
            "A list holds whom you choose yourself: guests of an evening, winners of a draw. "
            "Rules of targets ask for it like for anything else."
        ),
        actions=(Action(_("New list"), "new/", icon="plus", style="primary"),),
    )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s list", "%(n)s lists", count) % {"n": formats.number(count)}

    def queryset(self) -> "QuerySet[StaticList]":
        return lists_with_people()

    def search(self, rows: "QuerySet[StaticList]", text: str) -> "QuerySet[StaticList]":
        return rows.filter(name__icontains=text) | rows.filter(slug__icontains=text)

    def actions(self) -> list[Action]:
        return [
            Action(
                _("New list"),
                reverse("targets:list_new"),
                icon="plus",
                style="primary",
                permission="targets.add_target",
            ),
            Action(_("Targets"), reverse("targets:index"), icon="target"),
        ]

    def record_url(self, row: StaticList) -> str:
        return list_url(row)
