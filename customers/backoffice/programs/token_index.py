"""The list of the tokens of programs."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from config.kit import clock
from config.kit.api.models import ApiToken
from config.kit.api.registry import scope_labels, scopes
from config.kit.pages import (
    Action,
    Column,
    EmptyState,
    IndexPage,
    Sort,
    Status,
    Tag,
    Tags,
    TwoLines,
    View,
    formats,
)
from config.kit.pages.filtering.fields import Picked
from config.kit.pages.filtering.kinds import AnyOfFilter, AnyOfRowsFilter, WhenFilter
from customers.selectors.staff import staff_named

Rows = QuerySet[ApiToken]
LIVE, ENDED = "live", "ended"
STATES = ((LIVE, lazy("Valid")), (ENDED, lazy("Ended")))
MOST_SCOPES = 2


class TokenFilter(django_filters.FilterSet):
    state = AnyOfFilter(label=lazy("Status"), choices=STATES, method="by_state")
    scope = AnyOfFilter(label=lazy("May"), choices=scope_labels, method="by_scope")
    maker = AnyOfRowsFilter(
        label=lazy("Made by"),
        queryset=staff_named(),
        field_name="created_by",
        empty_label=lazy("somebody who is gone"),
    )
    used = WhenFilter(label=lazy("Last used"), field_name="last_used_at", empty_label=lazy("never"))
    created = WhenFilter(label=lazy("Created"), field_name="created_at", is_nullable=False)

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ()

    def by_state(self, rows: Rows, _name: str, value: Picked) -> Rows:
        live = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=clock.now()))
        return rows.filter(value.any_of(lambda one: live if one == LIVE else ~live))

    def by_scope(self, rows: Rows, _name: str, value: Picked) -> Rows:
        return rows.filter(value.any_of(lambda one: Q(scopes__contains=[one])))


def _name(row: ApiToken) -> TwoLines:
    maker = str(row.created_by) if row.created_by else _("somebody who is gone")
    text = _("%(prefix)s… · made by %(name)s") % {"prefix": row.prefix, "name": maker}
    return TwoLines(row.name, text)


def _scopes(row: ApiToken) -> Tags:
    """What it may do, in words; of many the first ones."""
    labels = [str(scopes[key].label) if key in scopes else key for key in row.scopes]
    return Tags(
        [Tag(label, "slate") for label in labels[:MOST_SCOPES]], max(0, len(labels) - MOST_SCOPES)
    )


def _state(row: ApiToken) -> Status:
    if row.revoked_at:
        return Status("neutral", _("Revoked"), formats.day(row.revoked_at))
    if row.expires_at and row.expires_at <= clock.now():
        return Status("neutral", _("Expired"), formats.day(row.expires_at))
    if row.created_by is not None and not row.created_by.is_active:
        return Status("warning", _("Valid"), _("Its maker is locked out"), "warning")
    if row.expires_at:
        return Status("ok", _("Valid"), _("until %(day)s") % {"day": formats.day(row.expires_at)})
    return Status("ok", _("Valid"), _("without end"))


def _used(row: ApiToken) -> TwoLines | str:
    if row.last_used_at is None:
        return _("Never")
    return TwoLines(formats.moment(row.last_used_at), row.last_used_ip or "")


def _revoke(row: ApiToken) -> str:
    if row.revoked_at:
        return ""
    url = reverse("programs:token_revoke", args=[row.public_id])
    return format_html('<a href="{}" data-dialog>{}</a>', url, _("Revoke"))


class TokenIndex(IndexPage[ApiToken]):
    key = "api_tokens"
    title = lazy("Programs")
    search_label = lazy("Name of a program, or the beginning of its token")
    permission = "api.view_apitoken"
    export_permission = "api.view_apitoken"
    filterset_class = TokenFilter
    columns = (
        Column("name", lazy("Program"), _name, sort="name", card="title"),
        Column("scopes", lazy("May"), _scopes),
        Column("state", lazy("Status"), _state, card="aside"),
        Column("used", lazy("Last used"), _used, sort="used", card_label=lazy("Last used")),
        Column("limit", lazy("Requests a minute"), "per_minute", default=False, card="hidden"),
        Column("created", lazy("Created"), "created_at", sort="created", card="hidden"),
        Column("revoke", "", _revoke, align="end"),
    )
    sorts = (
        Sort("created", lazy("Created"), "created_at", descending=True, nullable=False),
        Sort("used", lazy("Last used"), "last_used_at", descending=True),
        Sort("name", lazy("Name"), "name", nullable=False),
    )
    views = (
        View("all", lazy("All")),
        View("live", lazy("Valid"), {"state": LIVE}),
        View("ended", lazy("Ended"), {"state": ENDED}),
    )
    empty = EmptyState(
        lazy("No program has a token yet"),
        lazy("A token lets another system read and write here: your shop, your till, your ERP."),
        icon="plug",
    )

    def queryset(self) -> Rows:
        return ApiToken.objects.select_related("created_by")

    def search(self, rows: Rows, text: str) -> Rows:
        return rows.filter(Q(name__icontains=text) | Q(prefix__startswith=text[:24]))

    def actions(self) -> Sequence[Action]:
        return (
            Action(_("Reference"), reverse("programs:reference"), "code"),
            Action(
                _("New token"),
                reverse("programs:token_create"),
                "plus",
                style="primary",
                permission="api.add_apitoken",
            ),
        )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s token", "%(n)s tokens", count) % {"n": formats.number(count)}

    def row_label(self, row: Any) -> str:
        return str(row)
