"""The list of custom fields, in the order in which they stand on a record."""

from collections.abc import Sequence

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

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
from config.kit.pages.filtering.kinds import AnyOfFilter
from customers.models import CustomField
from customers.selectors.custom_fields import custom_fields, custom_label

Rows = QuerySet[CustomField]
STATES = {
    "enabled": (lazy("Enabled"), Q(disabled_at=None)),
    "disabled": (lazy("Disabled"), Q(disabled_at__isnull=False)),
}
TRAITS = {
    "required": lazy("Required"),
    "unique": lazy("Unique"),
    "searchable": lazy("Searchable"),
    "visible": lazy("Visible"),
    "editable": lazy("Editable"),
}


class CustomFieldFilter(django_filters.FilterSet):
    kind = AnyOfFilter(label=lazy("Type"), choices=CustomField.Kind.choices)
    trait = AnyOfFilter(label=lazy("How it works"), choices=list(TRAITS.items()), method="by_trait")
    state = AnyOfFilter(
        label=lazy("Status"),
        choices=[(key, label) for key, (label, _where) in STATES.items()],
        method="by_state",
    )

    class Meta:
        model = CustomField
        fields: tuple[str, ...] = ()

    def by_trait(self, rows: Rows, _name: str, value: Picked) -> Rows:
        return rows.filter(value.any_of(lambda one: Q(**{f"is_{one}": True})))

    def by_state(self, rows: Rows, _name: str, value: Picked) -> Rows:
        return rows.filter(value.any_of(lambda one: STATES[one][1]))


def _name(field: CustomField) -> TwoLines:
    return TwoLines(custom_label(field), field.key, url=getattr(field, "edit_url", ""))


def _traits(field: CustomField) -> Tags:
    return Tags([Tag(str(text)) for key, text in TRAITS.items() if getattr(field, f"is_{key}")])


def _state(field: CustomField) -> Status:
    if field.disabled_at:
        return Status("neutral", _("Disabled"))
    return Status("ok", _("Enabled"))


class CustomFieldIndex(IndexPage[CustomField]):
    key = "custom_fields"
    title = lazy("Custom fields")
    search_label = lazy("Name or key of a field")
    permission = "customers.view_customfield"
    export_permission = "customers.view_customfield"
    filterset_class = CustomFieldFilter
    template_name = "customers/custom_fields.html"
    columns = (
        Column("name", lazy("Field"), _name, sort="name", card="title"),
        Column("kind", lazy("Type"), lambda row: row.get_kind_display(), sort="kind"),
        Column("traits", lazy("How it works"), _traits),
        Column("state", lazy("Status"), _state, card="aside"),
        Column("created", lazy("Created"), "created_at", default=False, card="hidden"),
        Column(
            "order",
            lazy("Order"),
            "",
            sort="order",
            template="customers/cells/field_order.html",
            in_files=False,
        ),
        Column("do", "", "", template="customers/cells/field_actions.html", align="end"),
    )
    sorts = (
        Sort("order", lazy("Order"), "position", nullable=False),
        Sort("name", lazy("Name"), Lower("label"), nullable=False),
        Sort("kind", lazy("Type"), "kind", nullable=False),
    )
    views = (
        View("all", lazy("All")),
        View("disabled", pgettext_lazy("fields", "Disabled"), {"state": "disabled"}),
    )
    empty = EmptyState(
        lazy("No custom fields"),
        lazy("A field of your own stands on each record, and can be filtered and written by."),
        icon="forms",
    )

    def queryset(self) -> Rows:
        return custom_fields()

    def search(self, rows: Rows, text: str) -> Rows:
        return rows.filter(
            Q(label__icontains=text) | Q(label_en__icontains=text) | Q(key__icontains=text)
        )

    @property
    def may_change(self) -> bool:
        return bool(self.user is not None and self.user.has_perm("customers.change_customfield"))

    @property
    def may_delete(self) -> bool:
        return bool(self.user is not None and self.user.has_perm("customers.delete_customfield"))

    @property
    def may_move(self) -> bool:
        """Up and down mean something only where the order is that of the records."""
        is_in_order = self.order.sort.key == "order" and not self.order.descending
        return self.may_change and is_in_order and not self.is_narrowed

    def load(self, rows: list[CustomField]) -> None:
        for row in rows:
            url = reverse("customers:custom_field_edit", args=[row.pk])
            vars(row)["edit_url"] = url if self.may_change else ""
            vars(row)["shown_label"] = custom_label(row)

    def row_label(self, row: CustomField) -> str:
        return custom_label(row)

    def actions(self) -> Sequence[Action]:
        return (
            Action(
                _("New field"),
                reverse("customers:custom_field_create"),
                "plus",
                style="primary",
                permission="customers.add_customfield",
            ),
        )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s field", "%(n)s fields", count) % {"n": formats.number(count)}
