"""A campaign in numbers, always counted from the ledger itself, so that they add up."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from config.kit import clock
from messaging.models import Campaign, Delivery

MAX_POINTS: Final = 120
STEPS: Final = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800)


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """``audience == sent + unknown + pending + not_sent``; ``sent`` is: a server answered."""

    audience: int = 0
    states: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    opened: int = 0
    machine_opened: int = 0
    clicked: int = 0
    machine_clicked: int = 0
    unsubscribed: int = 0
    complained: int = 0
    rate_per_minute: int = 0

    @property
    def accepted(self) -> int:
        return self.states.get("accepted", 0)

    @property
    def rejected(self) -> int:
        return self.states.get("rejected", 0)

    @property
    def bounced(self) -> int:
        return self.states.get("bounced", 0)

    @property
    def unknown(self) -> int:
        return self.states.get("unknown", 0)

    @property
    def sent(self) -> int:
        return self.accepted + self.rejected + self.bounced

    @property
    def pending(self) -> int:
        return self.states.get("pending", 0) + self.states.get("in_flight", 0)

    @property
    def not_sent(self) -> int:
        return self.states.get("skipped", 0) + self.states.get("cancelled", 0)

    @property
    def unexplained(self) -> int:
        return self.audience - sum(self.states.values())


NUMBERS: Final = """
SELECT state, reason, count(*), count(opened_at),
    count(*) FILTER (WHERE opened_at IS NULL AND machine_opened_at IS NOT NULL),
    count(clicked_at), count(unsubscribed_at), count(complained_at),
    count(*) FILTER (WHERE sent_at > %(since)s)
FROM messaging_delivery
WHERE campaign_id = %(campaign)s AND created_at = %(frozen)s
GROUP BY state, reason
"""
MACHINE_CLICKS: Final = """
SELECT count(*) FROM messaging_delivery AS delivery
WHERE campaign_id = %(campaign)s AND created_at = %(frozen)s
  AND machine_opened_at IS NOT NULL AND clicked_at IS NULL
  AND EXISTS (SELECT 1 FROM customers_activity AS activity
              WHERE activity.kind = 'email_clicked_machine'
                AND activity.customer_id = delivery.customer_id
                AND activity.occurred_at >= %(frozen)s
                AND activity.context_id = %(campaign)s)
"""


def campaign_numbers(campaign: Campaign) -> Numbers:
    """The states, reasons and reactions now."""
    states = dict.fromkeys(Delivery.State.values, 0)
    if campaign.frozen_at is None:
        return Numbers(states=states)
    params = {**_params(campaign), "since": clock.now() - timedelta(minutes=1)}
    rows = _rows(NUMBERS, params)
    reasons: dict[str, int] = {}
    sums = [0] * 6
    for state, reason, count, *reactions in rows:
        states[state] += count
        if reason:
            reasons[reason] = reasons.get(reason, 0) + count
        sums = [have + more for have, more in zip(sums, reactions, strict=True)]
    return Numbers(
        audience=campaign.audience_count or 0,
        states=states,
        reasons=reasons,
        opened=sums[0],
        machine_opened=sums[1],
        clicked=sums[2],
        machine_clicked=_rows(MACHINE_CLICKS, params)[0][0] if sums[1] else 0,
        unsubscribed=sums[3],
        complained=sums[4],
        rate_per_minute=sums[5],
    )


@dataclass(frozen=True, kw_only=True)
class Series:
    """Counts per step, from the first mail on; ``labels`` are the beginnings of the steps."""

    step_seconds: int = 60
    labels: list[datetime] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    clicked: list[int] = field(default_factory=list)


SPAN: Final = """
SELECT min(sent_at), max(greatest(sent_at, opened_at, clicked_at))
FROM messaging_delivery WHERE campaign_id = %(campaign)s AND created_at = %(frozen)s
"""
SERIES: Final = """
SELECT date_bin(make_interval(secs => %(step)s), moment, %(start)s) AS slot, what, count(*)
FROM messaging_delivery CROSS JOIN LATERAL (VALUES
    ('sent', sent_at), ('opened', opened_at), ('clicked', clicked_at)) AS event(what, moment)
WHERE campaign_id = %(campaign)s AND created_at = %(frozen)s AND moment IS NOT NULL
  AND moment <= %(until)s
GROUP BY 1, 2
"""


def minute_series(campaign: Campaign, *, hours: int = 24) -> Series:
    """Sent, opened and clicked over time; the step widens to at most 120 points.

    At most the first ``hours`` after the start.
    """
    if campaign.frozen_at is None:
        return Series()
    first, last = _rows(SPAN, _params(campaign))[0]
    if first is None:
        return Series()
    start = first.replace(second=0, microsecond=0)
    until = min(last, start + timedelta(hours=hours))
    seconds = (until - start).total_seconds() + 1
    step = next((one for one in STEPS if seconds / one <= MAX_POINTS), STEPS[-1])
    count = int(seconds // step) + 1
    values = {name: [0] * count for name in ("sent", "opened", "clicked")}
    params = {**_params(campaign), "step": step, "start": start, "until": until}
    for slot, what, number in _rows(SERIES, params):
        values[what][int((slot - start).total_seconds() // step)] = number
    return Series(
        step_seconds=step,
        labels=[start + timedelta(seconds=step * n) for n in range(count)],
        **values,
    )


@dataclass(frozen=True, kw_only=True)
class LinkNumbers:
    """``people`` who clicked it, their ``clicks``, and those of machines."""

    position: int
    url: str
    label: str
    people: int = 0
    clicks: int = 0
    machine_clicks: int = 0


# From the few who clicked to their clicks: the ledger of activity has no index by campaign.
LINKS: Final = """
SELECT (activity.data ->> 'link')::int AS position,
    count(DISTINCT activity.customer_id) FILTER (WHERE activity.kind = 'email_clicked'),
    count(*) FILTER (WHERE activity.kind = 'email_clicked'),
    count(*) FILTER (WHERE activity.kind = 'email_clicked_machine')
FROM messaging_delivery AS delivery
JOIN customers_activity AS activity
    ON activity.kind IN ('email_clicked', 'email_clicked_machine')
    AND activity.customer_id = delivery.customer_id
    AND activity.occurred_at >= %(frozen)s AND activity.context_id = %(campaign)s
WHERE delivery.campaign_id = %(campaign)s AND delivery.created_at = %(frozen)s
  AND (delivery.clicked_at IS NOT NULL OR delivery.machine_opened_at IS NOT NULL)
  AND activity.data ? 'link'
GROUP BY 1
"""


def link_numbers(campaign: Campaign) -> list[LinkNumbers]:
    """Every link of the content in its order, clicked or not."""
    if campaign.frozen_at is None:
        return []
    found = {row[0]: row[1:] for row in _rows(LINKS, _params(campaign))}
    return [
        LinkNumbers(
            position=link.position,
            url=link.url,
            label=link.label,
            people=found.get(link.position, (0, 0, 0))[0],
            clicks=found.get(link.position, (0, 0, 0))[1],
            machine_clicks=found.get(link.position, (0, 0, 0))[2],
        )
        for link in campaign.links.order_by("position")
    ]


@dataclass(frozen=True, kw_only=True)
class DomainNumbers:
    """What became of the mails to one domain."""

    domain: str
    audience: int
    accepted: int
    rejected: int
    bounced: int
    unknown: int
    opened: int


DOMAINS: Final = """
SELECT lower(split_part(address, '@', 2)) AS domain, count(*),
    count(*) FILTER (WHERE state = 'accepted'), count(*) FILTER (WHERE state = 'rejected'),
    count(*) FILTER (WHERE state = 'bounced'), count(*) FILTER (WHERE state = 'unknown'),
    count(opened_at)
FROM messaging_delivery
WHERE campaign_id = %(campaign)s AND created_at = %(frozen)s AND address <> ''
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s
"""


def domain_numbers(campaign: Campaign, limit: int = 8) -> list[DomainNumbers]:
    """The domains with the most people."""
    if campaign.frozen_at is None:
        return []
    return [
        DomainNumbers(
            domain=row[0],
            audience=row[1],
            accepted=row[2],
            rejected=row[3],
            bounced=row[4],
            unknown=row[5],
            opened=row[6],
        )
        for row in _rows(DOMAINS, {**_params(campaign), "limit": limit})
    ]


def _params(campaign: Campaign) -> dict[str, Any]:
    return {"campaign": campaign.pk, "frozen": campaign.frozen_at}


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
