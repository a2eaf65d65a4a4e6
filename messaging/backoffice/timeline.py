"""How the activities about mails read: on a person's timeline and on a message's page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.pages.pieces import Text, Tone
from customers.models import Activity
from messaging.selectors.screens import Mark, marks


@dataclass(frozen=True, kw_only=True)
class MailKind:
    """``of_campaign`` names the campaign; ``plain`` is for mails outside campaigns."""

    label: str | Promise
    icon: str
    plain: Text
    of_campaign: Text
    tone: Tone = ""


KINDS: dict[str, MailKind] = {
    "email_sent": MailKind(
        label=_("Mail sent"),
        icon="send",
        plain=_("A mail was sent to them"),
        of_campaign=_("The campaign {campaign} was sent to them"),
    ),
    "email_delivered": MailKind(
        label=_("Mail delivered"),
        icon="mail-check",
        plain=_("They received a mail"),
        of_campaign=_("They received the campaign {campaign}"),
    ),
    "email_opened": MailKind(
        label=_("Mail opened"),
        icon="mail-opened",
        plain=_("They opened a mail"),
        of_campaign=_("They opened the campaign {campaign}"),
    ),
    "email_opened_machine": MailKind(
        label=_("Mail opened by a program"),
        icon="robot",
        plain=_("A program opened a mail to them"),
        of_campaign=_("A program opened the campaign {campaign}"),
    ),
    "email_clicked": MailKind(
        label=_("Link clicked"),
        icon="click",
        plain=_("They clicked a link in a mail"),
        of_campaign=_("They clicked a link in the campaign {campaign}"),
    ),
    "email_clicked_machine": MailKind(
        label=_("Link followed by a program"),
        icon="robot",
        plain=_("A program followed a link in a mail to them"),
        of_campaign=_("A program followed a link in the campaign {campaign}"),
    ),
    "email_bounced": MailKind(
        label=_("Mail came back"),
        icon="mail-x",
        plain=_("A mail to them came back"),
        of_campaign=_("The campaign {campaign} came back"),
        tone="danger",
    ),
    "email_complained": MailKind(
        label=_("Reported as spam"),
        icon="mail-exclamation",
        plain=_("They reported a mail as spam"),
        of_campaign=_("They reported the campaign {campaign} as spam"),
        tone="danger",
    ),
    "email_unsubscribed": MailKind(
        label=_("Unsubscribed"),
        icon="mail-off",
        plain=_("They unsubscribed"),
        of_campaign=_("They unsubscribed through the campaign {campaign}"),
        tone="warning",
    ),
}


def sentence(kind: str) -> Text:
    return KINDS[kind].plain if kind in KINDS else kind


def describe(kind: MailKind) -> Callable[[list[Activity]], dict[int, tuple[str, str]]]:
    """The function that a timeline calls with its rows of this kind."""

    def texts(rows: list[Activity]) -> dict[int, tuple[str, str]]:
        found = marks(rows)
        return {row.pk: (_title(kind, found[row.pk]), found[row.pk].link) for row in rows}

    return texts


def describe_letters(rows: list[Activity]) -> dict[int, tuple[str, str]]:
    """What staff wrote by hand, with the way to the mail."""
    return {row.pk: (_letter_title(row), _letter_link(row)) for row in rows}


def _letter_title(row: Activity) -> str:
    if not row.actor_name:
        return gettext("A mail was written to this person")
    who = format_html("<strong>{}</strong>", row.actor_name)
    return format_html(gettext("{who} wrote a mail to this person"), who=who)


def _letter_link(row: Activity) -> str:
    url = reverse("messaging:message", args=[row.object_id])
    return format_html('<a href="{}">{}</a>', url, gettext("Read it"))


def _title(kind: MailKind, mark: Mark) -> str:
    if mark.campaign is None:
        return str(kind.plain)
    url = reverse("messaging:campaign", args=[mark.campaign.public_id])
    link = format_html('<a href="{}">{}</a>', url, mark.campaign.name)
    return format_html(str(kind.of_campaign), campaign=link)
