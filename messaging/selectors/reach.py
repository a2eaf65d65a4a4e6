"""Who a campaign would reach if it started now, person by person, or why it would not."""

from dataclasses import dataclass

from django.db import connection

from config.kit import clock
from customers.models import Customer
from messaging.models import Campaign
from messaging.services.audience import JUDGED, campaign_targets, judged_params
from targets.selectors.evaluation import audience_sql, preview

PAGE = """
SELECT id, reason FROM judged
WHERE id > %(after)s AND (%(wanted)s::text IS NULL OR reason = %(wanted)s)
ORDER BY id LIMIT %(size)s
"""


@dataclass(frozen=True)
class Reached:
    """``reason`` is the code of ``may_send``; empty: they would get it."""

    person: Customer
    reason: str


@dataclass(frozen=True)
class ReachPage:
    """``after`` leads to the next people, None: there are none."""

    rows: list[Reached]
    after: int | None


def reach_page(
    campaign: Campaign, *, reason: str | None = None, after: int = 0, size: int = 50
) -> ReachPage:
    """Some of the audience by key, those of one reason or all; by the rules as they are now.

    :raises DomainError: a rule can no longer be evaluated, or it takes more than five seconds.
    """
    include, exclude = campaign_targets(campaign)
    if not include:
        return ReachPage([], None)
    picked, params = audience_sql(include, exclude, clock.now())
    asked = {"after": after, "wanted": reason, "size": size + 1}
    with preview(), connection.cursor() as cursor:
        cursor.execute(
            f"WITH picked AS ({picked}), judged AS ({JUDGED}) {PAGE}",
            {**judged_params(campaign.purpose), **params, **asked},
        )
        found = cursor.fetchall()
    people = Customer.objects.in_bulk([pk for pk, _reason in found[:size]])
    return ReachPage(
        rows=[Reached(people[pk], why) for pk, why in found[:size] if pk in people],
        after=found[size - 1][0] if len(found) > size else None,
    )
