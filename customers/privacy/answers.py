"""What a person is written about their request: a draft in their language that staff finish."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from config.kit.pages import formats
from customers.models import PrivacyRequest

State, Right = PrivacyRequest.State, PrivacyRequest.Right


def answer_draft(row: PrivacyRequest, outcome: str) -> str:
    """The beginning of an answer in the person's language."""
    with translation.override(row.language or settings.SITE_LANGUAGE):
        if outcome == State.REFUSED:
            return _refused()
        return GRANTED[row.right](row)


def _refused() -> str:
    return _(
        "We cannot do what you ask, for this reason:\n\n\n"
        "If you disagree, you can complain to the data protection authority of your country."
    )


def _access(row: PrivacyRequest) -> str:
    if row.channel == PrivacyRequest.Channel.ACCOUNT:
        return _(
            "The copy of all that we hold of you is ready: download it in your account, under "
            "“Mails and privacy”, “Your rights”. The link works for a day; then ask us again."
        )
    return _("You get the copy of all that we hold of you the way you asked for.")


def _rectification(row: PrivacyRequest) -> str:
    return _("We corrected your data as you asked.")


def _erasure(row: PrivacyRequest) -> str:
    return _(
        "Your data is blocked from now on and will be erased. What stays is what the law makes us "
        "keep, and a code made from your address, so that no file brings you back."
    )


def _objection(row: PrivacyRequest) -> str:
    return _("From now on we do not use your data for what you object to.")


def _restriction(row: PrivacyRequest) -> str:
    return _("Your data is blocked: we keep it and use it for nothing, until you say otherwise.")


GRANTED: Final[dict[str, Callable[[PrivacyRequest], str]]] = {
    Right.ACCESS: _access,
    Right.PORTABILITY: _access,
    Right.RECTIFICATION: _rectification,
    Right.ERASURE: _erasure,
    Right.OBJECTION: _objection,
    Right.RESTRICTION: _restriction,
}


def mail_lines(row: PrivacyRequest, kind: str) -> tuple[str, list[str]]:
    """Subject and paragraphs of a mail, in the language that is active."""
    words = {
        "right": str(Right(row.right).label).lower(),
        "number": row.number,
        "day": formats.day(row.received_on),
        "due": formats.day(row.due_on),
        "site": settings.SITE_NAME,
    }
    about = _("Your request of %(day)s (%(right)s), number %(number)s.") % words
    if kind == "received":
        text = _("We have received it and answer by %(due)s at the latest.") % words
        return _("We received your request at %(site)s") % words, [about, text]
    if kind == "extended":
        text = _("We need more time, and answer by %(due)s. The reason:") % words
        lines = [about, text, row.extension_reason]
        return _("Your request at %(site)s takes longer") % words, lines
    return _("Answer to your request at %(site)s") % words, [about, row.answer]
