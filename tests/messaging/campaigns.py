"""Where the mails of a campaign stand."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from messaging.models import Campaign, Delivery
from messaging.selectors.campaigns import campaign_numbers

Make = Callable[..., Any]


def states(campaign: Campaign) -> Counter[str]:
    rows = Delivery.objects.filter(campaign_id=campaign.pk)
    return Counter(row.state + (f":{row.reason}" if row.reason else "") for row in rows)


def settled(campaign: Campaign) -> Campaign:
    campaign.refresh_from_db()
    numbers = campaign_numbers(campaign)
    total = numbers.sent + numbers.unknown + numbers.pending + numbers.not_sent
    assert numbers.audience == total
    assert numbers.unexplained == 0
    return campaign
