"""The list of the audit trail."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import BaseForm, HiddenInput
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.kit.audit.catalogue import actions, kind_text, subjects
from config.kit.backoffice import trail_reading as reading
from config.kit.models import AuditEntry
from config.kit.pages import Action, Column, EmptyState, IndexPage, Sort, TwoLines, View, formats
from config.kit.pages.filtering.fields import Picked
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter

Rows = QuerySet[AuditEntry]


def _actions() -> list[tuple[str, str]]:
    return sorted(((key, str(text)) for key, text in actions.items()), key=lambda one: one[1])


def _kinds() -> list[tuple[str, str]]:
    return sorted(((key, str(one.label)) for key, one in subjects.items()), key=lambda one: one[1])


class TrailFilter(django_filters.FilterSet):
    actor = AnyOfRowsFilter(
        label=_("Who"),
        queryset=reading.staff(),
        empty_label=_("the system"),
        filled_label=_("somebody"),
        method="by_actor",
    )
    action = AnyOfFilter(label=_("What"), choices=_actions)
    subject = AnyOfFilter(label=_("To what"), field_name="subject_kind", choices=_kinds)
    origin = AnyOfFilter(label=_("From where"), choices=list(reading.ORIGINS.items()))
    day = WhenFilter(label=_("When"), field_name="at", is_nullable=False)
    thing = django_filters.CharFilter(label=_("About"), method="by_thing", widget=HiddenInput)

    class Meta:
        model = AuditEntry
        fields: tuple[str, ...] = ()

    def by_actor(self, rows: Rows, _name: str, value: Picked) -> Rows:
        return rows.filter(value.condition("actor_id"))

    def by_thing(self, rows: Rows, _name: str, value: str) -> Rows:
        thing = reading.thing_of(value)
        if thing is None:
            return rows.none() if value else rows
        return rows.filter(subject_kind=thing[0], subject_id=thing[1])


def _what(entry: AuditEntry) -> TwoLines:
    return TwoLines(reading.title_of(entry), url=reverse("kit:trail_entry", args=[entry.pk]))


def _who(entry: AuditEntry) -> TwoLines:
    return TwoLines(reading.who(entry), url=reading.actor_url(entry.actor_id))


def _subject(entry: AuditEntry) -> TwoLines | None:
    subject = getattr(entry, "subject", None)
    if subject is None:
        return None
    return TwoLines(subject.title, kind_text(entry.subject_kind), subject.url)


def _where(entry: AuditEntry) -> TwoLines:
    return TwoLines(reading.where(entry), entry.ip or "")


class TrailIndex(IndexPage[AuditEntry]):
    key = "trail"
    title = _("Audit trail")
    search_label = _("What, who, to whom, or an IP address")
    permission = reading.VIEW
    filterset_class = TrailFilter
    columns = (
        Column("what", _("What"), _what, card="title"),
        Column("who", _("Who"), _who),
        Column("subject", _("To what"), _subject),
        Column("where", _("From where"), _where),
        Column("at", _("When"), "at", sort="at", card="aside"),
    )
    sorts = (Sort("at", _("When"), "at", descending=True, nullable=False),)
    views = (
        View("all", _("All"), count=False),
        View("today", _("Today"), {"day": "today"}),
        View(
            "failed",
            _("Failed log-ins"),
            {"action": "customers.staff.login_failed", "day": "last", "day_n": "30"},
        ),
        View(
            "automatic",
            _("Automatic"),
            {"origin": "system", "day": "last", "day_n": "30"},
            count=False,
        ),
    )
    empty = EmptyState(
        _("Nothing has happened yet"),
        _("Every change that staff or the system makes is written here and can never be altered."),
        icon="history",
    )

    def queryset(self) -> Rows:
        return reading.entries()

    def search(self, rows: Rows, text: str) -> Rows:
        return reading.searched(rows, text)

    def load(self, rows: list[AuditEntry]) -> None:
        found = reading.subjects_of(rows)
        for row in rows:
            vars(row)["subject"] = found[row.pk]

    def row_label(self, row: AuditEntry) -> str:
        return reading.title_of(row)

    def filter_text(self, name: str, value: Any, form: BaseForm) -> str | None:
        return reading.thing_text(str(value)) if name == "thing" else None

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s entry", "%(n)s entries", count) % {"n": formats.number(count)}

    def actions(self) -> Sequence[Action]:
        export = f"{reverse('kit:trail_export')}?{self.selection_query}"
        return (Action(_("Export"), export, icon="file-export"),)
