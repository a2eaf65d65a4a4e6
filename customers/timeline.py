"""How the kinds of activity of this app read on the timeline."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.models import AuditValues
from config.kit.pages import Action, Badge, Change, Link
from config.kit.pages.pieces import Tone
from customers.email_move_words import email_move_words
from customers.models import Activity, Customer, Note
from customers.models.consent import Channel
from customers.note_text import note_text
from customers.registry import ActivityKind, stage_reasons, timeline
from customers.request_words import request_words
from customers.selectors.fields import field_labels, value_text

Words = Callable[[Activity], str]
Extras = Callable[[list[Activity]], dict[int, dict[str, Any]]]
ORIGINS: dict[str, str | Promise] = {
    "backoffice": lazy("Back office"),
    "storefront": lazy("Storefront"),
    "system": lazy("Automatic"),
    "bulk": lazy("Bulk action"),
    "import": lazy("Import"),
    "link": lazy("Link in a mail"),
    "staff": lazy("Back office"),
    "form": lazy("Form"),
    "account": lazy("Their account"),
    "api": lazy("Program"),
    "order": lazy("Order"),
    "seed": lazy("Demo data"),
}
DEVICES: dict[str, str | Promise] = {
    "desktop": lazy("Computer"),
    "mobile": lazy("Phone"),
    "tablet": lazy("Tablet"),
}


def where_from(row: Activity) -> str:
    """Device, address and origin of a row, as far as they are known."""
    parts = (DEVICES.get(row.device, ""), row.ip or "", ORIGINS.get(row.origin, row.origin))
    return " · ".join(str(part) for part in parts if part)


def register(
    key: str,
    label: str | Promise,
    icon: str,
    group: str,
    words: Words,
    *,
    tone: Tone = "",
    detail: Words = where_from,
    extras: Extras | None = None,
    shows_record: bool = False,
) -> None:
    """Register a kind whose sentence needs nothing but its row.

    ``shows_record``: an entry leads to the record as it was right after.
    """
    timeline.register(
        key,
        ActivityKind(
            label=label,
            icon=icon,
            group=group,
            tone=tone,
            extras=_with_moment(extras) if shows_record else extras,
            describe=lambda rows: {row.pk: (words(row), detail(row)) for row in rows},
        ),
    )


def moment_url(customer: Customer, at: datetime) -> str:
    """The record as it was at this moment."""
    url = reverse("customers:as_of", args=[customer.public_id])
    return f"{url}?{urlencode({'at': at.isoformat()})}"


def _with_moment(extras: Extras | None) -> Extras:
    def both(rows: list[Activity]) -> dict[int, dict[str, Any]]:
        found = extras(rows) if extras else {}
        return {row.pk: {**found.get(row.pk, {}), "link": _moment_link(row)} for row in rows}

    return both


def _moment_link(row: Activity) -> Link:
    return Link(_("See the record at this moment"), moment_url(row.customer, row.occurred_at))


def _who(row: Activity) -> Any:
    return format_html("<strong>{}</strong>", row.actor_name)


def _by(row: Activity, with_actor: str, without: str) -> str:
    """``with_actor`` has ``{who}``; ``without`` is for what nobody of staff did."""
    return format_html(with_actor, who=_who(row)) if row.actor_name else without


def _created(row: Activity) -> str:
    return _by(row, _("{who} created the record"), _("The record was created"))


def _updated(row: Activity) -> str:
    if row.data.get("order") and not row.actor_name:
        return _("Order %(order)s brought new contact data") % {"order": row.data["order"]}
    return _by(row, _("{who} edited the record"), _("The record was edited"))


def _email_changed(row: Activity) -> str:
    return _by(row, _("{who} changed the e-mail"), _("The e-mail was changed"))


def _status_changed(row: Activity) -> str:
    sentences = {
        "active": (_("{who} activated this person"), _("This person was activated")),
        "deactivated": (_("{who} deactivated this person"), _("This person was deactivated")),
        "disabled": (_("{who} disabled this person"), _("This person was disabled")),
        "trashed": (_("{who} moved the record to the trash"), _("The record went to the trash")),
        "restored": (
            _("{who} restored the record from the trash"),
            _("The record was restored from the trash"),
        ),
    }
    if row.data.get("is_due"):
        return _("The time of the deactivation is over")
    return _by(row, *sentences.get(row.data.get("to", ""), sentences["active"]))


def _status_detail(row: Activity) -> str:
    return str(row.data.get("reason") or where_from(row))


def _stage_changed(row: Activity) -> str:
    if row.data.get("to") == "customer":
        return _by(row, _("{who} made this lead a customer"), _("Became a customer"))
    return _by(row, _("{who} made this customer a lead again"), _("Became a lead again"))


def _stage_detail(row: Activity) -> str:
    reason = row.data.get("reason", "")
    parts = (stage_reasons.get(reason) or reason, row.data.get("note", ""))
    return " · ".join(str(part) for part in parts if part)


def _tag_added(row: Activity) -> str:
    name = row.data.get("tag", "")
    if row.actor_name:
        return format_html(_("{who} added the tag {tag}"), who=_who(row), tag=name)
    return format_html(_("The tag {tag} was added"), tag=name)


def _tag_removed(row: Activity) -> str:
    name = row.data.get("tag", "")
    if row.actor_name:
        return format_html(_("{who} removed the tag {tag}"), who=_who(row), tag=name)
    return format_html(_("The tag {tag} was removed"), tag=name)


PRIVACY: dict[str, str | Promise] = {
    "erasure_scheduled": lazy("The erasure of this person was scheduled"),
    "erasure_cancelled": lazy("The erasure was called off"),
    "hold_placed": lazy("A legal hold was placed"),
    "hold_lifted": lazy("The legal hold was lifted"),
    "blocked": lazy("The data was blocked"),
    "unblocked": lazy("The data was unblocked"),
}


def _merged(row: Activity) -> str:
    return _by(row, _("{who} merged another record into this one"), _("Two records were merged"))


def _unmerged(row: Activity) -> str:
    return _by(row, _("{who} undid a merge"), _("A merge was undone"))


def _category_changed(row: Activity) -> str:
    return _by(row, _("{who} changed the categories"), _("The categories changed"))


def _category_detail(row: Activity) -> str:
    added = ", ".join(row.data.get("added", ()))
    removed = ", ".join(row.data.get("removed", ()))
    if added and removed:
        return _("%(added)s instead of %(removed)s") % {"added": added, "removed": removed}
    if added:
        return _("Added: %(names)s") % {"names": added}
    return _("Removed: %(names)s") % {"names": removed}


def _note_added(row: Activity) -> str:
    return _by(row, _("{who} left a note"), _("A note was left"))


def _note_edited(row: Activity) -> str:
    return _by(row, _("{who} edited a note"), _("A note was edited"))


def _consent(row: Activity) -> str:
    channels = dict(Channel.choices)
    channel = channels.get(row.data.get("channel", ""), row.data.get("channel", ""))
    if row.kind == "consent_granted":
        return _("Agreed to be written to: %(channel)s") % {"channel": channel}
    return _("Withdrew the consent: %(channel)s") % {"channel": channel}


def _changes(rows: list[Activity]) -> dict[int, dict[str, Any]]:
    """Before and after of an edit, from the values beside the audit trail, which can be erased."""
    ids = {row.object_id: row.pk for row in rows if row.object_kind == "audit"}
    labels = field_labels()
    return {
        ids[values.entry_id]: {
            "changes": [
                Change(
                    labels.get(name, name),
                    value_text(name, values.before.get(name)),
                    value_text(name, values.after.get(name)),
                )
                for name in {**values.before, **values.after}
                if name not in {"birth_month", "birth_day"}
                and (values.before.get(name) or values.after.get(name))
                and values.before.get(name) != values.after.get(name)
            ]
        }
        for values in AuditValues.objects.filter(entry_id__in=list(ids))
    }


def _notes(rows: list[Activity]) -> dict[int, dict[str, Any]]:
    notes = Note.objects.select_related("customer").in_bulk([row.object_id for row in rows])
    found = {row.pk: notes.get(row.object_id or 0) for row in rows}
    return {pk: note_extras(note) for pk, note in found.items() if note is not None}


def note_extras(note: Note) -> dict[str, Any]:
    """Body, badges and actions of a note in the timeline; a deleted one says only that."""
    if note.deleted_at is not None:
        return {"badges": [Badge("neutral", _("Deleted"))]}
    badges = [Badge("neutral", _("Pinned"), "pin")] if note.is_pinned else []
    return {"body": note_text(note), "badges": badges, "actions": note_actions(note)}


def note_actions(note: Note) -> list[Action]:
    ids = [note.customer.public_id, note.public_id]
    pin = _("Unpin") if note.is_pinned else _("Pin")
    return [
        Action(
            pin,
            reverse("customers:note_pin", args=ids),
            icon="pin",
            style="ghost",
            method="post",
            permission="customers.change_note",
        ),
        Action(
            _("Edit"),
            reverse("customers:note_edit", args=ids),
            icon="pencil",
            style="ghost",
            permission="customers.change_note",
        ),
        Action(
            _("Delete"),
            reverse("customers:note_delete", args=ids),
            icon="trash",
            style="ghost",
            permission="customers.delete_note",
            dialog=True,
        ),
    ]


def _verified(row: Activity) -> str:
    if row.actor_name and row.origin != "storefront":
        return _by(row, _("{who} marked the e-mail as verified"), "")
    return _("Proved their e-mail")


def _always(text: str | Promise) -> Words:
    return lambda _row: str(text)


def register_all() -> None:
    """Fill the slots of this app."""
    consent, record = "consent", "record"
    _register_changes()
    register("note_added", lazy("Note"), "note", record, _note_added, extras=_notes)
    register("note_edited", lazy("Note edited"), "note", record, _note_edited)
    for key, words in PRIVACY.items():
        register(key, words, "shield-lock", record, _always(words))
    register("consent_granted", lazy("Consent granted"), "circle-check", consent, _consent)
    register("consent_withdrawn", lazy("Consent withdrawn"), "circle-x", consent, _consent)
    _register_visits()


def _register_changes() -> None:
    """What changes the record itself."""
    record = "record"
    change = partial(register, shows_record=True)
    change("customer_created", lazy("Created"), "user-plus", record, _created)
    change(
        "customer_imported",
        lazy("Imported"),
        "file-import",
        record,
        _always(lazy("Came in by an import")),
    )
    change("profile_updated", lazy("Edited"), "pencil", record, _updated, extras=_changes)
    register("privacy_request", lazy("Privacy request"), "scale", record, request_words)
    change("email_changed", lazy("E-mail changed"), "at", record, _email_changed, extras=_changes)
    change("email_move", lazy("Change of e-mail"), "mail-question", record, email_move_words)
    change(
        "status_changed",
        lazy("Status"),
        "toggle-left",
        record,
        _status_changed,
        detail=_status_detail,
    )
    change(
        "stage_changed",
        lazy("Stage"),
        "user-star",
        record,
        _stage_changed,
        detail=_stage_detail,
    )
    change("tag_added", lazy("Tag added"), "tag", record, _tag_added)
    change("tag_removed", lazy("Tag removed"), "tags", record, _tag_removed)
    change(
        "category_changed",
        lazy("Categories"),
        "category",
        record,
        _category_changed,
        detail=_category_detail,
    )
    change("merged", lazy("Merged"), "git-merge", record, _merged)
    change("unmerged", lazy("Merge undone"), "arrow-back-up", record, _unmerged)


def _register_visits() -> None:
    record, visits = "record", "visits"
    register("verified", lazy("Verified"), "circle-check", record, _verified, shows_record=True)
    register(
        "unverified",
        lazy("Verification taken back"),
        "circle-x",
        record,
        lambda row: _by(
            row,
            _("{who} took back that the e-mail is verified"),
            _("The e-mail no longer counts as verified"),
        ),
    )
    register("login", lazy("Log-in"), "login-2", visits, _always(lazy("Logged in")))
    register(
        "login_failed",
        lazy("Failed log-in"),
        "lock",
        visits,
        _always(lazy("Could not log in: wrong password")),
        tone="warning",
    )
    register("logout", lazy("Log-out"), "logout", visits, _always(lazy("Logged out")))
    register(
        "registered", lazy("Registration"), "user-check", visits, _always(lazy("Opened an account"))
    )
    register("password_reset", lazy("Password"), "key", visits, _always(lazy("Set a new password")))
    register(
        "password_assigned",
        lazy("Temporary password"),
        "key",
        visits,
        lambda row: _by(
            row,
            _("{who} gave this person a temporary password"),
            _("This person got a temporary password"),
        ),
    )
    register("page_view", lazy("Visit"), "eye", visits, _always(lazy("Visited a page")))
