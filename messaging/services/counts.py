"""The counts that lists of campaigns show, kept in step with the delivery ledger.

A trigger of the ledger writes what each statement changed (`messaging_countchange`), in the
statement's own transaction; a gatherer adds it up. So a list never reads the ledger, nobody waits
for a campaign's row while a person opens a mail, and the counts are exact once it is gathered.
"""

from typing import Final

from django.db import connection, transaction

from messaging.models import Campaign

GATHER: Final = """
WITH taken AS (
    DELETE FROM messaging_countchange RETURNING campaign_id, sent, accepted, opened, clicked
), summed AS (
    SELECT campaign_id, sum(sent) AS sent, sum(accepted) AS accepted, sum(opened) AS opened,
        sum(clicked) AS clicked
    FROM taken GROUP BY campaign_id
)
UPDATE messaging_campaign AS campaign SET sent_count = sent_count + summed.sent,
    accepted_count = accepted_count + summed.accepted,
    opened_count = opened_count + summed.opened,
    clicked_count = clicked_count + summed.clicked, counted_at = now()
FROM summed WHERE campaign.id = summed.campaign_id
"""
RECOUNT: Final = """
UPDATE messaging_campaign SET sent_count = counted.sent, accepted_count = counted.accepted,
    opened_count = counted.opened, clicked_count = counted.clicked, counted_at = now()
FROM (SELECT count(sent_at) AS sent,
        count(*) FILTER (WHERE state IN ('accepted', 'bounced')) AS accepted,
        count(opened_at) AS opened, count(clicked_at) AS clicked
    FROM messaging_delivery
    WHERE campaign_id = %(campaign)s AND created_at = %(frozen)s) AS counted
WHERE id = %(campaign)s
"""


def counts_gather() -> int:
    """Add up what changed since the last time; returns how many campaigns it touched."""
    with connection.cursor() as cursor:
        cursor.execute(GATHER)
        return int(cursor.rowcount)


@transaction.atomic
def counts_renew(*, campaign: Campaign) -> None:
    """Count from the ledger itself: after rows were written into it that no trigger sees."""
    params = {"campaign": campaign.pk, "frozen": campaign.frozen_at}
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE messaging_countchange IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM messaging_countchange WHERE campaign_id = %(campaign)s", params)
        cursor.execute(RECOUNT, params)
