"""The ledger as the sender sees it: two connections of its own, short transactions."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import psycopg
import psycopg.sql
from django.db import connection

from customers.identity import email_key
from customers.selectors.gate import TRANSACTIONAL, gate_params
from messaging.registry import VariableSource
from messaging.sending import statements
from messaging.sending.content import Item
from messaging.sending.journal import Journal
from messaging.services.counts import GATHER
from messaging.smtp.replies import Fate, Outcome

LEASE_SECONDS: Final = 300.0
MAX_ATTEMPTS: Final = 10
MAX_WAIT: Final = 6 * 3600.0
STATES: Final = {
    Fate.ACCEPTED: "accepted",
    Fate.REJECTED: "rejected",
    Fate.DEFERRED: "pending",
    Fate.UNKNOWN: "unknown",
    Fate.NOT_SENT: "pending",
}


@dataclass(frozen=True, kw_only=True)
class Work:
    """What can be sent now. ``campaign_id`` None: the mails outside campaigns."""

    campaign_id: int | None
    name: str = ""
    frozen_at: datetime | None = None
    purpose: str = TRANSACTIONAL
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""


@dataclass(kw_only=True)
class Batch:
    """Rows in flight under one lease, with the journal that speaks for them."""

    work: Work
    lease_id: int
    journal: Journal
    items: list[Item]
    stop_at: float
    remaining: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one item. ``reason`` when the mail could not be made."""

    item: Item
    outcome: Outcome
    at: float
    reason: str = ""
    wait: float = 0.0


@dataclass(kw_only=True)
class Rows:
    """The columns of a settlement, for one statement."""

    ids: list[int] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    refunds: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def add(self, one: Settlement) -> None:
        outcome = one.outcome
        state = "skipped" if one.reason else STATES[outcome.fate]
        wait = one.wait
        if outcome.fate is Fate.DEFERRED:
            state, wait = self._later(one)
        self.ids.append(one.item.id)
        self.states.append(state)
        self.reasons.append(one.reason)
        self.replies.append(" ".join(outcome.reply.split())[:300])
        self.waits.append(wait)
        self.refunds.append(int(outcome.fate is Fate.NOT_SENT))
        self.times.append(one.at)

    @staticmethod
    def _later(one: Settlement) -> tuple[str, float]:
        """Minutes at first, hours in the end, spread by the id; then the answer stands."""
        if one.item.attempts >= MAX_ATTEMPTS:
            return "rejected", 0.0
        spread = 0.75 + (one.item.id % 64) / 128
        return "pending", min(MAX_WAIT, 60.0 * 2 ** (one.item.attempts - 1)) * spread


class Store:
    """Opened with ``async with``; safe for one sender."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = socket.gethostname()
        self._after: dict[int, int] = {}

    async def __aenter__(self) -> Self:
        params = _connection_params()
        self._claims = await psycopg.AsyncConnection.connect(**params, autocommit=True)
        self._settles = await psycopg.AsyncConnection.connect(**params, autocommit=True)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._claims.close()
        await self._settles.close()

    async def campaigns(self) -> list[Work]:
        cursor = await self._claims.execute(statements.SENDING)
        return [
            Work(
                campaign_id=row[0],
                name=row[1],
                frozen_at=row[2],
                purpose=row[3],
                from_name=row[4],
                from_address=row[5],
                reply_to=row[6],
            )
            for row in await cursor.fetchall()
        ]

    async def contents(self, campaign_id: int) -> dict[str, dict[str, Any]]:
        cursor = await self._claims.execute(statements.CONTENTS, {"campaign": campaign_id})
        return {row[0]: row[1] for row in await cursor.fetchall()}

    async def claim(self, work: Work, limit: int, now: float) -> Batch | None:
        """Take a batch; None when there is nothing to take now.

        The journal's file exists before the rows are in flight, so a row in flight without a
        journal means that its disk is gone.
        """
        journal = Journal(self.folder)
        try:
            batch = await self._claim(work, limit, now, journal)
        except BaseException:
            journal.remove()
            raise
        if batch is None or not batch.items:
            journal.remove()
        return batch

    async def _claim(self, work: Work, limit: int, now: float, journal: Journal) -> Batch | None:
        async with self._claims.transaction() as transaction:
            if not await self._is_sending(work):
                return None
            lease_id = await self._lease(work, journal)
            rows = await self._rows(work, lease_id, limit)
            if not rows:
                raise psycopg.Rollback(transaction)
            second = int(work.frozen_at.timestamp()) if work.frozen_at else 0
            items = [
                Item(row[0], int(row[6]) if len(row) > 6 else second, *row[1:5])
                for row in rows
                if row[5] == "in_flight"
            ]
            lease = {"lease": lease_id, "size": len(items), "state": "settled"}
            await self._claims.execute(statements.LEASE_SIZE, lease)
            if not items:
                await self._claims.execute(statements.CLOSE_LEASE, lease)
            return Batch(
                work=work,
                lease_id=lease_id,
                journal=journal,
                items=items,
                stop_at=now + LEASE_SECONDS * 2 / 3,
                remaining=len(items),
                skipped=len(rows) - len(items),
            )

    async def _is_sending(self, work: Work) -> bool:
        if work.campaign_id is None:
            return True
        cursor = await self._claims.execute(
            statements.CAMPAIGN_STATE, {"campaign": work.campaign_id}
        )
        row = await cursor.fetchone()
        return row is not None and row[0] == "sending"

    async def _lease(self, work: Work, journal: Journal) -> int:
        cursor = await self._claims.execute(
            statements.LEASE,
            {
                "campaign": work.campaign_id,
                "host": self.host,
                "process": journal.token,
                "journal": str(journal.path),
                "seconds": LEASE_SECONDS,
            },
        )
        row = await cursor.fetchone()
        return int(row[0]) if row else 0

    async def _rows(self, work: Work, lease_id: int, limit: int) -> list[tuple[Any, ...]]:
        """From where the last batch ended on; once more from the beginning when that is empty."""
        statement = statements.CLAIM if work.campaign_id else statements.CLAIM_SINGLE
        key = work.campaign_id or 0
        params = {
            **gate_params(channel="email", purpose=work.purpose),
            "campaign": work.campaign_id,
            "frozen": work.frozen_at,
            "lease": lease_id,
            "limit": limit,
        }
        for after in {self._after.get(key, 0), 0}:
            cursor = await self._claims.execute(statement, {**params, "after": after})
            rows = await cursor.fetchall()
            if rows:
                self._after[key] = max(row[0] for row in rows)
                return rows
            self._after[key] = 0
        return []

    async def read_values(self, items: Sequence[Item], sources: Sequence[VariableSource]) -> None:
        """Give each item the values of its person, a statement a source."""
        by_person = {item.customer_id: item for item in items if item.customer_id}
        for source in sources:
            cursor = await self._claims.execute(
                psycopg.sql.SQL(source.sql), {"ids": list(by_person)}
            )
            for pk, document in await cursor.fetchall():
                by_person[pk].values[source.head] = document or {}

    async def settle(self, batch: Batch, settlements: Sequence[Settlement]) -> None:
        """Write outcomes; with the last of a batch its lease is closed and its journal goes."""
        rows = Rows()
        for one in settlements:
            rows.add(one)
        is_last = batch.remaining <= len(settlements)
        async with self._settles.transaction():
            await self.settle_rows(
                batch.lease_id, batch.work.campaign_id, rows, batch.work.frozen_at
            )
            await self._suppress(settlements)
            if is_last:
                lease = {"lease": batch.lease_id, "state": "settled"}
                await self._settles.execute(statements.CLOSE_LEASE, lease)
        batch.remaining -= len(settlements)
        if is_last:
            batch.journal.remove()

    async def settle_rows(
        self, lease_id: int, campaign_id: int | None, rows: Rows, frozen_at: datetime | None
    ) -> None:
        await self._settles.execute(
            psycopg.sql.SQL(statements.SETTLE),
            {**rows.__dict__, "lease": lease_id, "campaign": campaign_id, "frozen": frozen_at},
        )

    async def _suppress(self, settlements: Sequence[Settlement]) -> None:
        hard = [one for one in settlements if one.outcome.is_hard]
        if hard:
            params = {
                "keys": [email_key(one.item.address) for one in hard],
                "details": [" ".join(one.outcome.reply.split())[:300] for one in hard],
            }
            await self._settles.execute(statements.SUPPRESS, params)

    async def finish(self, work: Work) -> bool:
        """End the campaign when nobody waits any more."""
        params = {"campaign": work.campaign_id, "frozen": work.frozen_at}
        cursor = await self._settles.execute(statements.FINISH, params)
        return cursor.rowcount == 1

    async def gather_counts(self) -> None:
        """Bring the counts of the lists up to now."""
        await self._settles.execute(GATHER)

    async def state_reason(self, reason: str, campaign_id: int | None = None) -> None:
        """Why a campaign stands still; of all that are sending when no id is given."""
        params = {"reason": reason[:300], "campaign": campaign_id}
        await self._settles.execute(statements.STATE_REASON, params)

    @property
    def settles(self) -> "psycopg.AsyncConnection[Any]":
        return self._settles


def _connection_params() -> dict[str, Any]:
    """Django's parameters without what is Django's own."""
    params = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(name, None)
    return params
