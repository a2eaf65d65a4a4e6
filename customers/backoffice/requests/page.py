"""The page of one privacy request: what it is, what is to do, what was done."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.kit.pages import Action, Fact, TimelineEntry, formats
from config.kit.pages.pieces import Tone, allowed
from customers.backoffice.requests.index import due_status, law_text, state_status, who
from customers.models import PrivacyRequest, PrivacyStep
from customers.privacy.requests import address_of, extension_of
from customers.request_words import STEPS
from customers.selectors.requests import request_steps, request_work

CHANGE, EXPORT = "customers.change_privacyrequest", "customers.export_customers"
ERASE, EDIT = "customers.erase_customer", "customers.change_customer"
Right, Identity = PrivacyRequest.Right, PrivacyRequest.Identity
STEP_TONES: dict[str, Tone] = {
    "granted": "ok",
    "erased": "ok",
    "identified": "ok",
    "refused": "danger",
    "not_identified": "danger",
    "extended": "warning",
    "waiting": "warning",
}
IDENTITY_TONES: dict[str, Tone] = {"pending": "warning", "proved": "ok", "failed": "danger"}


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """What grants the request, in words, and the buttons of the product that do it."""

    text: str
    actions: list[Action | None]


def request_context(row: PrivacyRequest, user: Any) -> dict[str, Any]:
    """Everything that the template shows."""
    return {
        "row": row,
        "who": who(row),
        "state": state_status(row),
        "due": due_status(row),
        "identity_tone": IDENTITY_TONES[row.identity],
        "facts": _facts(row),
        "actions": allowed(_actions(row), user),
        "more": allowed(_more(row), user),
        "to_do": _to_do(row, user),
        "work": request_work(row),
        "address": address_of(row),
        "entries": [_entry(step) for step in request_steps(row)],
    }


def _facts(row: PrivacyRequest) -> list[Fact]:
    law = law_text(row)
    return [
        Fact(_("Arrived by"), PrivacyRequest.Channel(row.channel).label),
        Fact(pgettext("request", "Received"), formats.day(row.received_on)),
        Fact(_("Country"), law.title),
        Fact(_("Law"), law.detail),
    ]


def _act(row: PrivacyRequest, verb: str, label: str, icon: str, **more: Any) -> Action:
    url = reverse("customers:request_act", args=[row.public_id, verb])
    return Action(label, url, icon=icon, permission=CHANGE, dialog=True, **more)


def _actions(row: PrivacyRequest) -> list[Action | None]:
    if not row.is_pending:
        return [_act(row, "reopen", _("Open again"), "lock-open")]
    reply = reverse("customers:request_reply", args=[row.public_id])
    return [
        _act(row, "note", _("Add note"), "note"),
        Action(_("Answer request"), reply, icon="send", style="primary", permission=CHANGE),
    ]


def _more(row: PrivacyRequest) -> list[Action | None]:
    if not row.is_pending:
        return [_act(row, "note", _("Add note"), "note")]
    waits = (
        _act(row, "resume", _("Go on with it"), "player-play")
        if row.state == PrivacyRequest.State.WAITING
        else _act(row, "wait", _("Wait for the person"), "hourglass")
    )
    found: list[Action | None] = [_act(row, "assign", _("Assign"), "user"), waits]
    if extension_of(row) is not None:
        found.append(_act(row, "extend", _("Put it off"), "calendar-time"))
    if row.customer_id is None:
        found.append(_act(row, "link", _("Choose the record"), "link"))
    return [*found, None, _act(row, "withdraw", _("The person withdraws it"), "arrow-back-up")]


def _to_do(row: PrivacyRequest, user: Any) -> ToDo | None:
    customer = row.customer
    if not row.is_pending or customer is None or customer.erased_at is not None:
        return None
    make = {
        Right.ACCESS: _copy,
        Right.PORTABILITY: _copy,
        Right.RECTIFICATION: _correct,
        Right.ERASURE: _erase,
        Right.OBJECTION: _object,
        Right.RESTRICTION: _block,
    }
    text, actions = make[Right(row.right)](row)
    return ToDo(text=text, actions=allowed(actions, user))


def _copy(row: PrivacyRequest) -> tuple[str, list[Action | None]]:
    url = reverse("customers:request_copy", args=[row.public_id])
    if row.identity != Identity.PROVED:
        text = _("First prove who it is: nobody else may get a copy of the data.")
        return text, [_act(row, "identity", _("Write down who it is"), "id")]
    if row.copy_id is not None:
        text, label = _("The copy was made: hand it over with the answer."), _("Make it again")
    else:
        text = _("Make the copy of all that is held of them, and hand it over with the answer.")
        label = _("Make the copy")
    return text, [Action(label, url, icon="file-export", method="post", permission=EXPORT)]


def _correct(row: PrivacyRequest) -> tuple[str, list[Action | None]]:
    url = _of_customer(row, "edit")
    text = _("Correct the record. What it said before stays in its history.")
    return text, [Action(_("Edit the record"), url, icon="pencil", permission=EDIT)]


def _erase(row: PrivacyRequest) -> tuple[str, list[Action | None]]:
    url = _of_customer(row, "erase")
    text = _(
        "See what would be erased, and set the day. The erasure closes this request by itself."
    )
    return text, [Action(_("Erase this person"), url, icon="trash", permission=ERASE)]


def _object(row: PrivacyRequest) -> tuple[str, list[Action | None]]:
    url = reverse("customers:panel", args=[_id_of(row), "consents"])
    text = _("Write down that they want no more of it; from then on no such mail goes out.")
    return text, [Action(_("Open their consents"), url, icon="circle-x")]


def _block(row: PrivacyRequest) -> tuple[str, list[Action | None]]:
    url = reverse("customers:panel", args=[_id_of(row), "privacy"])
    text = _("Block the data: it is kept and used for nothing.")
    return text, [Action(_("Open their privacy tab"), url, icon="lock")]


def _of_customer(row: PrivacyRequest, name: str) -> str:
    return reverse(f"customers:{name}", args=[_id_of(row)])


def _id_of(row: PrivacyRequest) -> Any:
    return row.customer.public_id if row.customer else None


def _entry(step: PrivacyStep) -> TimelineEntry:
    words, icon = STEPS.get(step.verb, (step.verb, "history"))
    by = str(step.by or _("The system"))
    title = format_html('{} <span class="meta">{}</span>', words, by) if step.text else words
    return TimelineEntry(
        step.at,
        icon,
        title,
        detail=by,
        tone=STEP_TONES.get(step.verb, ""),
        body=step.text,
    )
