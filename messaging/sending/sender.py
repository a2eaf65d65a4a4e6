"""The sender: one process, one loop, kept connections.

1. Recover what dead senders left.
2. Open a connection; no server, nothing is claimed.
3. A feeder claims batches and keeps the queue filled; each connection takes a mail, makes it and
   hands it over; a settler writes outcomes every 100 ms.
4. With nothing left to claim: wait for the last outcomes, end the campaigns that are through.
"""

import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import uvloop
from django.conf import settings

from messaging import mime
from messaging.sending.content import Item, NotRendered
from messaging.sending.journal import Journal
from messaging.sending.lanes import CAMPAIGN_BATCH, CampaignLane, Prepared, SingleLane
from messaging.sending.limits import Limits
from messaging.sending.recovery import recover
from messaging.sending.store import Batch, Settlement, Store
from messaging.smtp.client import Connection, ConnectionTrouble, Hooks, Server
from messaging.smtp.replies import Fate, Outcome, Reply

SETTLE_SECONDS: Final = 0.1
LOW_WATER: Final = CAMPAIGN_BATCH // 2
PATIENCE_SECONDS: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one run did."""

    handed_over: int = 0
    recovered: int = 0
    trouble: str = ""


class Sender:
    """One run over one lane, until nothing can be done now or the time is over."""

    def __init__(self, store: Store, lane: CampaignLane | SingleLane, *, connections: int) -> None:
        self.store = store
        self.lane = lane
        self.limits = Limits(settings.SENDING_RATE, settings.SENDING_DOMAIN_RATES)
        self.server = Server(**settings.EMAIL)
        self.hello = urlsplit(settings.SITE_URL).hostname or "localhost"
        self.handed_over = 0
        self.trouble = ""
        self._wanted = connections
        self._queue: asyncio.Queue[tuple[Prepared, Item] | None] = asyncio.Queue()
        self._results: list[tuple[Batch, Settlement]] = []
        self._open: dict[int, Batch] = {}
        self._failure: Exception | None = None
        self._idle = asyncio.Event()
        self._room = asyncio.Event()

    async def run(self, *, until: float) -> Report:
        loop = asyncio.get_running_loop()
        recovered = await recover(self.store)
        first = Connection(self.server, hello=self.hello)
        try:
            await first.open()
        except ConnectionTrouble as trouble:
            await self.store.state_reason(str(trouble))
            return Report(recovered=recovered, trouble=str(trouble))
        await self.store.state_reason("")
        lines: list[Connection | None] = [first] + [None] * (self._wanted - 1)
        workers = [loop.create_task(self._guarded(self._work(line))) for line in lines]
        settler = loop.create_task(self._guarded(self._settle_often()))
        try:
            await self._feed(loop, until)
            await self._drain(workers)
        finally:
            settler.cancel()
            for worker in workers:
                worker.cancel()
            await asyncio.gather(settler, *workers, return_exceptions=True)
            for batch in self._open.values():
                batch.journal.abandon()
        await self.lane.finish()
        if self.trouble:
            await self.store.state_reason(self.trouble)
        return Report(handed_over=self.handed_over, recovered=recovered, trouble=self.trouble)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """A fault of ours ends the run; the journals then tell what had happened."""
        try:
            await work
        except Exception as failure:  # noqa: BLE001  raised again where the run waits
            self._failure = failure
            self._room.set()
            self._idle.set()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    # The feeder.

    async def _feed(self, loop: asyncio.AbstractEventLoop, until: float) -> None:
        while not self.trouble and loop.time() < until:
            prepared = await self.lane.next(loop.time())
            if prepared is None:
                if not self._open:
                    return
                await self._until_batch_ends()
                continue
            self._open[prepared.batch.lease_id] = prepared.batch
            for item in prepared.batch.items:
                self._queue.put_nowait((prepared, item))
            await self._until_room()

    async def _until_room(self) -> None:
        while self._queue.qsize() > LOW_WATER and not self.trouble:
            self._room.clear()
            await self._room.wait()
            self._raise_failure()

    async def _until_batch_ends(self) -> None:
        self._raise_failure()
        self._idle.clear()
        await self._idle.wait()
        self._raise_failure()

    async def _drain(self, workers: list[asyncio.Task[None]]) -> None:
        while self._open:
            await self._until_batch_ends()
        for _worker in workers:
            self._queue.put_nowait(None)
        await asyncio.gather(*workers)

    # The connections.

    async def _work(self, line: Connection | None) -> None:
        loop = asyncio.get_running_loop()
        while True:
            taken = await self._queue.get()
            if taken is None:
                break
            if self._queue.qsize() <= LOW_WATER:
                self._room.set()
            prepared, item = taken
            if self._give_back_late(loop, prepared, item) or self._hold_back(loop, prepared, item):
                continue
            line = await self._usable(line)
            if line is None:
                self._done(prepared.batch, item, Outcome(Fate.NOT_SENT))
                continue
            await self._hand_over(loop, line, prepared, item)
        if line is not None:
            line.close()

    def _give_back_late(
        self, loop: asyncio.AbstractEventLoop, prepared: Prepared, item: Item
    ) -> bool:
        """After two thirds of the lease, or without a server, nothing more of it goes out."""
        if not self.trouble and loop.time() < prepared.batch.stop_at:
            return False
        self._done(prepared.batch, item, Outcome(Fate.NOT_SENT))
        return True

    def _hold_back(self, loop: asyncio.AbstractEventLoop, prepared: Prepared, item: Item) -> bool:
        """A mail whose domain (or the sender) has no room waits here, or in the ledger."""
        now = loop.time()
        wait = self.limits.wait(item.domain, now)
        if wait <= 0:
            return False
        if wait > PATIENCE_SECONDS or now + wait > prepared.batch.stop_at:
            self._done(prepared.batch, item, Outcome(Fate.NOT_SENT), wait=wait)
        else:
            loop.call_later(wait, self._queue.put_nowait, (prepared, item))
        return True

    async def _usable(self, line: Connection | None) -> Connection | None:
        """This connection, or a new one; None (and everything stops) without a server."""
        if line is not None and line.is_usable:
            return line
        if line is not None:
            line.close()
        fresh = Connection(self.server, hello=self.hello)
        try:
            await fresh.open()
        except ConnectionTrouble as trouble:
            self._stop(str(trouble))
            return None
        return fresh

    def _stop(self, trouble: str) -> None:
        self.trouble = trouble
        self._room.set()

    async def _hand_over(
        self, loop: asyncio.AbstractEventLoop, line: Connection, prepared: Prepared, item: Item
    ) -> None:
        batch = prepared.batch
        try:
            item.address = mime.wire_address(item.address)
            mail = prepared.build(item)
        except mime.AddressRefused:
            self._done(batch, item, Outcome(Fate.NOT_SENT), reason="invalid_address")
            return
        except NotRendered as failed:
            self._done(batch, item, Outcome(Fate.NOT_SENT), reason=failed.reason)
            return
        hooks = _hooks(loop, batch.journal, batch, item)
        outcome = await line.deliver(prepared.sender_of(item), item.address, mail, hooks)
        self._learn(loop, item, outcome)
        self._done(batch, item, outcome)

    def _learn(self, loop: asyncio.AbstractEventLoop, item: Item, outcome: Outcome) -> None:
        if outcome.fate is Fate.ACCEPTED:
            self.handed_over += 1
            self.limits.accepted(item.domain)
        elif outcome.fate is Fate.DEFERRED:
            self.limits.deferred(item.domain, loop.time())
        if outcome.is_sender_fault:
            self._stop(outcome.reply)

    def _done(
        self, batch: Batch, item: Item, outcome: Outcome, *, reason: str = "", wait: float = 0.0
    ) -> None:
        self._results.append((batch, Settlement(item, outcome, time.time(), reason, wait)))

    # The settler.

    async def _settle_often(self) -> None:
        while True:
            await asyncio.sleep(SETTLE_SECONDS)
            await self._settle()

    async def _settle(self) -> None:
        results, self._results = self._results, []
        by_batch: dict[int, list[Settlement]] = defaultdict(list)
        batches: dict[int, Batch] = {}
        for batch, settlement in results:
            by_batch[batch.lease_id].append(settlement)
            batches[batch.lease_id] = batch
        for lease_id, settlements in by_batch.items():
            await self.store.settle(batches[lease_id], settlements)
            if batches[lease_id].remaining == 0:
                del self._open[lease_id]
                self._idle.set()


def _hooks(loop: asyncio.AbstractEventLoop, journal: Journal, batch: Batch, item: Item) -> Hooks:
    def before_dot() -> bool:
        if loop.time() >= batch.stop_at:
            return False
        journal.intent(item.id)
        return True

    def after_dot(reply: Reply) -> None:
        journal.reply(item.id, reply)

    return Hooks(before_dot=before_dot, after_dot=after_dot)


async def _run(lane: Callable[[Store], CampaignLane | SingleLane], seconds: float) -> Report:
    async with Store(settings.JOURNAL_DIR) as store:
        sender = Sender(store, lane(store), connections=settings.SENDING_CONNECTIONS)
        return await sender.run(until=asyncio.get_running_loop().time() + seconds)


def run_to_end(work: Coroutine[Any, Any, Report]) -> Report:
    gc.freeze()  # what Django holds is not searched again and again while mails come and go
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def send_campaigns(*, seconds: float = 3600.0) -> Report:
    """Send what campaigns have to send, for at most so long (batches begun are ended)."""
    return run_to_end(_run(CampaignLane, seconds))


def send_singles(*, seconds: float = 3600.0) -> Report:
    """Send the mails outside campaigns."""
    return run_to_end(_run(SingleLane, seconds))


def send_until_idle(*, transactional: bool = False) -> Report:
    """Run in this process until nothing can be sent now."""
    return send_singles() if transactional else send_campaigns()
