"""The list of codes by which people come."""

from collections.abc import Sequence

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from config.kit.pages import Action, Column, EmptyState, IndexPage, Sort, Status, TwoLines, formats
from config.kit.pages.filtering.kinds import AnyOfFilter, WhenFilter
from customers.backoffice.codes.forms import ORIGINS
from customers.models import RegistrationCode
from customers.rules.registration_codes import code_shown
from customers.selectors.codes import came_by, code_is_over, code_last_day, codes_for_search


def code_state(code: RegistrationCode) -> Status:
    """Whether somebody can still come by it; ``people`` is how many did."""
    used: int = getattr(code, "people", 0)
    last = code_last_day(code)
    if code.revoked_at is not None:
        return Status("danger", _("Revoked"), formats.day(code.revoked_at))
    if code_is_over(code):
        return Status("neutral", _("Over"), formats.day(last))
    if code.most_uses is not None and used >= code.most_uses:
        return Status("neutral", _("Used up"))
    if last is not None:
        return Status("ok", _("Open"), _("until %(day)s") % {"day": formats.day(last)})
    return Status("ok", _("Open"))


def _people(code: RegistrationCode) -> str:
    used = formats.number(getattr(code, "people", 0))
    if code.most_uses is None:
        return used
    return _("%(used)s of %(most)s") % {"used": used, "most": formats.number(code.most_uses)}


class CodeFilter(django_filters.FilterSet):
    origin = AnyOfFilter(label=lazy("What that is"), choices=ORIGINS, field_name="origin")
    created = WhenFilter(label=lazy("Created"), field_name="created_at", is_nullable=False)

    class Meta:
        model = RegistrationCode
        fields: tuple[str, ...] = ()


class CodeIndex(IndexPage[RegistrationCode]):
    key = "registration_codes"
    permission = "customers.view_registrationcode"
    export_permission = "customers.view_registrationcode"
    title = lazy("Registration codes")
    search_label = lazy("Name or code")
    filterset_class = CodeFilter
    columns = (
        Column(
            "name",
            lazy("Where it is given"),
            lambda row: TwoLines(
                row.name,
                str(row.get_origin_display()),
                url=reverse("customers:code", args=[row.pk]),
            ),
            card="title",
        ),
        Column("code", lazy("Code"), lambda row: code_shown(row.code)),
        Column("people", lazy("People"), _people, align="end", card="aside"),
        Column("state", lazy("State"), code_state),
        Column("created", lazy("Created"), "created_at", sort="created", card="hidden"),
    )
    sorts = (Sort("created", lazy("Created"), "created_at", descending=True, nullable=False),)
    empty = EmptyState(
        lazy("No codes yet"),
        lazy(
            "Give a shop, a campaign or a colleague a code of its own. Whoever registers with it "
            "is counted there."
        ),
        icon="ticket",
    )

    def queryset(self) -> "QuerySet[RegistrationCode]":
        return RegistrationCode.objects.filter(customer=None)

    def search(self, rows: "QuerySet[RegistrationCode]", text: str) -> "QuerySet[RegistrationCode]":
        return rows.filter(codes_for_search(text))

    def load(self, rows: list[RegistrationCode]) -> None:
        people = came_by(rows)
        for row in rows:
            vars(row)["people"] = people.get(row.pk, 0)

    def actions(self) -> Sequence[Action]:
        return (
            Action(
                _("New code"),
                reverse("customers:code_create"),
                "plus",
                style="primary",
                permission="customers.add_registrationcode",
            ),
        )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s code", "%(n)s codes", count) % {"n": formats.number(count)}
