"""The log of all that went, or did not go, to one person: channel, template, state, reason."""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from config.kit.pages import Status
from config.kit.pages.pieces import Text
from customers.models import Customer
from messaging.backoffice import words
from messaging.backoffice.campaigns.people import page_of, turns
from messaging.models import Delivery
from messaging.selectors.messages import campaign_names, deliveries, letters_of
from messaging.services import account_mails, alert_mails, move_mails

State = Delivery.State
GROUPS: Final[dict[str, tuple[Text, tuple[str, ...]]]] = {
    "": (lazy("All"), ()),
    "delivered": (lazy("Delivered"), (State.ACCEPTED,)),
    "waiting": (lazy("Waiting"), (State.PENDING, State.IN_FLIGHT)),
    "trouble": (lazy("Not delivered"), (State.REJECTED, State.BOUNCED, State.UNKNOWN)),
    "unsent": (lazy("Not sent"), (State.SKIPPED, State.CANCELLED)),
}


# Of mails whose text is made when they go.
SUBJECTS: Final = {
    **{kind: one.subject for kind, one in account_mails.MAILS.items()},
    **{f"{move_mails.PREFIX}{kind}": one.subject for kind, one in move_mails.MAILS.items()},
    **{f"{alert_mails.PREFIX}{kind}": one.subject for kind, one in alert_mails.MAILS.items()},
}


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """``template``: what the mail was made from; ``status`` has the reason as its detail."""

    delivery: Delivery
    title: str
    template: str
    channel: str
    status: Status


def messages_of(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """The mails of one person, newest first, of a group of states."""
    group = request.GET.get("state", "")
    group = group if group in GROUPS else ""
    scope = f"customer-messages:{customer.pk}:{group}"
    rows: QuerySet[Delivery] = deliveries().filter(customer_id=customer.pk)
    if group:
        rows = rows.filter(state__in=GROUPS[group][1])
    page = page_of(request, rows, scope=scope, is_newest_first=True)
    return {
        "mails": _lines(page.rows),
        "group": group,
        "groups": [
            (label, f"{request.path}?{urlencode({'state': key})}" if key else request.path, key)
            for key, (label, _states) in GROUPS.items()
        ],
        **turns(page, request.path, {"state": group} if group else {}, scope=scope),
    }


def _lines(rows: list[Delivery]) -> list[LogLine]:
    campaigns, letters = campaign_names(rows), letters_of(rows)
    lines = []
    for one in rows:
        campaign, letter = campaigns.get(one.campaign_id or 0), letters.get(one.pk)
        title, template = str(one.get_kind_display()), str(one.get_kind_display())
        if campaign is not None:
            title = campaign.name
        elif letter is not None:
            title = letter.subject or _subject_of(letter.kind) or title
        lines.append(
            LogLine(
                delivery=one,
                title=title,
                template=template,
                channel=_("E-mail"),
                status=words.delivery_status(one),
            )
        )
    return lines


def _subject_of(kind: str) -> str:
    """Of a mail whose text is made when it goes."""
    known = SUBJECTS.get(kind, "")
    return str(known) % {"site": settings.SITE_NAME}
