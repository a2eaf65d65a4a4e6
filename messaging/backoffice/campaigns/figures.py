"""The numbers of a campaign as its page shows them. Pure: numbers in, lines out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.kit.pages import Segment, charts, formats
from config.kit.pages.pieces import Text, Tone
from messaging.backoffice import words
from messaging.models import Delivery

State = Delivery.State
DAY = 86_400


@dataclass(frozen=True)
class Line:
    label: Text
    count: int
    query: str


@dataclass(frozen=True)
class Group:
    """One term of the sum, with what it is made of."""

    key: str
    label: Text
    count: int
    tone: Tone
    is_hatched: bool
    lines: list[Line]
    note: Text = ""


@dataclass(frozen=True)
class Progress:
    done: int
    sendable: int
    rate: int
    ends_at: datetime | None

    @property
    def ratio(self) -> float:
        return self.done / self.sendable if self.sendable else 1.0


@dataclass(frozen=True)
class Deed:
    """What people did: how many, of how many who got it, and how many were programs."""

    label: Text
    count: int
    ratio: float | None
    machines: int | None


def state_line(numbers: Any, state: str, label: Text) -> Line:
    return Line(label, numbers.states.get(state, 0), f"state={state}")


def groups(numbers: Any) -> list[Group]:
    """Sent, waiting, not sent, unknown: together they are the audience."""
    found = [
        Group(
            "sent",
            pgettext("several mails", "Sent"),
            numbers.sent,
            "primary",
            False,
            [
                state_line(numbers, State.ACCEPTED, pgettext("several mails", "Delivered")),
                state_line(
                    numbers, State.REJECTED, pgettext("several mails", "Refused by the server")
                ),
                state_line(numbers, State.BOUNCED, pgettext("several mails", "Came back")),
            ],
        ),
        Group(
            "pending",
            pgettext("several mails", "Waiting"),
            numbers.pending,
            "primary",
            True,
            [
                state_line(numbers, State.PENDING, pgettext("several mails", "In line")),
                state_line(numbers, State.IN_FLIGHT, pgettext("several mails", "In flight")),
            ],
        ),
        Group(
            "not_sent",
            pgettext("several mails", "Not sent"),
            numbers.not_sent,
            "slate",
            False,
            not_sent_lines(numbers),
        ),
    ]
    return [*found, _unknown_group(numbers)]


def not_sent_lines(numbers: Any) -> list[Line]:
    """By reason, the largest first, then those who were cancelled."""
    ordered = sorted(numbers.reasons.items(), key=lambda one: (-one[1], one[0]))
    lines = [
        Line(words.reason_text(reason), count, f"reason={reason}")
        for reason, count in ordered
        if count and reason
    ]
    cancelled = numbers.states.get(State.CANCELLED, 0)
    if cancelled:
        lines.append(
            Line(pgettext("several mails", "Cancelled"), cancelled, f"state={State.CANCELLED}")
        )
    return lines


def _unknown_group(numbers: Any) -> Group:
    note = _(
        "The connection broke before the server confirmed. They are not sent again by themselves."
    )
    return Group(
        "unknown",
        pgettext("several mails", "Unknown"),
        numbers.unknown,
        "warning",
        False,
        [],
        note if numbers.unknown else "",
    )


def segments(found: Sequence[Group]) -> list[Segment]:
    return [
        Segment(f"{one.label}: {formats.number(one.count)}", one.count, one.tone, one.is_hatched)
        for one in found
    ]


def progress(numbers: Any, now: datetime) -> Progress:
    """How far the sending is; those who cannot get it are no part of it."""
    done = numbers.sent + numbers.unknown
    sendable = done + numbers.pending
    rate = round(numbers.rate_per_minute or 0)
    ends_at = now + timedelta(minutes=numbers.pending / rate) if rate and numbers.pending else None
    return Progress(done, sendable, rate, ends_at)


def deeds(numbers: Any) -> list[Deed]:
    """Rates are of those who got the mail; what programs did counts in none."""
    reached = numbers.accepted
    rows = (
        (_("Opened"), numbers.opened, numbers.machine_opened),
        (_("Clicked"), numbers.clicked, numbers.machine_clicked),
        (_("Unsubscribed"), numbers.unsubscribed, None),
        (_("Reported as spam"), numbers.complained, None),
    )
    return [
        Deed(label, n, n / reached if reached else None, machines) for label, n, machines in rows
    ]


def series_chart(series: Any) -> charts.Chart | None:
    """Sent, opened and clicked over time; None before the first of them."""
    if not series.labels:
        return None
    return charts.line(
        title=series_title(series.step_seconds),
        description=_("Mails sent, first opens and first clicks of people over time."),
        labels=[_moment_label(at, series.step_seconds) for at in series.labels],
        series=[
            charts.Series(pgettext("several mails", "Sent"), series.sent, "primary"),
            charts.Series(_("Opens"), series.opened, "plum"),
            charts.Series(_("Clicks"), series.clicked, "copper"),
        ],
        note=_("Opens and clicks of people only, each person once."),
    )


def series_title(step: int) -> str:
    if step <= 60:
        return _("Per minute")
    if step < 3600:
        return _("Every %(n)s minutes") % {"n": step // 60}
    if step < DAY:
        return _("Per hour") if step == 3600 else _("Every %(n)s hours") % {"n": step // 3600}
    return _("Per day") if step == DAY else _("Every %(n)s days") % {"n": step // DAY}


def _moment_label(at: datetime, step: int) -> str:
    local = timezone.localtime(at)
    if step >= DAY:
        return local.strftime("%d-%m")
    return local.strftime("%d-%m %H:%M") if step >= 3600 else local.strftime("%H:%M")


@dataclass(frozen=True)
class LinkLine:
    """A link with its share of all clicks of people."""

    label: str
    url: str
    people: int
    clicks: int
    share: float | None
    machine_clicks: int


def link_lines(links: Sequence[Any]) -> list[LinkLine]:
    """The most clicked first."""
    total = sum(one.clicks for one in links)
    lines = [
        LinkLine(
            one.label,
            one.url,
            one.people,
            one.clicks,
            one.clicks / total if total else None,
            one.machine_clicks,
        )
        for one in links
    ]
    return sorted(lines, key=lambda one: -one.clicks)
