"""Settings: the kinds of activity that programs tell of."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.pages import (
    Action,
    Column,
    EmptyState,
    FormPage,
    IndexPage,
    Link,
    RowForm,
    Section,
    Shown,
    Sort,
    Status,
    TwoLines,
    Wide,
    confirm_response,
    confirmed,
    formats,
    toast,
)
from config.kit.pages.filtering.kinds import WhenFilter
from config.kit.pages.icons import icon
from customers.access import activity_kind_of
from customers.models import OwnActivityKind
from customers.selectors.activity_kinds import own_kind_label, own_kinds_searched
from customers.services.own_activity import (
    own_activity_kind_save,
    own_activity_kind_switch,
    own_activity_kind_values,
)

ICON_WORDS = {
    "plug": lazy("Another system"),
    "building-store": lazy("Shop"),
    "shopping-bag": lazy("Shopping bag"),
    "shopping-cart": lazy("Cart"),
    "device-mobile": lazy("Phone app"),
    "world": lazy("Website"),
    "phone": lazy("Call"),
    "message-circle": lazy("Chat"),
    "calendar-event": lazy("Appointment"),
    "ticket": lazy("Ticket"),
    "gift": lazy("Gift"),
    "star": lazy("Star"),
    "share": lazy("Social network"),
    "download": lazy("Download"),
    "truck-delivery": lazy("Delivery"),
    "tool": lazy("Repair"),
    "receipt": lazy("Receipt"),
    "users": lazy("Event"),
}


def _name(kind: OwnActivityKind) -> TwoLines:
    url = reverse("customers:activity_kind_edit", args=[kind.pk])
    return TwoLines(own_kind_label(kind), kind.key, url=url)


def _state(kind: OwnActivityKind) -> Status:
    if kind.is_on:
        return Status("ok", _("On"))
    return Status("neutral", _("Off"), _("what programs tell of it is refused"))


def _switch_link(kind: OwnActivityKind) -> str:
    url = reverse("customers:activity_kind_switch", args=[kind.pk])
    text = _("Switch off") if kind.is_on else _("Switch on")
    return format_html('<a href="{}" data-dialog>{}</a>', url, text)


class ActivityKindFilter(django_filters.FilterSet):
    created = WhenFilter(label=lazy("Created"), field_name="created_at", is_nullable=False)
    off = WhenFilter(label=lazy("Switched off"), field_name="disabled_at")

    class Meta:
        model = OwnActivityKind
        fields: tuple[str, ...] = ()


class ActivityKindIndex(IndexPage[OwnActivityKind]):
    key = "activity_kinds"
    permission = "customers.view_ownactivitykind"
    export_permission = "customers.view_ownactivitykind"
    title = lazy("Own kinds of activity")
    search_label = lazy("Name or key")
    filterset_class = ActivityKindFilter
    columns = (
        Column("name", lazy("Kind"), _name, sort="key", card="title"),
        Column("icon", lazy("Icon"), lambda row: icon(row.icon, 18), card="hidden"),
        Column(
            "interaction",
            lazy("Interaction"),
            lambda row: _("counts") if row.is_interaction else _("does not count"),
            card_label=lazy("Interaction"),
        ),
        Column("state", lazy("State"), _state),
        Column("switch", "", _switch_link, align="end"),
    )
    sorts = (Sort("key", lazy("Key"), "key", nullable=False),)
    empty = EmptyState(
        lazy("No kinds of your own yet"),
        lazy(
            "A till, an app or a web shop can tell what people do there. Name a kind, and the "
            "program sends it to /api/v1/activity."
        ),
        icon="activity",
    )

    def queryset(self) -> "QuerySet[OwnActivityKind]":
        return OwnActivityKind.objects.all()

    def search(self, rows: "QuerySet[OwnActivityKind]", text: str) -> "QuerySet[OwnActivityKind]":
        return own_kinds_searched(rows, text)

    def actions(self) -> Sequence[Action]:
        return (
            Action(
                _("New kind"),
                reverse("customers:activity_kind_create"),
                "plus",
                style="primary",
                permission="customers.add_ownactivitykind",
            ),
        )

    def count_label(self, count: int) -> str:
        return ngettext("%(n)s kind", "%(n)s kinds", count) % {"n": formats.number(count)}


class KindForm(forms.Form):
    label = forms.CharField(label=lazy("Name"), max_length=80)
    label_en = forms.CharField(label=lazy("Name in English"), max_length=80, required=False)
    key = forms.CharField(
        label=lazy("Key"),
        max_length=34,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=lazy("Programs name the kind by it: store_visit. It does not change."),
    )
    icon = forms.ChoiceField(label=lazy("Icon"), choices=list(ICON_WORDS.items()), initial="plug")
    is_interaction = forms.BooleanField(
        label=lazy("Counts as interaction: the person did something"),
        required=False,
        initial=True,
        help_text=lazy("Off for what happens to a person, such as a parcel that is sent."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].disabled = not is_new


@backoffice("customers.view_ownactivitykind")
@require_http_methods(["GET", "POST"])
def kind_list(request: StaffRequest) -> HttpResponse:
    return ActivityKindIndex(request).response()


@backoffice("customers.add_ownactivitykind")
@require_http_methods(["GET", "POST"])
def kind_new(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@backoffice("customers.change_ownactivitykind")
@require_http_methods(["GET", "POST"])
def kind_edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, activity_kind_of(pk))


def _form(request: StaffRequest, kind: OwnActivityKind | None) -> HttpResponse:
    def save(form: KindForm, seen: Shown | None) -> None:
        own_activity_kind_save(
            **form.cleaned_data, is_new=kind is None, seen=seen, by=request.user, request=request
        )

    return RowForm(
        row=kind,
        shown=(lambda: own_activity_kind_values(activity_kind_of(kind.pk))) if kind else None,
        make=lambda data, initial: KindForm(data, initial=initial, is_new=kind is None),
        page=lambda form: _page(form, kind),
        save=save,
        done=_("The kind was saved."),
        leads_to=lambda _saved: reverse("customers:activity_kinds"),
    ).response(request)


def _page(form: KindForm, kind: OwnActivityKind | None) -> FormPage:
    return FormPage(
        form,
        title=_("Edit the kind of activity") if kind else _("New kind of activity"),
        back=Link(_("Own kinds of activity"), reverse("customers:activity_kinds")),
        submit=_("Save kind"),
        sections=[
            Section(
                _("Kind"),
                _("The timeline, the filters and the targets show it by its name."),
                ["label", "label_en", "key", "icon", Wide("is_interaction", 3)],
            )
        ],
    )


@backoffice("customers.change_ownactivitykind")
@require_http_methods(["GET", "POST"])
def kind_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Take what programs tell of a kind, or refuse it."""
    kind = activity_kind_of(pk)
    turns_on = not kind.is_on
    if confirmed(request):
        own_activity_kind_switch(kind=kind, is_on=turns_on, by=request.user, request=request)
        toast(request, _("The kind is on.") if turns_on else _("The kind is off."))
        return redirect("customers:activity_kinds")
    values = {"name": own_kind_label(kind)}
    title = _("Switch on “%(name)s”") if turns_on else _("Switch off “%(name)s”")
    return confirm_response(
        request,
        title=title % values,
        text=_("What programs tell of it is taken again.")
        if turns_on
        else _(
            "From now on what programs tell of it is refused. What they told before stays on the "
            "timelines and in targets."
        ),
        submit=_("Switch on") if turns_on else _("Switch off"),
        back=reverse("customers:activity_kinds"),
        danger=not turns_on,
    )
