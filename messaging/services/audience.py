"""Who a campaign goes to: counted before, frozen at the start, in one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection

from config.kit import clock
from customers.selectors.gate import GATE_JOINS, GATE_REASON, gate_params
from messaging.models import Campaign
from targets.models import Target
from targets.selectors.evaluation import audience_sql

CHANNEL: Final = "email"
# What the sender could not hand over anyway; everything finer is the server's to say.
PLAUSIBLE: Final = r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+$"
INVALID: Final = "invalid_address"
JUDGED: Final = f"""
SELECT person.id, person.email, person.language,
    CASE WHEN gate.reason = '' AND person.email !~ %(plausible)s THEN '{INVALID}'
         ELSE gate.reason END AS reason
FROM picked JOIN customers_customer AS person ON person.id = picked.id {GATE_JOINS}
CROSS JOIN LATERAL (SELECT {GATE_REASON} AS reason) AS gate
"""  # noqa: S608
FREEZE: Final = """
INSERT INTO messaging_delivery
    (created_at, campaign_id, customer_id, kind, state, reason, address, language)
SELECT %(at)s, %(campaign)s, id, 'campaign',
    CASE WHEN reason = '' THEN 'pending' ELSE 'skipped' END, reason, email,
    CASE WHEN left(language, 2) = ANY(%(languages)s) THEN left(language, 2)
         ELSE %(site_language)s END
FROM judged ORDER BY id
"""


@dataclass(frozen=True, kw_only=True)
class Audience:
    """``total == reachable + sum(reasons.values())``."""

    total: int = 0
    reachable: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


def audience_count(
    *, include: Sequence[Target], exclude: Sequence[Target], purpose: str
) -> Audience:
    """Who would get a campaign now, and who would not and why."""
    if not include:
        return Audience()
    picked, params = audience_sql(include, exclude, clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH picked AS ({picked}), judged AS ({JUDGED}) "  # noqa: S608
            "SELECT reason, count(*) FROM judged GROUP BY reason ORDER BY 2 DESC, 1",
            {**judged_params(purpose), **params},
        )
        counts = dict(cursor.fetchall())
    reachable = counts.pop("", 0)
    return Audience(total=reachable + sum(counts.values()), reachable=reachable, reasons=counts)


def audience_freeze(*, campaign: Campaign, at: datetime) -> int:
    """One delivery a person, waiting or skipped with the reason; returns how many.

    The targets' rules are evaluated themselves, in this statement's snapshot.
    """
    include, exclude = campaign_targets(campaign)
    picked, params = audience_sql(include, exclude, at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH picked AS ({picked}), judged AS ({JUDGED}) {FREEZE}",
            {
                **judged_params(campaign.purpose),
                **params,
                "at": at,
                "campaign": campaign.pk,
                "languages": [code for code, _name in settings.LANGUAGES],
                "site_language": settings.SITE_LANGUAGE,
            },
        )
        return int(cursor.rowcount)


def campaign_targets(campaign: Campaign) -> tuple[list[Target], list[Target]]:
    """The targets that a campaign includes, and those that it leaves out."""
    include: list[Target] = []
    exclude: list[Target] = []
    for use in campaign.targets.select_related("target").order_by("id"):
        (exclude if use.is_excluded else include).append(use.target)
    return include, exclude


def judged_params(purpose: str) -> dict[str, Any]:
    """The values that ``JUDGED`` asks for."""
    return {**gate_params(channel=CHANNEL, purpose=purpose), "plausible": PLAUSIBLE}
