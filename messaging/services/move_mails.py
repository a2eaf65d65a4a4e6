"""Mails about a change of e-mail: made when they go, because their links are secrets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from config.kit.pages import formats
from customers.models import EmailMove
from customers.selectors.email_moves import NEW, OLD, move_by_id, move_link
from messaging.models import TransactionalMail


@dataclass(frozen=True, kw_only=True)
class MoveMail:
    """``side``: to which address it goes, and whose link it carries (none without a button).

    ``staff_button``: what it says when staff asked in the person's name: "it was not me" is true
    of every such change, so it would be pressed by people who agreed.
    """

    side: str
    subject: str | Promise
    lines: Callable[[EmailMove], list[str]]
    button: str | Promise = ""
    staff_button: str | Promise = ""


def _prove_new(move: EmailMove) -> list[str]:
    return [
        _("somebody, probably you, wants to use this address for their account at %(site)s.")
        % {"site": settings.SITE_NAME},
        _("Say that it is yours. The link works for 7 days; if it was not you, do nothing."),
    ]


def _taken(move: EmailMove) -> list[str]:
    return [
        _("somebody asked to use this address for their account at %(site)s.")
        % {"site": settings.SITE_NAME},
        _(
            "We know the address already, so nothing was changed. If both accounts are yours, "
            "write to us and we join them."
        ),
    ]


def _ask_old(move: EmailMove) -> list[str]:
    about = {"site": settings.SITE_NAME, "address": hidden(move.new_address)}
    if move.by_staff:
        return [
            _("your account at %(site)s is to move to %(address)s, as you told our team.") % about,
            _("Agree, or say that you did not ask for it. Without your answer nothing changes."),
        ]
    return [
        _("your account at %(site)s is to move to %(address)s.") % about,
        _("Agree, or say that it was not you. Without your answer nothing changes."),
    ]


def _tell_old(move: EmailMove) -> list[str]:
    return [
        _("your account at %(site)s is to move to %(address)s, as you told our team.")
        % {"site": settings.SITE_NAME, "address": hidden(move.new_address)},
        _("It moves on %(when)s. If you did not ask for it, say so before then.")
        % {"when": formats.moment(move.due_at)},
    ]


def _done_new(move: EmailMove) -> list[str]:
    return [
        _("from now on you log in at %(site)s with this address.") % {"site": settings.SITE_NAME},
        _("All open sessions have ended. Your password is the same as before."),
    ]


def _done_old(move: EmailMove) -> list[str]:
    about = {"site": settings.SITE_NAME, "address": hidden(move.new_address)}
    if not move.by_staff:
        return [
            _("your account at %(site)s has moved to %(address)s.") % about,
            _("If it was not you, take it back within 30 days."),
        ]
    text = [_("our team moved your account at %(site)s to %(address)s, as you asked.") % about]
    if move.due_at is None:
        return [*text, _("If you did not ask for it, take it back within 30 days.")]
    return [*text, _("If you did not ask for it, write to us.")]


def _undone(move: EmailMove) -> list[str]:
    return [
        _("the change of e-mail at %(site)s is undone: the address is %(address)s again.")
        % {"site": settings.SITE_NAME, "address": hidden(move.old_address)},
        _("All open sessions have ended."),
    ]


NOT_ASKED: Final = lazy("I did not ask for this")
MAILS: Final = {
    "prove_new": MoveMail(
        side=NEW,
        subject=lazy("Is this your address?"),
        lines=_prove_new,
        button=lazy("Yes, it is mine"),
    ),
    "taken": MoveMail(side=NEW, subject=lazy("About your address"), lines=_taken),
    "ask_old": MoveMail(
        side=OLD,
        subject=lazy("Your account is to move to another address"),
        lines=_ask_old,
        button=pgettext_lazy("verb", "Answer"),
    ),
    "tell_old": MoveMail(
        side=OLD,
        subject=lazy("Your account is to move to another address"),
        lines=_tell_old,
        button=NOT_ASKED,
    ),
    "done_new": MoveMail(side=NEW, subject=lazy("Your new address works"), lines=_done_new),
    "done_old": MoveMail(
        side=OLD,
        subject=lazy("Your account has moved to another address"),
        lines=_done_old,
        button=lazy("It was not me"),
        staff_button=NOT_ASKED,
    ),
    "undone_old": MoveMail(side=OLD, subject=lazy("The change of e-mail is undone"), lines=_undone),
    "undone_new": MoveMail(side=NEW, subject=lazy("The change of e-mail is undone"), lines=_undone),
}
PREFIX: Final = "email_move_"


def address_of(move: EmailMove, kind: str) -> str:
    return move.new_address if MAILS[kind].side == NEW else move.old_address


def move_letter(mail: TransactionalMail, *, language: str) -> tuple[str, str, str]:
    """Subject, HTML and text in the person's language.

    :raises ValueError: the change is gone.
    """
    move = move_by_id(mail.about or 0)
    kind = MAILS[mail.kind.removeprefix(PREFIX)]
    if move is None:
        raise ValueError("nothing to write about")
    with translation.override(language):
        has_button = bool(kind.button) and not (kind is MAILS["done_old"] and move.due_at)
        context = {
            "name": move.customer.first_name if kind.side == OLD else "",
            "lines": kind.lines(move),
            "button": _button(kind, move) if has_button else "",
            "link": move_link(move, kind.side) if has_button else "",
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "language": language,
        }
        html = render_to_string("messaging/mails/lines.html", context)
        return str(kind.subject), html, render_to_string("messaging/mails/lines.txt", context)


def _button(kind: MoveMail, move: EmailMove) -> str | Promise:
    return (move.by_staff and kind.staff_button) or kind.button


def hidden(address: str) -> str:
    """Enough of an address to know it by, for a mailbox that may be a stranger's: ``r…@x.cl``."""
    local, _at, domain = address.partition("@")
    return f"{local[:1]}…@{domain}"
