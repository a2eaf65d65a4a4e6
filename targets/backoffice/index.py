"""The list of targets."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.kit.pages import Action, Column, EmptyState, IndexPage, Sort, charts, formats
from config.kit.pages.filtering.kinds import WhenFilter
from targets.catalog import Catalog
from targets.models import Target
from targets.selectors.members import sparks
from targets.selectors.words import target_words

MOST_PEOPLE = 10**15


def target_url(target: Target) -> str:
    return reverse("targets:target", args=[target.public_id])


def _people(target: Target) -> int | str:
    return gettext("being counted") if target.evaluated_at is None else target.members_count


def _spark(target: Any) -> Any:
    if len(target.spark) < 2:
        return None
    title = gettext("People of %(name)s over time") % {"name": target.name}
    return charts.sparkline(target.spark, title=title)


def _people_count() -> forms.IntegerField:
    return forms.IntegerField(min_value=0, max_value=MOST_PEOPLE)


class TargetFilter(filters.FilterSet):
    members = filters.RangeFilter(
        label=_("People"), field_name="members_count", fields=(_people_count(), _people_count())
    )
    created = WhenFilter(label=_("Created"), field_name="created_at", is_nullable=False)

    class Meta:
        model = Target
        fields: list[str] = []


class TargetIndex(IndexPage[Target]):
    key = "targets"
    template_name = "targets/index.html"
    title = _("Targets")
    search_label = _("Name or slug")
    permission = "targets.view_target"
    export_permission = "targets.view_target"
    filterset_class = TargetFilter
    sorts = (
        Sort("created", _("Created"), "created_at", descending=True, nullable=False),
        Sort("name", _("Name"), "name", nullable=False),
        Sort("people", _("People"), "members_count", descending=True, nullable=False),
    )
    empty = EmptyState(
        icon="target",
        title=_("Group people by what they are and do"),
        text=_(
            "A target is a rule, such as “logged in within 90 days and lives in Santiago”. "
            "Its people are always those who satisfy it: you write to them, and filter by it."
        ),
        actions=(Action(_("New target"), "new/", icon="plus", style="primary"),),
    )
    columns = (
        Column(
            "name",
            _("Target"),
            lambda one: one,
            sort="name",
            card="title",
            template="targets/cells/name.html",
        ),
        Column("people", _("People"), _people, sort="people", card="aside"),
        Column("size", _("Over time"), _spark, card="hidden", in_files=False),
        Column("created", _("Created"), "created_at", sort="created"),
        Column("evaluated", _("Evaluated"), "evaluated_at", default=False),
        Column("slug", _("Slug"), "slug", default=False, card="hidden"),
    )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s target", "%(n)s targets", count) % {"n": formats.number(count)}

    def queryset(self) -> QuerySet[Target]:
        return Target.objects.all()

    def search(self, rows: QuerySet[Target], text: str) -> QuerySet[Target]:
        return rows.filter(name__icontains=text) | rows.filter(slug__icontains=text)

    def actions(self) -> list[Action]:
        return [
            Action(
                _("New target"),
                reverse("targets:new"),
                icon="plus",
                style="primary",
                permission="targets.add_target",
            ),
            Action(_("Lists of people"), reverse("targets:lists"), icon="list-check"),
            Action(_("Compare two"), reverse("targets:compare"), icon="git-compare"),
        ]

    def record_url(self, row: Target) -> str:
        return target_url(row)

    def load(self, rows: list[Target]) -> None:
        catalog = Catalog()
        sizes = sparks(rows)
        for row in rows:
            extra: Any = row
            extra.words = target_words(row, catalog)
            extra.spark = sizes[row.pk]
