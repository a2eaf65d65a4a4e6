"""After a crash: what the dead senders' journals say about the rows they held.

Reply in the journal: settled as answered. Intent without a reply: ``unknown``. Neither: nothing was
sent, ``pending`` again. No journal that can be read and trusted: ``unknown``.
"""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from messaging.sending import statements
from messaging.sending.content import Item
from messaging.sending.journal import DeadJournal, Record
from messaging.sending.store import Rows, Settlement, Store
from messaging.smtp.replies import Fate, Outcome, outcome_of

logger = logging.getLogger(__name__)
# The host that has the journal gets this long before another one calls its rows unknown.
GRACE_SECONDS: Final = 600.0
NO_ANSWER: Final = "The sender died before the answer was read."
NO_JOURNAL: Final = "The sender's journal is gone."


@dataclass(frozen=True, kw_only=True)
class Lease:
    id: int
    campaign_id: int | None
    host: str
    token: str
    journal: Path
    is_over: bool
    is_long_over: bool


async def recover(store: Store) -> int:
    """Settle the rows of senders that died; returns how many rows."""
    cursor = await store.settles.execute(statements.OPEN_LEASES, {"grace": GRACE_SECONDS})
    leases = [
        Lease(
            id=row[0],
            campaign_id=row[1],
            host=row[2],
            token=row[3],
            journal=Path(row[4]),
            is_over=row[5],
            is_long_over=row[6],
        )
        for row in await cursor.fetchall()
    ]
    return sum([await _recover(store, lease) for lease in leases])


async def _recover(store: Store, lease: Lease) -> int:
    try:
        dead = DeadJournal.take(lease.journal)
    except OSError:
        is_due = lease.is_over if lease.host == store.host else lease.is_long_over
        return await _settle(store, lease, None) if is_due else 0
    if dead is None:
        return 0
    is_done = False
    try:
        count = await _settle(store, lease, dead.read(lease.token))
        is_done = True
    finally:
        dead.release(remove=is_done)
    return count


async def _settle(store: Store, lease: Lease, record: Record | None) -> int:
    connection = store.settles
    async with connection.transaction():
        cursor = await connection.execute(statements.LOCK_LEASE, {"lease": lease.id})
        if await cursor.fetchone() is None:
            return 0
        settlements = [_verdict(pk, record) for pk in await _rows(connection, lease)]
        rows = Rows()
        for one in settlements:
            rows.add(one)
        await store.settle_rows(lease.id, lease.campaign_id, rows, None)
        closing = {"lease": lease.id, "state": "recovered"}
        await connection.execute(statements.CLOSE_LEASE, closing)
    logger.warning("recovered lease %s: %s rows", lease.id, len(settlements))
    return len(settlements)


async def _rows(connection: Any, lease: Lease) -> list[int]:
    statement = (
        statements.LEASED_ROWS_SINGLE
        if lease.campaign_id is None
        else statements.LEASED_ROWS_OF_CAMPAIGN
    )
    params = {"campaign": lease.campaign_id, "lease": lease.id}
    cursor = await connection.execute(statement, params)
    return [row[0] for row in await cursor.fetchall()]


def _verdict(pk: int, record: Record | None) -> Settlement:
    return Settlement(Item(pk, 0, None, "", "", 1), _outcome(pk, record), time.time())


def _outcome(pk: int, record: Record | None) -> Outcome:
    if record is None:
        return Outcome(Fate.UNKNOWN, NO_JOURNAL)
    if pk in record.replies:
        return outcome_of(record.replies[pk], to_recipient=False)
    if pk in record.intents or not record.is_whole:
        return Outcome(Fate.UNKNOWN, NO_ANSWER)
    return Outcome(Fate.NOT_SENT)
