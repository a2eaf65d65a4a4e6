"""Who left, and which addresses nothing is sent to."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from config.kit.pages import (
    Action,
    Column,
    EmptyState,
    IndexPage,
    Person,
    Sort,
    Status,
    TwoLines,
)
from config.kit.pages import formats
from customers.models import ConsentState, Suppression
from messaging.backoffice import words
from messaging.selectors import screens

SOURCE_CHOICES = [
    ("unsubscribe", _("Link in a mail")),
    ("account", _("Their account")),
    ("staff", _("Staff")),
    ("import", _("Import")),
    ("complaint", _("Spam report")),
]


class UnsubscriptionFilter(filters.FilterSet):
    source = filters.MultipleChoiceFilter(label=_("How"), choices=SOURCE_CHOICES)
    since = filters.DateFromToRangeFilter(label=_("Day"), field_name="since")

    class Meta:
        model = ConsentState
        fields: list[str] = []


class UnsubscriptionIndex(IndexPage[ConsentState]):
    key = "unsubscriptions"
    title = _("Unsubscriptions")
    search_label = _("Name, e-mail, phone or code of a person")
    permission = "customers.view_consentstate"
    filterset_class = UnsubscriptionFilter
    sorts = (Sort("since", _("Day they left"), "since", descending=True, nullable=False),)
    template_name = "messaging/unsubscriptions.html"
    empty = EmptyState(
        icon="mail-off",
        title=_("Nobody has unsubscribed"),
        text=_(
            "Every campaign carries a link to unsubscribe. Who uses it stands here, and gets no "
            "more marketing mail."
        ),
    )
    columns = (
        Column("person", _("Person"), lambda one: _leaver(one), card="title"),
        Column("since", _("They left"), "since", sort="since", card="aside"),
        Column("source", _("How"), lambda one: words.source_text(one.source)),
        Column("campaign", _("Campaign"), lambda one: _campaign(one)),
        Column(
            "again", "", "", template="messaging/cells/resubscribe.html", align="end"
        ),
    )

    def count_label(self, count: int) -> str:
        text = ngettext("%(n)s unsubscription", "%(n)s unsubscriptions", count)
        return text % {"n": formats.number(count)}

    def queryset(self) -> QuerySet[ConsentState]:
        return screens.withdrawals()

    def search(self, rows: QuerySet[ConsentState], text: str) -> QuerySet[ConsentState]:
        return rows.filter(customer_id__in=screens.customers_matching(text))

    def load(self, rows: list[ConsentState]) -> None:
        campaigns = screens.unsubscribe_campaigns(rows)
        for row in rows:
            extra: Any = row
            extra.campaign = campaigns.get(row.customer_id)


def _leaver(state: ConsentState) -> Person:
    return Person(str(state.customer), state.customer.email, customer_url(state.customer))


def customer_url(customer: Any) -> str:
    return reverse("customers:record", args=[customer.public_id])


def _campaign(state: Any) -> TwoLines | None:
    if state.campaign is None:
        return None
    url = reverse("messaging:campaign", args=[state.campaign.public_id])
    return TwoLines(state.campaign.name, "", url)


class SuppressionFilter(filters.FilterSet):
    reason = filters.MultipleChoiceFilter(label=_("Reason"), choices=Suppression.Reason.choices)
    created = filters.DateFromToRangeFilter(label=_("Day"), field_name="created_at")

    class Meta:
        model = Suppression
        fields: list[str] = []


REASON_TONES = {
    Suppression.Reason.HARD_BOUNCE: "danger",
    Suppression.Reason.COMPLAINT: "warning",
    Suppression.Reason.MANUAL: "slate",
}


class SuppressionIndex(IndexPage[Suppression]):
    key = "suppressions"
    title = _("Blocked addresses")
    search_label = _("Address")
    permission = "customers.view_suppression"
    filterset_class = SuppressionFilter
    sorts = (Sort("created", _("Day"), "created_at", descending=True, nullable=False),)
    template_name = "messaging/unsubscriptions.html"
    empty = EmptyState(
        icon="shield-off",
        title=_("No address is blocked"),
        text=_(
            "An address that does not exist, or whose owner reports a mail as spam, comes here by "
            "itself: nothing more is sent to it, whatever its owner agreed to."
        ),
    )
    columns = (
        Column("address", _("Address"), lambda one: _address(one), card="title"),
        Column("reason", _("Reason"), lambda one: _reason(one), card="aside"),
        Column("detail", _("Detail"), "detail"),
        Column("created", _("Since"), "created_at", sort="created"),
        Column("remove", "", "", template="messaging/cells/unblock.html", align="end"),
    )

    def count_label(self, count: int) -> str:
        text = ngettext("%(n)s address", "%(n)s addresses", count)
        return text % {"n": formats.number(count)}

    def queryset(self) -> QuerySet[Suppression]:
        return screens.suppressions()

    def search(self, rows: QuerySet[Suppression], text: str) -> QuerySet[Suppression]:
        return rows.filter(address_key__contains=text.casefold())

    def actions(self) -> list[Action]:
        url = reverse("messaging:suppression-add")
        return [Action(_("Block an address"), url, "plus", permission="customers.add_suppression")]

    def load(self, rows: list[Suppression]) -> None:
        people = screens.suppressed_customers(rows)
        for row in rows:
            extra: Any = row
            extra.person = people.get(row.address_key)


def _address(suppression: Any) -> TwoLines:
    if suppression.person is None:
        return TwoLines(suppression.address_key, gettext("Nobody has this address"))
    person = suppression.person
    return TwoLines(suppression.address_key, str(person), customer_url(person))


def _reason(suppression: Suppression) -> Status:
    tone: Any = REASON_TONES.get(Suppression.Reason(suppression.reason), "slate")
    return Status(tone, suppression.get_reason_display())


class ResubscribeForm(forms.Form):
    """Why this person may be written to again."""

    evidence = forms.CharField(
        label=_("How they agreed"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: called on 12 May and asked for the newsletter; sheet 14 is signed."),
        error_messages={"required": _("Say how this person agreed: a form, a call, a signed sheet.")},
    )


class BlockForm(forms.Form):
    address = forms.EmailField(label=_("Address"), max_length=254)
    detail = forms.CharField(label=_("Why"), max_length=300, required=False)
