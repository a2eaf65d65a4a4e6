"""The page of a record: its head, its actions, its side column and the tabs of this app."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from config.kit import clock
from config.kit.access import StaffUser
from config.kit.backoffice.trail_reading import trail_action
from config.kit.pages import Action, Badge, Copy, Fact, Link, Panel, RecordPage, formats
from config.kit.pages.pieces import Tone
from customers import registry
from customers.backoffice.filters import SOURCES
from customers.backoffice.forms import (
    AddressForm,
    AliasForm,
    ExternalIdForm,
    NoteForm,
    PhoneForm,
    TagNameForm,
)
from customers.backoffice.index import TAG_TONES
from customers.backoffice.locks import contact_block
from customers.backoffice.privacy.panel import erase_action
from customers.backoffice.status_words import TONES, status_text
from customers.backoffice.timeline_form import TimelineForm
from customers.models import Customer, CustomField, Note, Tag
from customers.registry import SidePanel, stage_reason
from customers.rules.codes import country_name
from customers.rules.id_numbers import ID_TYPES
from customers.rules.phones import phone_display
from customers.rules.statuses import STATUSES, State, may_follow, permission_for
from customers.selectors.completeness import completeness_of
from customers.selectors.custom_fields import custom_fields_enabled, custom_label
from customers.selectors.customers import address_line, contact_points_of, possible_doubles, tags_of
from customers.selectors.fields import birthday_text, custom_text, id_text
from customers.selectors.merges import merges_of
from customers.selectors.notes import notes_of
from customers.selectors.timeline import timeline_of
from customers.services.viewing import PERMISSION, viewing_refused

CHANGE, DELETE = "customers.change_customer", "customers.delete_customer"


def record_page(customer: Customer, user: StaffUser) -> RecordPage:
    return RecordPage(
        title=str(customer),
        back=Link(_("Customers"), reverse("customers:list")),
        avatar=str(customer),
        badges=_badges(customer),
        contacts=_contacts(customer),
        facts=_facts(customer),
        actions=[*_plugged(customer, user), *_actions(customer)],
        more=_more(customer),
        side_template="customers/record_side.html",
        template_name="customers/record.html",
        recent=("customers", str(customer.public_id)),
    )


def _badges(customer: Customer) -> list[Badge]:
    stage: Tone = "primary" if _is_customer(customer) else "copper"
    badges = [
        Badge(stage, customer.get_lifecycle_display()),
        Badge(TONES[customer.status], status_text(customer)),
    ]
    if customer.verified_at:
        badges.append(Badge("neutral", _("Verified"), "rosette-discount-check"))
    if customer.blocked_at:
        badges.append(Badge("warning", _("Data blocked"), "lock"))
    if customer.trashed_at:
        badges.append(Badge("danger", _("In the trash"), "trash"))
    return badges


def _contacts(customer: Customer) -> list[Copy]:
    found = [customer.email, phone_display(customer.phone) if customer.phone else ""]
    if customer.id_number:
        kind = ID_TYPES.get(customer.id_type)
        label = str(kind.label).partition(",")[0] if kind else ""
        found.append(f"{label} {id_text(customer)}".strip())
    return [Copy(text) for text in found if text]


def _facts(customer: Customer) -> list[Fact]:
    since = _("Customer since") if _is_customer(customer) else _("Lead since")
    return [
        Fact(since, f"{formats.day(customer.lifecycle_at)} · {stage_reason(customer)}"),
        Fact(_("Registered"), formats.day(customer.registered_at)),
        Fact(_("Last visit"), formats.moment(customer.last_login_at)),
        Fact(_("Log-ins"), formats.number(customer.login_count)),
        Fact(_("Came by"), dict(SOURCES).get(customer.source, customer.source)),
        Fact(_("Code"), str(customer.public_id).partition("-")[0]),
    ]


def _is_customer(customer: Customer) -> bool:
    return customer.lifecycle == Customer.Lifecycle.CUSTOMER


def _url(customer: Customer, name: str, *more: str) -> str:
    return reverse(f"customers:{name}", args=[customer.public_id, *more])


def _plugged(customer: Customer, user: StaffUser) -> list[Action]:
    """The buttons of the apps above, in order."""
    plugged = sorted(registry.record_actions.values(), key=lambda one: one.order)
    return [action for one in plugged if (action := one.make(customer, user)) is not None]


def _actions(customer: Customer) -> list[Action]:
    if customer.trashed_at:
        return [
            Action(
                _("Restore"),
                _url(customer, "restore"),
                icon="arrow-back-up",
                style="primary",
                method="post",
                permission=DELETE,
            )
        ]
    return [Action(_("Edit"), _url(customer, "edit"), icon="pencil", permission=CHANGE)]


def _more(customer: Customer) -> list[Action | None]:
    if customer.trashed_at:
        return [_past_action(customer), trail_action(customer), erase_action(customer)]
    actions: list[Action | None] = []
    if not _is_customer(customer):
        actions += [
            Action(
                _("Make this lead a customer"),
                _url(customer, "convert"),
                icon="user-star",
                permission=CHANGE,
                dialog=True,
            ),
            None,
        ]
    if customer.email:
        actions += [*_about_the_login(customer), None]
    actions.append(_seen_action(customer))
    actions += [
        Action(
            label, _url(customer, "status", status), icon=icon, permission=permission, dialog=True
        )
        for status, label, icon, permission in _status_changes(customer)
    ]
    actions += [
        None,
        _past_action(customer),
        Action(
            _("Merge with another record"),
            _url(customer, "merge_pick"),
            icon="git-merge",
            permission="customers.merge_customers",
        ),
        trail_action(customer),
        Action(
            _("Move to the trash"),
            _url(customer, "trash"),
            icon="trash",
            style="danger",
            permission=DELETE,
            dialog=True,
        ),
    ]
    return actions


def _seen_action(customer: Customer) -> Action:
    return Action(
        _("See the shop as this person"),
        _url(customer, "view_as"),
        icon="eye",
        permission=PERMISSION,
        disabled=viewing_refused(customer),
        dialog=True,
    )


def _past_action(customer: Customer) -> Action:
    return Action(_("See an earlier state"), _url(customer, "as_of"), icon="clock-hour-4")


def _about_the_login(customer: Customer) -> list[Action | None]:
    return [
        Action(
            _("Send a link to set a password"),
            _url(customer, "password_link"),
            icon="key",
            permission=CHANGE,
            dialog=True,
        ),
        Action(
            _("Move to another e-mail"),
            _url(customer, "email_move"),
            icon="at",
            permission="customers.move_emails",
        ),
        Action(
            _("Give a temporary password"),
            _url(customer, "password_assign"),
            icon="password",
            permission="customers.assign_passwords",
        ),
    ]


def _status_changes(customer: Customer) -> list[tuple[str, Promise, str, str]]:
    before = State(customer.status)
    words = {
        State.ACTIVE: (_("Activate"), "user-check"),
        State.DEACTIVATED: (_("Deactivate"), "user-pause"),
        State.DISABLED: (_("Disable for good"), "user-off"),
    }
    if before == State.DEACTIVATED:
        words[before] = (_("Change the end of the deactivation"), "calendar")
    return [
        (str(after), *words[after], permission_for(before, after))
        for after in STATUSES
        if may_follow(before, after)
    ]


# Side column


@dataclass(frozen=True)
class SideSection:
    label: str | Promise
    template: str
    side: dict[str, Any]


def side_sections(customer: Customer, user: StaffUser) -> list[SideSection]:
    """The sections of all apps that this member of staff may see, in order."""
    visible = [
        panel
        for panel in registry.side_panels.values()
        if not panel.permission or user.has_perm(panel.permission)
    ]
    return [
        SideSection(panel.label, panel.template, panel.context(customer, user))
        for panel in sorted(visible, key=lambda one: one.order)
    ]


def _data_side(customer: Customer, user: StaffUser) -> dict[str, Any]:
    points = contact_points_of(customer)
    address = points.main_address
    rows: list[tuple[Any, str]] = [
        (_("Birthday"), _birthday_with_age(customer)),
        (_("Gender"), str(customer.get_gender_display()) if customer.gender else ""),
        (_("Phone"), phone_display(customer.phone)),
        (_("Address"), address_line(address) if address else ""),
        (_("City"), customer.city),
        (_("Country"), country_name(customer.country, get_language() or "es")),
        (_("Language"), str(dict(settings.LANGUAGES).get(customer.language, customer.language))),
        *((one.system, one.value) for one in points.external_ids),
    ]
    rows += [
        (custom_label(field), custom_text(field, customer.custom[field.key]))
        for field in custom_fields_enabled()
        if field.key in customer.custom and field.kind != CustomField.Kind.PARAGRAPH
    ]
    return {
        "rows": rows,
        "doubles": possible_doubles(customer),
        "completeness": completeness_of(customer),
        "can_ask": user.has_perm(CHANGE) and not customer.trashed_at,
    }


def _birthday_with_age(customer: Customer) -> str:
    text = birthday_text(customer)
    if not customer.birth_date:
        return text
    today, born = clock.today(), customer.birth_date
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return gettext("%(day)s · %(age)d years") % {"day": text, "age": age}


def _tags_side(customer: Customer, user: StaffUser) -> dict[str, Any]:
    return {
        "tags": [(tag, TAG_TONES.get(tag.color, "slate")) for tag in tags_of(customer)],
        "form": TagNameForm(auto_id="tag_%s"),
        "names": list(Tag.objects.order_by("name").values_list("name", flat=True)[:500]),
        "can_change": user.has_perm(CHANGE) and not customer.trashed_at,
    }


def _notes_side(customer: Customer, user: StaffUser) -> dict[str, Any]:
    return {"notes": [note for note in notes_of(customer) if note.is_pinned]}


# Tabs


def _activity(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    form = TimelineForm(request.GET)
    page = timeline_of(customer, form.wanted())
    more_url = ""
    if page.cursor:
        query = request.GET.copy()
        query["after"] = page.cursor
        more_url = f"{request.path}?{query.urlencode()}"
    return {
        "timeline_form": form,
        "entries": page.entries,
        "more_url": more_url,
        "groups": form.group_links(request.path),
        "note_form": NoteForm(auto_id="note_%s"),
    }


def _details(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {
        "points": contact_points_of(customer),
        "contact": contact_block(customer),
        "custom_rows": [
            (field, custom_label(field), custom_text(field, customer.custom.get(field.key)))
            for field in custom_fields_enabled()
            if field.key in customer.custom or not field.is_builtin
        ],
        "alias_form": AliasForm(auto_id="alias_%s"),
        "phone_form": PhoneForm(auto_id="phone_%s"),
        "external_form": ExternalIdForm(auto_id="external_%s"),
        "address_form": AddressForm(auto_id="address_%s"),
    }


def _notes(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    return {"notes": notes_of(customer), "note_form": NoteForm(auto_id="note_%s")}


def _count_notes(customer: Customer) -> int | None:
    return Note.objects.filter(customer=customer, deleted_at=None).count() or None


def register_all() -> None:
    """Fill the slots of this app."""
    view = "customers.view_customer"
    registry.panels.register(
        "activity", Panel(_("Activity"), "customers/panels/activity.html", _activity, view, 10)
    )
    registry.panels.register(
        "details", Panel(_("Record"), "customers/panels/details.html", _details, view, 20)
    )
    registry.panels.register(
        "notes",
        Panel(
            _("Notes"),
            "customers/panels/notes.html",
            _notes,
            "customers.view_note",
            50,
            _count_notes,
        ),
    )
    registry.side_panels.register(
        "data",
        SidePanel(
            label=_("Data"), template="customers/side/data.html", context=_data_side, order=10
        ),
    )
    registry.side_panels.register(
        "tags",
        SidePanel(
            label=_("Tags"), template="customers/side/tags.html", context=_tags_side, order=30
        ),
    )
    registry.side_panels.register(
        "merges",
        SidePanel(
            label=_("Merged into this record"),
            template="customers/merging/side.html",
            context=lambda customer, _user: {"merges": merges_of(customer)},
            permission="customers.view_merge",
            order=60,
        ),
    )
    registry.side_panels.register(
        "notes",
        SidePanel(
            label=_("Pinned notes"),
            template="customers/side/notes.html",
            context=_notes_side,
            permission="customers.view_note",
            order=5,
        ),
    )
