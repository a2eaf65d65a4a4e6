"""The list of the audit trail."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import BaseForm, HiddenInput
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.kit import clock
from config.kit.audit.catalogue import actions, kind_text, subjects
from config.kit.backoffice import trail_reading as reading
from config.kit.models import AuditEntry
from config.kit.pages import Action, Column, EmptyState, IndexPage, Sort, TwoLines, View, formats

Rows = QuerySet[AuditEntry]
PERIODS = (
    ("1", _("today")),
    ("7", _("in the last 7 days")),
    ("30", _("in the last 30 days")),
    ("90", _("in the last 90 days")),
)


def _actions() -> list[tuple[str, str]]:
    return sorted(((key, str(text)) for key, text in actions.items()), key=lambda one: one[1])


def _kinds() -> list[tuple[str, str]]:
    return sorted(((key, str(one.label)) for key, one in subjects.items()), key=lambda one: one[1])


class TrailFilter(django_filters.FilterSet):
    actor = django_filters.ModelChoiceFilter(
        label=_("Who"), queryset=lambda _request: reading.staff(), method="by_actor"
    )
    action = django_filters.MultipleChoiceFilter(label=_("What"), choices=_actions, distinct=False)
    subject = django_filters.ChoiceFilter(
        label=_("To what"), field_name="subject_kind", choices=_kinds
    )
    origin = django_filters.MultipleChoiceFilter(
        label=_("From where"), choices=list(reading.ORIGINS.items()), distinct=False
    )
    period = django_filters.ChoiceFilter(label=_("When"), choices=PERIODS, method="by_period")
    day = django_filters.DateFromToRangeFilter(
        label=_("Day"),
        field_name="at",
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"}),
    )
    thing = django_filters.CharFilter(label=_("About"), method="by_thing", widget=HiddenInput)

    class Meta:
        model = AuditEntry
        fields: tuple[str, ...] = ()

    def by_actor(self, rows: Rows, _name: str, value: Any) -> Rows:
        return rows.filter(actor_id=value.pk) if value else rows

    def by_period(self, rows: Rows, _name: str, value: str) -> Rows:
        """Today begins at midnight where the business is; longer periods are whole days back."""
        if not value:
            return rows
        first = clock.today() - timedelta(days=int(value) - 1)
        return rows.filter(at__gte=timezone.make_aware(datetime.combine(first, time.min)))

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
        View("today", _("Today"), {"period": "1"}),
        View(
            "failed",
            _("Failed log-ins"),
            {"action": "customers.staff.login_failed", "period": "30"},
        ),
        View("automatic", _("Automatic"), {"origin": "system", "period": "30"}, count=False),
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
