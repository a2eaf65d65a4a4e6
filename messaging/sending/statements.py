"""The sender's SQL: claim a batch, settle outcomes, give rows back."""

from typing import Final

from customers.selectors.gate import GATE_JOINS, GATE_REASON
from customers.services.activity import INSERT_SELECT

LEASE: Final = """
INSERT INTO messaging_senderlease
    (campaign_id, host, process, journal, state, size, leased_at, lease_until)
SELECT %(campaign)s, %(host)s, %(process)s, %(journal)s, 'open', 0, now(),
    now() + make_interval(secs => %(seconds)s)
RETURNING id
"""

# A campaign that is paused or cancelled meanwhile waits for this short transaction.
CAMPAIGN_STATE: Final = "SELECT state FROM messaging_campaign WHERE id = %(campaign)s FOR SHARE"

# The gate is asked again here; the address is the one of this moment.
CLAIM: Final = f"""
WITH picked AS (
    SELECT id, customer_id FROM messaging_delivery
    WHERE campaign_id = %(campaign)s AND created_at = %(frozen)s AND state = 'pending'
      AND id > %(after)s AND (not_before IS NULL OR not_before <= now())
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), judged AS (
    SELECT picked.id, person.email,
        CASE WHEN person.id IS NULL THEN 'gone' ELSE {GATE_REASON} END AS reason
    FROM picked LEFT JOIN customers_customer AS person ON person.id = picked.customer_id
    {GATE_JOINS}
)
UPDATE messaging_delivery AS delivery SET
    state = CASE WHEN judged.reason = '' THEN 'in_flight' ELSE 'skipped' END,
    reason = judged.reason,
    address = CASE WHEN judged.reason = '' THEN judged.email ELSE delivery.address END,
    lease_id = CASE WHEN judged.reason = '' THEN %(lease)s ELSE NULL END,
    attempts = delivery.attempts + CASE WHEN judged.reason = '' THEN 1 ELSE 0 END,
    not_before = NULL
FROM judged WHERE delivery.id = judged.id AND delivery.created_at = %(frozen)s
RETURNING delivery.id, delivery.customer_id, delivery.address, delivery.language,
    delivery.attempts, delivery.state
"""  # noqa: S608

# A mail may go to another address than the first one: then it is that one's block that counts.
CLAIM_SINGLE: Final = f"""
WITH picked AS (
    SELECT id, created_at, customer_id, kind, address FROM messaging_delivery
    WHERE campaign_id IS NULL AND state = 'pending'
      AND (not_before IS NULL OR not_before <= now())
    ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), judged AS (
    SELECT picked.id, picked.created_at,
        CASE WHEN picked.customer_id IS NULL THEN '' WHEN person.id IS NULL THEN 'gone'
             WHEN lower(picked.address) IN (person.email_key, lower(person.email))
                 OR gate.reason NOT IN ('', 'suppressed', 'no_address') THEN gate.reason
             WHEN EXISTS (SELECT 1 FROM customers_suppression AS other
                 WHERE other.channel = %(gate_channel)s
                 AND other.address_key = lower(picked.address)) THEN 'suppressed'
             ELSE '' END AS reason
    FROM picked LEFT JOIN customers_customer AS person ON person.id = picked.customer_id
    {GATE_JOINS}
    CROSS JOIN LATERAL (SELECT {GATE_REASON} AS reason) AS gate
)
UPDATE messaging_delivery AS delivery SET
    state = CASE WHEN judged.reason = '' THEN 'in_flight' ELSE 'skipped' END,
    reason = judged.reason,
    lease_id = CASE WHEN judged.reason = '' THEN %(lease)s ELSE NULL END,
    attempts = delivery.attempts + CASE WHEN judged.reason = '' THEN 1 ELSE 0 END,
    not_before = NULL
FROM judged WHERE delivery.id = judged.id AND delivery.created_at = judged.created_at
RETURNING delivery.id, delivery.customer_id, delivery.address, delivery.language,
    delivery.attempts, delivery.state, extract(epoch FROM delivery.created_at)
"""  # noqa: S608

CLOSE_LEASE: Final = """
UPDATE messaging_senderlease SET state = %(state)s, closed_at = now()
WHERE id = %(lease)s AND state = 'open'
"""
LEASE_SIZE: Final = "UPDATE messaging_senderlease SET size = %(size)s WHERE id = %(lease)s"

# Conditional on the lease: a sender that woke up too late changes nothing.
SETTLE: Final = f"""
WITH outcome AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(reasons)s::text[],
        %(replies)s::text[], %(waits)s::float8[], %(refunds)s::int[], %(times)s::float8[])
        AS given(id, state, reason, reply, wait, refund, answered)
), settled AS (
    UPDATE messaging_delivery AS delivery SET
        state = CASE WHEN outcome.state = 'pending' AND EXISTS (
                    SELECT 1 FROM messaging_campaign
                    WHERE id = %(campaign)s AND state = 'cancelled') THEN 'cancelled'
                ELSE outcome.state END,
        reason = outcome.reason, reply = outcome.reply,
        attempts = greatest(delivery.attempts - outcome.refund, 0),
        not_before = CASE WHEN outcome.wait > 0
                     THEN now() + make_interval(secs => outcome.wait) END,
        sent_at = CASE WHEN outcome.state IN ('accepted', 'rejected')
                  THEN to_timestamp(outcome.answered) END,
        delivered_at = CASE WHEN outcome.state = 'accepted'
                       THEN to_timestamp(outcome.answered) END,
        lease_id = CASE WHEN outcome.state = 'pending' THEN NULL ELSE delivery.lease_id END
    FROM outcome
    WHERE delivery.id = outcome.id AND delivery.state = 'in_flight'
      AND delivery.lease_id = %(lease)s
      AND (%(frozen)s::timestamptz IS NULL OR delivery.created_at = %(frozen)s)
    RETURNING delivery.id, delivery.customer_id, delivery.kind, delivery.state, delivery.sent_at,
        split_part(delivery.reply, ' ', 1) AS code
), recorded AS (
    {INSERT_SELECT}
    SELECT customer_id, CASE state WHEN 'accepted' THEN 'email_sent' ELSE 'email_bounced' END,
        sent_at, 'delivery', id, %(campaign)s::bigint,
        CASE state WHEN 'accepted' THEN '{{}}'::jsonb ELSE jsonb_build_object('code', code) END
    FROM settled
    WHERE customer_id IS NOT NULL AND kind <> 'test' AND state IN ('accepted', 'rejected')
)
SELECT count(*) FROM settled
"""  # noqa: S608

SUPPRESS: Final = """
INSERT INTO customers_suppression (channel, address_key, reason, detail, created_at)
SELECT 'email', given.address_key, 'hard_bounce', given.detail, now()
FROM unnest(%(keys)s::text[], %(details)s::text[]) AS given(address_key, detail)
ON CONFLICT (channel, address_key) DO NOTHING
"""

SENDING: Final = """
SELECT id, name, frozen_at, purpose, from_name, from_address, reply_to
FROM messaging_campaign WHERE state = 'sending' ORDER BY started_at, id
"""
FINISH: Final = """
UPDATE messaging_campaign SET state = 'finished', finished_at = now(), state_reason = '',
    updated_at = now(), version = version + 1
WHERE id = %(campaign)s AND state = 'sending' AND NOT EXISTS (
    SELECT 1 FROM messaging_delivery WHERE campaign_id = %(campaign)s
    AND created_at = %(frozen)s AND state IN ('pending', 'in_flight'))
"""
STATE_REASON: Final = """
UPDATE messaging_campaign SET state_reason = %(reason)s
WHERE state = 'sending' AND state_reason <> %(reason)s
  AND (%(campaign)s::bigint IS NULL OR id = %(campaign)s)
"""
OPEN_LEASES: Final = """
SELECT id, campaign_id, host, process, journal, lease_until < now() AS is_over,
    lease_until < now() - make_interval(secs => %(grace)s) AS is_long_over
FROM messaging_senderlease WHERE state = 'open' ORDER BY id
"""
LOCK_LEASE: Final = """
SELECT 1 FROM messaging_senderlease WHERE id = %(lease)s AND state = 'open'
FOR UPDATE SKIP LOCKED
"""
LEASED_ROWS_OF_CAMPAIGN: Final = """
SELECT id FROM messaging_delivery
WHERE campaign_id = %(campaign)s AND state = 'in_flight' AND lease_id = %(lease)s
"""
LEASED_ROWS_SINGLE: Final = """
SELECT id FROM messaging_delivery
WHERE campaign_id IS NULL AND state = 'in_flight' AND lease_id = %(lease)s
"""
CONTENTS: Final = """
SELECT language, compiled FROM messaging_campaigncontent WHERE campaign_id = %(campaign)s
"""
