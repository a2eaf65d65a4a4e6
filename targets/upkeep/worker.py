"""The worker of upkeep: a loop that owns shards of the customers and keeps their memberships exact.

1. Own a fair share of the shards (``shards``); every second look again.
2. A live batch: in one snapshot, claim changes and events that have come, take the instant after
   that, sweep time since the last one, evaluate, write memberships, log and counters, commit.
3. A piece of the bulk log, then live changes again, so that large writes never hold up small ones;
   while live changes come faster than they are followed, bulk gets every fourth turn.
4. The program is compiled anew when a rule, or what rules name, changed before the snapshot.
5. Nothing is remembered outside the database: a worker that is killed leaves its batch undone.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from django.db import InterfaceError, OperationalError, connection

from targets.capture import SHARDS
from targets.catalog import Catalog
from targets.upkeep.batch import evaluate
from targets.upkeep.claims import Claim, claim_bulk, claim_due, claim_live, drop_bulk
from targets.upkeep.database import fetch, ids, one_snapshot, shared_lock
from targets.upkeep.program import TIME, Program, load_program
from targets.upkeep.shards import Shards
from targets.upkeep.sweep import passed, queue_passed, step_after
from targets.upkeep.writing import publish

logger = logging.getLogger(__name__)
LIVE_ROWS = 400
BULK_PEOPLE = 250
BULK_PIECES = 6
BULK_AT_LEAST = 4
IDLE_PIECES = 500
SWEEP_EVERY = timedelta(milliseconds=300)
LOOK_EVERY = 1.0
PAUSE = 0.05
LOST = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError)
RETRIED = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
WAITING = f"""
SELECT EXISTS (SELECT FROM targets_change), EXISTS (SELECT FROM targets_bulkchange
    WHERE shard = ANY($1::smallint[])), EXISTS (SELECT FROM targets_due WHERE due_at <= $2),
    EXISTS (SELECT FROM targets_change WHERE customer_id % {SHARDS} = ANY($1::smallint[])
            OFFSET {LIVE_ROWS})
"""  # noqa: S608
# A statement of hundreds of conditions takes longer to plan than to run, five times over if asked.
PLANNED_ONCE = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)"
PRESENT = """
SELECT clock_timestamp(), (SELECT ARRAY[count(*), coalesce(sum(id), 0)] FROM targets_catalogchange),
    ARRAY(SELECT target_id FROM targets_build),
    (SELECT min(stands_at) FROM targets_shard WHERE shard = ANY($1::smallint[]))
"""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A committed batch, evaluated ``at``. ``since``: when its changes were written.

    ``late``: how long before that time was last followed; 0 when this batch did not follow it.
    """

    kind: str
    at: datetime
    people: int
    flips: int
    since: list[datetime]
    late: timedelta


class Upkeep:
    """One worker. ``now`` replaces the database's clock; ``on_batch`` hears of each commit."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime] | None = None,
        on_batch: Callable[[Report], None] | None = None,
    ) -> None:
        self.shards = Shards()
        self.program = Program(Catalog())
        self._fingerprint: object = None
        self._now = now
        self._on_batch = on_batch
        self._swept_at: datetime | None = None
        self._changed: set[int] = set()
        self._looked = 0.0
        self._passed_over = 0

    def run(self, seconds: float) -> None:
        """Work for so long. A lost connection, a restarted server: wait, connect, go on."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if not self.turn():
                    time.sleep(PAUSE)
            except RETRIED:
                logger.info("upkeep: a batch met another writer and is done again")
            except LOST:
                logger.warning("upkeep: the database went away; trying again")
                connection.close()
                time.sleep(0.5)
        self.close()

    def close(self) -> None:
        self._publish()
        self.shards.leave()

    def settle(self) -> int:
        """Work until nothing is pending for the shards that are free; returns how many people."""
        self.shards.share()
        done = turned = self.turn(is_forced=True)
        while turned:
            turned = self.turn(is_forced=True)
            done += turned
        self.close()
        return done

    def turn(self, *, is_forced: bool = False) -> int:
        """A live batch and a piece of bulk, if there are any; the number of people done."""
        if time.monotonic() - self._looked > LOOK_EVERY or not self.shards.owned:
            self.shards.share()
            self._publish()
            self._looked = time.monotonic()
        if not self.shards.owned:
            return 0
        now = self._clock()
        waiting = fetch(WAITING, ids(self.shards.owned), now)[0]
        done = 0
        if waiting[0] or waiting[2] or is_forced or self._is_sweep_due(now):
            done += self._batch("live")
        if waiting[1] and self._is_turn_of_bulk(is_crowded=waiting[3]):
            done += self._batch("bulk")
        return done

    def _is_turn_of_bulk(self, *, is_crowded: bool) -> bool:
        """While more live changes wait than a batch takes, only at every fourth turn."""
        self._passed_over = (self._passed_over + 1) % BULK_AT_LEAST if is_crowded else 0
        return self._passed_over == 0

    def _clock(self) -> datetime:
        if self._now:
            return self._now()
        found: datetime = fetch("SELECT clock_timestamp()")[0][0]
        return found

    def _is_sweep_due(self, now: datetime) -> bool:
        return self._swept_at is None or now - self._swept_at >= SWEEP_EVERY

    def _batch(self, kind: str) -> int:
        owned = list(self.shards.owned)
        with shared_lock(), one_snapshot():
            fetch(PLANNED_ONCE)
            claim = claim_live(owned, LIVE_ROWS) if kind == "live" else self._bulk(owned)
            clock, fingerprint, building, stands_at = fetch(PRESENT, ids(owned))[0]
            now = max(self._now() if self._now else clock, stands_at)
            since, late = list(claim.since), timedelta()
            if kind == "live":
                claim_due(claim, owned, now, LIVE_ROWS)
            self._renew(fingerprint)
            if kind == "bulk" and not building:
                drop_bulk(owned, self.program.idle(claim.sources.values()), most=IDLE_PIECES)
            is_swept = kind == "live" and (self._is_sweep_due(now) or now - stands_at > SWEEP_EVERY)
            more = self._sweep(claim, owned, stands_at, now) if is_swept else False
            flips = evaluate(self.program, claim, now, building)
            flips.write(now, min(owned))
            late = now - stands_at if is_swept else timedelta()
        self._changed.update(flips.targets)
        if is_swept:
            self._swept_at = now
        if self._on_batch:
            self._on_batch(
                Report(
                    kind=kind,
                    at=now,
                    people=len(claim.sources),
                    flips=len(flips),
                    since=since,
                    late=late,
                )
            )
        return len(claim.sources) + more

    def _bulk(self, owned: list[int]) -> Claim:
        return claim_bulk(owned, pieces=BULK_PIECES, people=BULK_PEOPLE)

    def _sweep(self, claim: Claim, owned: list[int], before: datetime, now: datetime) -> bool:
        """Feed whom time may have flipped; whether time is still behind. Many go the bulk way."""
        edges = self.program.edges
        after = step_after(before, now) if edges else now
        people, is_many = passed(edges, before, after, owned, most=BULK_PEOPLE)
        if is_many:
            queue_passed(edges, before, after, owned, TIME)
        for customer, scans in people.items():
            for scan in scans:
                claim.add(customer, TIME, scan)
        fetch(
            "UPDATE targets_shard SET stands_at = $2 WHERE shard = ANY($1::smallint[])",
            ids(owned),
            after,
        )
        return after < now or is_many

    def _renew(self, fingerprint: object) -> None:
        if fingerprint != self._fingerprint:
            self.program = load_program()
            self._fingerprint = fingerprint

    def _publish(self) -> None:
        publish(sorted(self._changed))
        self._changed.clear()
