"""The list of the staff."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from config.kit.pages import (
    Action,
    Badge,
    Column,
    EmptyState,
    IndexPage,
    Person,
    Sort,
    Status,
    View,
    formats,
)
from config.kit.pages.filtering.kinds import AnyOfFilter, WhenFilter
from config.kit.pages.pieces import Tone
from customers.models import User
from customers.selectors.roles import role_choices, role_label
from customers.selectors.staff import ACTIVE, DEACTIVATED, INVITED, staff_listed

Rows = QuerySet[User]
STATES = (
    (ACTIVE, pgettext_lazy("a person", "Active")),
    (INVITED, pgettext_lazy("a person", "Invited")),
    (DEACTIVATED, pgettext_lazy("a person", "Deactivated")),
)
STATE_TONES: dict[str, Tone] = {ACTIVE: "ok", INVITED: "info", DEACTIVATED: "neutral"}
FACTOR = (("yes", lazy("On")), ("no", lazy("Off")))


class StaffFilter(django_filters.FilterSet):
    role = AnyOfFilter(label=lazy("Role"), choices=role_choices)
    state = AnyOfFilter(label=lazy("Status"), choices=STATES)
    factor = django_filters.ChoiceFilter(
        label=lazy("Second factor"), choices=FACTOR, method="by_factor", empty_label=lazy("Any")
    )
    last_login = WhenFilter(label=lazy("Last log-in"), empty_label=lazy("never"))
    since = WhenFilter(label=lazy("Since"), field_name="created_at", is_nullable=False)

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def by_factor(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(has_factor=value == "yes")


def role_text(row: Any) -> str:
    return role_label(row.role, row.role_name)


def state_status(row: Any) -> Status:
    return Status(STATE_TONES[row.state], dict(STATES)[row.state])


def factor_badge(row: Any) -> Badge:
    return Badge("ok", _("On")) if row.has_factor else Badge("warning", _("Off"))


def _person(row: User) -> Person:
    url = reverse("staff:person", args=[row.pk])
    return Person(str(row), row.email, url=url, initials_of=str(row))


class StaffIndex(IndexPage[User]):
    key = "staff"
    title = lazy("Staff")
    search_label = lazy("Name or e-mail of a colleague")
    permission = "customers.view_user"
    export_permission = "customers.view_user"
    filterset_class = StaffFilter
    columns = (
        Column("name", lazy("Person"), _person, sort="name", card="title"),
        Column("role", lazy("Role"), role_text),
        Column("state", lazy("Status"), state_status, card="aside"),
        Column("factor", lazy("Second factor"), factor_badge, card_label=lazy("Second factor")),
        Column("last_login", lazy("Last log-in"), "last_login", sort="last_login", card="hidden"),
        Column("since", lazy("Since"), "created_at", sort="since", default=False, card="hidden"),
    )
    sorts = (
        Sort("name", lazy("Name"), "sort_name", nullable=False),
        Sort("last_login", lazy("Last log-in"), "last_login", descending=True),
        Sort("since", lazy("Since"), "created_at", descending=True, nullable=False),
    )
    views = (
        View("all", pgettext_lazy("feminine", "All")),
        View("active", pgettext_lazy("people", "Active"), {"state": ACTIVE}),
        View("invited", pgettext_lazy("people", "Invited"), {"state": INVITED}),
        View("no_factor", lazy("Without second factor"), {"state": ACTIVE, "factor": "no"}),
        View("deactivated", pgettext_lazy("people", "Deactivated"), {"state": DEACTIVATED}),
    )
    empty = EmptyState(
        lazy("Nobody here"), lazy("Invite the people who work with you."), icon="users-group"
    )

    def queryset(self) -> Rows:
        return staff_listed()

    def search(self, rows: Rows, text: str) -> Rows:
        return rows.filter(Q(name__icontains=text) | Q(email__icontains=text))

    def actions(self) -> Sequence[Action]:
        return (
            Action(
                _("Roles"),
                reverse("staff:roles"),
                "user-shield",
                permission="customers.view_staffrole",
            ),
            Action(
                _("Invite someone"),
                reverse("staff:invite"),
                "user-plus",
                style="primary",
                permission="customers.add_user",
            ),
        )

    def count_label(self, count: int) -> str:
        text = formats.number(count)
        return ngettext("%(n)s person", "%(n)s people", count) % {"n": text}
