"""Taking changes as from a queue: who takes a row deletes it, in the transaction of its effects.

A row's number says nothing about when it was committed, so nothing is remembered as "seen up to".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from targets.capture import SHARDS
from targets.upkeep.database import fetch, ids
from targets.upkeep.program import Source

LIVE = f"""
DELETE FROM targets_change WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM targets_change WHERE customer_id % {SHARDS} = ANY($1::bigint[])
    LIMIT $2 FOR UPDATE SKIP LOCKED))
RETURNING customer_id, source, key, at
"""  # noqa: S608
DUE = f"""
DELETE FROM targets_due WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM targets_due WHERE due_at <= $2 AND customer_id % {SHARDS} = ANY($1::bigint[])
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED))
RETURNING customer_id, source, key, due_at
"""  # noqa: S608
BULK = """
WITH first AS (
    SELECT shard FROM targets_bulkchange WHERE shard = ANY($1::smallint[]) LIMIT 1)
DELETE FROM targets_bulkchange WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM targets_bulkchange WHERE shard = (SELECT shard FROM first)
    LIMIT $2 FOR UPDATE SKIP LOCKED))
RETURNING customers, source, key, at, shard
"""
IDLE = """
DELETE FROM targets_bulkchange WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM targets_bulkchange
    WHERE shard = ANY($1::smallint[]) AND source = $2 AND key = $3 LIMIT $4 FOR UPDATE SKIP LOCKED))
"""
PUT_BACK = """
INSERT INTO targets_bulkchange (shard, customers, source, key, at)
SELECT $1, $2::bigint[], $3, $4, $5
"""
REQUEUE = f"""
INSERT INTO targets_bulkchange (shard, customers, source)
SELECT customer_id % {SHARDS}, array_agg(DISTINCT customer_id), $2
FROM unnest($1::bigint[]) AS customer_id GROUP BY 1, customer_id / 2000
"""  # noqa: S608


@dataclass
class Claim:
    """Whose facts changed and how. ``since``: the instants at which the changes were written."""

    sources: dict[int, set[Source]] = field(default_factory=dict)
    since: list[datetime] = field(default_factory=list)
    rows: int = 0

    def add(self, customer: int, source: str, key: str) -> None:
        self.sources.setdefault(customer, set()).add((source, key))


def claim_live(shards: Sequence[int], limit: int) -> Claim:
    claim = Claim()
    for customer, source, key, at in fetch(LIVE, ids(shards), limit):
        claim.add(customer, source, key)
        claim.since.append(at)
        claim.rows += 1
    return claim


def claim_due(claim: Claim, shards: Sequence[int], now: datetime, limit: int) -> None:
    """Events that were dated in the future and have come."""
    for customer, source, key, _due in fetch(DUE, ids(shards), now, limit):
        claim.add(customer, source, key)
        claim.rows += 1


def claim_bulk(shards: Sequence[int], *, pieces: int, people: int) -> Claim:
    """Some pieces of one shard, with at most so many people; the others go back."""
    claim = Claim()
    taken = fetch(BULK, ids(shards), pieces)
    for customers, source, key, at, shard in taken:
        rest = []
        for customer in customers:
            if customer in claim.sources or len(claim.sources) < people:
                claim.add(customer, source, key)
            else:
                rest.append(customer)
        claim.since.append(at)
        claim.rows += len(customers) - len(rest)
        if rest:
            fetch(PUT_BACK, shard, ids(rest), source, key, at)
    return claim


def drop_bulk(shards: Sequence[int], sources: Iterable[Source], *, most: int) -> None:
    """Take off pieces of changes that concern no target, many at once."""
    for source, key in sources:
        fetch(IDLE, ids(shards), source, key, most)


def queue_customers(customers: Iterable[int], source: str) -> None:
    """Have these people evaluated again, behind the live changes."""
    fetch(REQUEUE, ids(customers), source)
