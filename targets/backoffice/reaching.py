"""Whom each channel may write to, as the builder and the page of a target show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError
from customers.models.consent import Channel
from targets.models import Target
from targets.registry import senders
from targets.selectors.evaluation import preview
from targets.selectors.reaching import BY_PHONE, Reach, reaches_of

ICONS: dict[str, str] = {
    Channel.EMAIL: "mail",
    Channel.SMS: "message",
    Channel.WHATSAPP: "brand-whatsapp",
    Channel.PUSH: "bell",
    Channel.POST: "map-pin",
}
REASONS: dict[str, str | Promise] = {
    "inactive": _("Inactive"),
    "blocked": _("Their data is blocked"),
    "unsubscribed": _("They said no"),
    "no_consent": _("They have not agreed"),
    "no_address": _("Without an address"),
    "suppressed": _("Suppressed: it bounced, was reported as spam, or staff blocked it"),
    "gone": _("Deleted meanwhile"),
}
WITHOUT_PHONE = _("Without a phone number")


@dataclass(frozen=True)
class Line:
    """A channel with its number, and why it may not write to the others."""

    label: str | Promise
    icon: str
    reach: Reach

    @property
    def share(self) -> float | None:
        return self.reach.reachable / self.reach.total if self.reach.total else None

    @property
    def reasons(self) -> list[tuple[str | Promise, int]]:
        return [(self._word(code), number) for code, number in self.reach.reasons.items()]

    def _word(self, code: str) -> str | Promise:
        channel = self.reach.channel
        if code == "no_address" and channel in BY_PHONE:
            return WITHOUT_PHONE
        sender = senders.get(channel)
        return REASONS.get(code) or (sender.words.get(code, code) if sender else code)


@dataclass(frozen=True)
class Lines:
    """``sent``: the channels that are written on; ``asked``: those that people only agreed to."""

    sent: list[Line]
    asked: list[Line]


def reach_lines(found: Sequence[Reach]) -> Lines:
    lines = [Line(Channel(one.channel).label, ICONS[one.channel], one) for one in found]
    return Lines(
        [one for one in lines if one.reach.is_sent], [one for one in lines if not one.reach.is_sent]
    )


def reach(request: HttpRequest, target: Target) -> dict[str, Any]:
    """The tab of a target: of its people as they stand."""
    try:
        with preview():
            return {"reach": reach_lines(reaches_of(target))}
    except DomainError as refusal:
        return {"reach": None, "reach_refusal": refusal.message}
