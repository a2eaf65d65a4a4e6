"""What must always hold of deliveries."""

from config.kit.invariants import by_sql

by_sql(
    "messaging_audience_does_not_add_up",
    """SELECT count(*) FROM messaging_campaign AS campaign
    LEFT JOIN (SELECT campaign_id, count(*) AS rows FROM messaging_delivery
        WHERE kind = 'campaign' GROUP BY campaign_id) AS counted
        ON counted.campaign_id = campaign.id
    WHERE campaign.audience_count IS NOT NULL AND campaign.audience_count <> coalesce(rows, 0)""",
)
by_sql(
    "messaging_person_twice_in_a_campaign",
    """SELECT count(*) FROM (SELECT 1 FROM messaging_delivery WHERE kind = 'campaign'
        GROUP BY campaign_id, customer_id HAVING count(*) > 1) AS twice""",
)
by_sql(
    "messaging_in_flight_without_an_open_lease",
    """SELECT count(*) FROM messaging_delivery AS mail WHERE state = 'in_flight' AND NOT EXISTS
    (SELECT 1 FROM messaging_senderlease AS lease WHERE lease.id = mail.lease_id
        AND lease.state = 'open')""",
)
by_sql(
    "messaging_finished_with_mails_waiting",
    """SELECT count(*) FROM messaging_delivery AS mail JOIN messaging_campaign AS campaign
        ON campaign.id = mail.campaign_id
    WHERE campaign.state = 'finished' AND mail.kind = 'campaign'
        AND mail.state IN ('pending', 'in_flight')""",
)
# The gate is asked when a batch is claimed; what is said while it is in flight comes too late.
by_sql(
    "messaging_sent_without_consent",
    """SELECT count(*) FROM messaging_delivery AS mail
    JOIN messaging_campaign AS campaign ON campaign.id = mail.campaign_id
        AND campaign.purpose <> 'transactional'
    WHERE mail.kind = 'campaign' AND mail.sent_at IS NOT NULL AND coalesce(
        (SELECT value FROM customers_consentevent AS said
         WHERE said.customer_id = mail.customer_id AND said.channel = mail.channel
            AND said.purpose = campaign.purpose
            AND said.occurred_at <= mail.sent_at - CASE value WHEN 'granted' THEN interval '0'
                ELSE interval '10 minutes' END
         ORDER BY occurred_at DESC, customers_consent_rank(value) DESC, id DESC LIMIT 1),
        '') <> 'granted'""",
)
by_sql(
    "messaging_sent_to_a_blocked_address",
    """SELECT count(*) FROM customers_suppression AS blocked
    JOIN messaging_delivery AS mail ON mail.channel = blocked.channel
        AND lower(mail.address) = blocked.address_key
    WHERE mail.kind = 'campaign' AND mail.sent_at > blocked.created_at + interval '10 minutes'""",
)
by_sql(
    "messaging_delivery_of_nobody",
    """SELECT count(*) FROM messaging_delivery AS mail
    WHERE customer_id IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM customers_customer AS person WHERE person.id = mail.customer_id)
    OR campaign_id IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM messaging_campaign AS campaign WHERE campaign.id = mail.campaign_id)""",
)
by_sql(
    "messaging_delivery_without_a_month",
    "SELECT count(*) FROM messaging_delivery_default",
)
by_sql(
    "messaging_lease_open_for_an_hour",
    """SELECT count(*) FROM messaging_senderlease
    WHERE state = 'open' AND lease_until < now() - interval '1 hour'""",
)
by_sql(
    "messaging_counts_differ_from_the_ledger",
    """SELECT count(*) FROM messaging_campaign AS campaign
    LEFT JOIN (SELECT campaign_id, count(sent_at) AS sent,
            count(*) FILTER (WHERE state IN ('accepted', 'bounced')) AS accepted,
            count(opened_at) AS opened, count(clicked_at) AS clicked
        FROM messaging_delivery GROUP BY campaign_id) AS held ON held.campaign_id = campaign.id
    LEFT JOIN (SELECT campaign_id, sum(sent) AS sent, sum(accepted) AS accepted,
            sum(opened) AS opened, sum(clicked) AS clicked
        FROM messaging_countchange GROUP BY campaign_id) AS waiting
        ON waiting.campaign_id = campaign.id
    WHERE (sent_count + coalesce(waiting.sent, 0), accepted_count + coalesce(waiting.accepted, 0),
            opened_count + coalesce(waiting.opened, 0),
            clicked_count + coalesce(waiting.clicked, 0))
        <> (coalesce(held.sent, 0), coalesce(held.accepted, 0), coalesce(held.opened, 0),
            coalesce(held.clicked, 0))""",
)
