"""The list of customers."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from config.kit.errors import DomainError
from config.kit.pages import (
    Action,
    BulkAction,
    Column,
    EmptyState,
    IndexPage,
    Link,
    Person,
    Selection,
    Sort,
    Status,
    Tag,
    Tags,
    TwoLines,
    View,
    formats,
)
from config.kit.pages.filtering.chips import is_blank
from config.kit.pages.pieces import Tone
from customers.backoffice.bulk import BULK_ACTIONS, uuids_of
from customers.backoffice.filters import SOURCES, CustomerFilter
from customers.backoffice.status_words import TONES, status_text
from customers.models import Address, Customer, RegistrationCode
from customers.registry import ListAsked, bulk_actions, list_doors, list_filters, stage_reason
from customers.rules.phones import phone_display
from customers.rules.registration_codes import code_shown
from customers.rules.searches import parse_search
from customers.selectors.codes import brought_by, code_label, codes_used_by
from customers.selectors.customers import (
    MOST_TAGS,
    address_line,
    customers_listed,
    labels_of,
    main_addresses_of,
)
from customers.selectors.fields import id_text
from customers.selectors.merges import duplicates_count
from customers.selectors.search import Search

MOST_DUPLICATES = 999
TAG_TONES: dict[int, Tone] = {1: "primary", 2: "copper", 3: "plum", 4: "olive", 5: "slate"}


def _person(customer: Customer) -> Person:
    matched: list[str] = getattr(customer, "matched", [])
    elsewhere = ", ".join(matched)
    detail = f"{customer.email} · {elsewhere}" if elsewhere and customer.email else elsewhere
    return Person(
        str(customer),
        detail or customer.email,
        url=reverse("customers:record", args=[customer.public_id]),
        initials_of=str(customer),
    )


def _status(customer: Customer) -> Status:
    return Status(
        TONES[customer.status],
        status_text(customer),
        _("Verified") if customer.verified_at else _("Not verified"),
        "" if customer.verified_at else "warning",
    )


def _stage(customer: Customer) -> TwoLines:
    since = formats.day(customer.lifecycle_at)
    return TwoLines(customer.get_lifecycle_display(), f"{since} · {stage_reason(customer)}")


def _tags(customer: Customer) -> Tags:
    tags = getattr(customer, "shown_tags", [])
    shown = [Tag(tag.name, TAG_TONES.get(tag.color, "slate")) for tag in tags[:MOST_TAGS]]
    return Tags(shown, max(0, len(tags) - MOST_TAGS))


def _phone(customer: Customer) -> str:
    return phone_display(customer.phone)


def _address(customer: Customer) -> TwoLines | str:
    """The main address: street, then place."""
    held: Address | None = getattr(customer, "shown_address", None)
    if held is None:
        return ""
    place = (held.postal_code, held.city, held.region)
    return TwoLines(address_line(held), " ".join(part for part in place if part))


def _categories(customer: Customer) -> str:
    return ", ".join(getattr(customer, "shown_categories", []))


def _code(customer: Customer) -> TwoLines | str:
    """By which code they came, and whose or of what it is."""
    code: RegistrationCode | None = getattr(customer, "shown_code", None)
    return TwoLines(code_shown(code.code), code_label(code)) if code else ""


class CustomerIndex(IndexPage[Customer]):
    key = "customers"
    title = _("Customers")
    search_label = _("Name, e-mail, phone, document or code")
    search_hint = _("“%” stands for any letters.")
    guesses_hits = True
    permission = "customers.view_customer"
    filterset_class = CustomerFilter
    id_field = "public_id"
    columns = (
        Column("name", _("Customer"), _person, sort="name", card="title"),
        Column("status", _("Status"), _status),
        Column("tags", _("Tags"), _tags, card="hidden"),
        Column("category", _("Category"), _categories),
        Column(
            "last_login",
            _("Last visit"),
            "last_login_at",
            sort="last_login",
            card_label=_("Last visit"),
        ),
        Column("logins", _("Log-ins"), "login_count", sort="logins", card="hidden"),
        Column("registered", _("Registered"), "registered_at", sort="registered", card="hidden"),
        Column(
            "stage",
            _("Stage"),
            _stage,
            default=False,
            card="hidden",
        ),
        Column("city", _("City"), "city", default=False, card="hidden"),
        Column("phone", _("Phone"), _phone, default=False, card="hidden"),
        Column("document", _("Document"), id_text, default=False, card="hidden"),
        Column("address", _("Billing address"), _address, default=False, card="hidden"),
        Column(
            "source",
            _("Came by"),
            lambda row: dict(SOURCES).get(row.source, row.source),
            default=False,
            card="hidden",
        ),
        Column("code", _("Registration code"), _code, default=False, card="hidden"),
        Column("brought", _("Brought"), "brought", default=False, align="end", card="hidden"),
    )
    sorts = (
        Sort("last_login", _("Last visit"), "last_login_at", descending=True),
        Sort("registered", _("Registered"), "registered_at", descending=True, nullable=False),
        Sort("name", _("Name"), "sort_name", nullable=False),
        Sort("logins", _("Log-ins"), "login_count", descending=True, nullable=False),
    )
    views = (
        View("all", _("All")),
        View("customers", _("Customers"), {"stage": "customer"}),
        View("leads", _("Leads"), {"stage": "lead"}),
        View("unverified", _("Not verified"), {"verified": "no"}),
        View(
            "inactive",
            pgettext_lazy("several", "Inactive"),
            {"status": ["deactivated", "disabled"]},
        ),
        View("trash", _("Trash"), {"place": "trash"}),
    )
    empty = EmptyState(
        _("No customers yet"),
        _("Bring them from a file of another system, or write the first one down."),
        icon="users",
        actions=(
            Action(
                _("New customer"),
                "/backoffice/customers/new/",
                style="primary",
                permission="customers.add_customer",
            ),
        ),
    )
    template_name = "customers/index.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.searched: Search | None = None

    @cached_property
    def duplicates(self) -> int:
        """How many pairs wait, for who may judge them."""
        can = self.user is not None and self.user.has_perm("customers.view_duplicatepair")
        return duplicates_count(most=MOST_DUPLICATES + 1) if can else 0

    @property
    def duplicates_text(self) -> str:
        if self.duplicates > MOST_DUPLICATES:
            return f"{formats.number(MOST_DUPLICATES)}+"
        return formats.number(self.duplicates)

    def queryset(self) -> "QuerySet[Customer]":
        if self.filter_data.get("place") == "trash":
            return Customer.objects.trashed()
        return Customer.objects.live()

    @cached_property
    def search_error(self) -> str:
        """Why the search cannot be done; empty when it can."""
        try:
            parse_search(self.text)
        except DomainError as refusal:
            return refusal.message
        return ""

    def search(self, rows: "QuerySet[Customer]", text: str) -> "QuerySet[Customer]":
        if self.search_error:
            return rows.none()
        self.searched = Search.of(text)
        return self.searched.apply(rows)

    @property
    def elsewhere(self) -> Link | None:
        """Who is in the trash is in no other view, and would look as if never written down."""
        in_trash = Customer.objects.trashed()
        if not self.searched or self.filter_data.get("place") == "trash":
            return None
        if not self.searched.apply(in_trash).exists():
            return None
        state = {"view": "trash", "f": "1", "place": "trash", "q": self.text}
        return Link(
            _("Show what matches in the trash"), f"{reverse('customers:list')}?{urlencode(state)}"
        )

    @property
    def asked(self) -> ListAsked:
        """What the doors to apps above go on with."""
        state = QueryDict(self.selection_query, mutable=True)
        for key in ("sort", "columns"):
            if key in self.params:
                state.setlist(key, self.params.getlist(key))
        values = {}
        if self.bound_filterset.form.is_valid():
            found = self.bound_filterset.form.cleaned_data
            values = {name: value for name, value in found.items() if not is_blank(value)}
        return ListAsked(query=state.urlencode(), text=self.text, values=values)

    def _doors(self, *, is_for_applied: bool) -> list[Action]:
        asked = self.asked
        return [
            Action(door.label, door.url(asked), icon=door.icon)
            for door in list_doors.values()
            if door.is_for_applied == is_for_applied
            and (self.user is None or not door.permission or self.user.has_perm(door.permission))
        ]

    def filter_actions(self) -> Sequence[Action]:
        return self._doors(is_for_applied=False)

    def applied_actions(self) -> Sequence[Action]:
        return self._doors(is_for_applied=True)

    def filter_name(self, key: str) -> str:
        return str(list_filters[key].label) if key in list_filters else key

    def filter_edit_url(self, name: str) -> str:
        plugged = list_filters.get(name)
        return plugged.edit_url(self.asked.query) if plugged and plugged.edit_url else ""

    def record_url(self, row: Customer) -> str:
        return reverse("customers:record", args=[row.public_id])

    def load(self, rows: list[Customer]) -> None:
        labels = labels_of(rows)
        addresses = main_addresses_of(rows) if "address" in self.column_keys else {}
        ids = [row.pk for row in rows]
        codes = codes_used_by(ids) if "code" in self.column_keys else {}
        brought = brought_by(ids) if "brought" in self.column_keys else {}
        for row in rows:
            vars(row).update(
                shown_code=codes.get(row.pk),
                brought=brought.get(row.pk, 0),
                shown_tags=labels.tags.get(row.pk, []),
                shown_address=addresses.get(row.pk),
                shown_categories=labels.categories.get(row.pk, []),
                matched=self.searched.matched_in(row) if self.searched else [],
            )

    @cached_property
    def allowed_bulk(self) -> list[BulkAction]:
        """Ours and those of the apps above; restoring stands where the trash is."""
        offered = [*BULK_ACTIONS, *bulk_actions.values()]
        in_trash = self.filter_data.get("place") == "trash"
        return [
            one
            for one in offered
            if (one.key == "restore") == in_trash
            and (self.user is None or not one.permission or self.user.has_perm(one.permission))
        ]

    def actions(self) -> Sequence[Action]:
        return (
            Action(
                pgettext("verb", "Import"),
                "/backoffice/imports/",
                icon="file-import",
                permission="customers.import_customers",
            ),
            Action(
                pgettext("verb", "Export"),
                f"{reverse('imports:export')}?{urlencode({'query': self.selection_query})}",
                icon="file-export",
                permission="customers.export_customers",
            ),
            Action(
                _("New customer"),
                reverse("customers:create"),
                icon="plus",
                style="primary",
                permission="customers.add_customer",
            ),
        )

    def count_label(self, count: int) -> str:
        text = formats.number(count)
        return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": text}

    @classmethod
    def rows_of(cls, selection: Selection, *, user: Any = None) -> "QuerySet[Customer]":
        """Ticked people may be live or in the trash; a filter says itself where it looks."""
        if selection.covers_all:
            return super().rows_of(selection, user=user)
        return customers_listed().filter(public_id__in=uuids_of(selection.ids))
