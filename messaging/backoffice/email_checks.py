"""What the ledger of mails says about whether a person's mail arrives."""

from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit import clock
from config.kit.pages import Action, formats
from config.kit.pages.pieces import Tone
from customers.models import Customer
from customers.registry import EmailCheck, Finding, email_checks
from messaging.backoffice.words import DELIVERY_TONES, delivery_why
from messaging.models import Delivery
from messaging.selectors.messages import last_deliveries, last_link

LINK_LIFE: Final = timedelta(hours=24)
BAD: Final = {Delivery.State.BOUNCED, Delivery.State.REJECTED}
STAYED: Final = {Delivery.State.SKIPPED, Delivery.State.CANCELLED}


def register_all() -> None:
    email_checks.register("messaging", EmailCheck(find=_find, order=50))


def _find(customer: Customer) -> list[Finding]:
    return [*_link(customer), _messages(customer)] if customer.email else []


def _link(customer: Customer) -> list[Finding]:
    """The last mail with a link that sets the password."""
    sent = last_link(customer)
    if sent is None:
        return []
    is_over = sent.created_at + LINK_LIFE < clock.now()
    text = _("Sent on %(when)s: %(state)s.") % {
        "when": formats.moment(sent.created_at),
        "state": sent.get_state_display(),
    }
    if not is_over:
        return [Finding(tone="ok", title=_("A link to set the password is out"), text=text)]
    again = Action(
        _("Send a link"),
        reverse("customers:password_link", args=[customer.public_id]),
        permission="customers.change_customer",
        dialog=True,
    )
    return [
        Finding(
            tone="slate",
            title=_("The last link to set the password is over"),
            text=text,
            action=again,
        )
    ]


def _messages(customer: Customer) -> Finding:
    rows = last_deliveries(customer)
    if not rows:
        return Finding(
            tone="slate", title=_("Nothing was sent yet"), text=_("There is nothing to judge by.")
        )
    told = [(row.created_at, _told(row), _tone(row)) for row in rows]
    gone = [row for row in rows if row.state not in STAYED]
    if not gone:
        title, text = _("None of the last mails went out"), _("The reason stands beside each.")
        return Finding(tone="warning", title=title, text=text, rows=told)
    bad = [row for row in gone if row.state in BAD]
    title = _("The last mails arrived") if not bad else _("Some of the last mails came back")
    text = ngettext(
        "%(bad)s of %(all)s mail came back or was refused.",
        "%(bad)s of the last %(all)s mails came back or were refused.",
        len(gone),
    ) % {"bad": formats.number(len(bad)), "all": formats.number(len(gone))}
    return Finding(tone="warning" if bad else "ok", title=title, text=text, rows=told)


def _told(row: Delivery) -> str:
    why = str(delivery_why(row))
    return f"{row.get_state_display()} · {why}" if why else str(row.get_state_display())


def _tone(row: Delivery) -> Tone:
    return DELIVERY_TONES.get(row.state, "neutral")
