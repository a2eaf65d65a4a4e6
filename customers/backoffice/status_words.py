"""What a status means for a person, in words, read from the table of ``rules.statuses``."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.pages import formats
from config.kit.pages.pieces import Text, Tone
from customers.models import Customer
from customers.rules.statuses import DISABLE, EFFECTS, Login, Mail, State, may_log_in
from customers.selectors.statuses import status_given

TONES: dict[str, Tone] = {"active": "ok", "deactivated": "neutral", "disabled": "danger"}
# In the choice of a new status for many at once.
CHOICES: tuple[tuple[str, Text], ...] = (
    ("active", lazy("Active: they can log in and get what they agreed to")),
    ("deactivated", lazy("Inactive for a while: no log-in, no mailings, all sessions end")),
    ("disabled", lazy("Disabled for good: only mails about orders, all sessions end")),
)


def consequences(status: str) -> list[str]:
    """One sentence for each thing that changes for the person."""
    state = State(status)
    effects = EFFECTS[state]
    said = [_login(effects.login), _mails(effects.mails)]
    if not may_log_in(state):
        said.insert(0, _("All open sessions end."))
    if effects.keeps_email and not may_log_in(state):
        said.append(_("The e-mail stays reserved."))
    if effects.reverted_by == DISABLE:
        said.append(_("Only who may disable people can take it back, and has to say why."))
    elif effects.reverted_by:
        said.append(_("Whoever edits customers can take it back at any time."))
    return said


def _login(login: Login) -> str:
    return {
        Login.OPEN: _("The person can log in again."),
        Login.PAUSED: _("There is no log-in: the person reads that they should contact us."),
        Login.CLOSED: _("There is no log-in, and the person is not told why."),
    }[login]


def _mails(mails: frozenset[Mail]) -> str:
    if Mail.MARKETING in mails:
        return _("Mailings go out as the person has agreed to.")
    if Mail.SERVICE in mails:
        return _("No mailings go out; mails about the account and orders do.")
    return _("Only mails about orders go out.")


def status_text(customer: Customer) -> str:
    """The status with the day on which it ends by itself."""
    if customer.status == State.DEACTIVATED and customer.status_until:
        return _("Inactive until %(day)s") % {"day": formats.day(customer.status_until)}
    return customer.get_status_display()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Why a live record is not active; ``said`` are its consequences."""

    tone: Tone
    title: str
    reason: str
    by: str
    since: datetime | None
    said: list[str]


def standing_of(customer: Customer) -> Standing | None:
    if customer.state not in (State.DEACTIVATED, State.DISABLED):
        return None
    given = status_given(customer)
    return Standing(
        tone="warning" if customer.state == State.DEACTIVATED else "danger",
        title=status_text(customer),
        reason=given.reason if given else "",
        by=given.by if given else "",
        since=given.at if given else None,
        said=consequences(customer.status)[1:3],
    )
