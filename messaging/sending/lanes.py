"""The two lanes: campaigns, and single mails. Each gives batches and makes their mails."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import connections

from messaging.sending.content import CampaignMail, Envelope, Frame, Item, NotRendered
from messaging.sending.singles import single_mails
from messaging.sending.store import Batch, Store, Work
from messaging.variables import site_values, sources_for

CAMPAIGN_BATCH: Final = 1_000
SINGLE_BATCH: Final = 50
Build = Callable[[Item], bytes]


class Prepared:
    """A batch whose mails can be made: ``sender_of`` and ``build`` per item."""

    def __init__(self, batch: Batch, envelopes: dict[str, Envelope], build: Build) -> None:
        self.batch = batch
        self.build = build
        self._envelopes = envelopes

    def sender_of(self, item: Item) -> str:
        envelope = self._envelopes.get(item.language) or next(iter(self._envelopes.values()))
        return envelope.sender_of(item)


class CampaignLane:
    """Takes turns among the campaigns that are sending."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._mails: dict[int, dict[str, CampaignMail]] = {}
        self._turn = 0

    async def next(self, now: float) -> Prepared | None:
        """The next batch that has anything to send; campaigns that have nothing left end here."""
        works = await self.store.campaigns()
        self._mails = {
            work.campaign_id: self._mails[work.campaign_id]
            for work in works
            if work.campaign_id in self._mails
        }
        for offset in range(len(works)):
            work = works[(self._turn + offset) % len(works)]
            batch = await self._claim(work, now)
            if batch is not None:
                self._turn += offset + 1
                return await self._prepare(batch)
        return None

    async def _claim(self, work: Work, now: float) -> Batch | None:
        while True:
            batch = await self.store.claim(work, CAMPAIGN_BATCH, now)
            if batch is None or batch.items:
                return batch

    async def _prepare(self, batch: Batch) -> Prepared:
        mails = await self._contents(batch.work)
        used = {name for mail in mails.values() for name in mail.used}
        await self.store.read_values(batch.items, sources_for(used))
        fallback = mails.get(settings.SITE_LANGUAGE) or next(iter(mails.values()))

        def build(item: Item) -> bytes:
            return mails.get(item.language, fallback).build(item)

        return Prepared(batch, {key: mail.envelope for key, mail in mails.items()}, build)

    async def _contents(self, work: Work) -> dict[str, CampaignMail]:
        pk = work.campaign_id or 0
        if pk not in self._mails:
            self._mails[pk] = {
                language: CampaignMail(compiled, campaign_frame(work), site_values(work.name))
                for language, compiled in (await self.store.contents(pk)).items()
            }
        return self._mails[pk]

    async def finish(self) -> None:
        """End the campaigns of which nobody waits and nothing is in flight."""
        for work in await self.store.campaigns():
            await self.store.finish(work)
        await self.store.gather_counts()


class SingleLane:
    """Transactional mails and tests. They are rendered in a thread with Django's connection."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def next(self, now: float) -> Prepared | None:
        batch = await self.store.claim(Work(campaign_id=None), SINGLE_BATCH, now)
        while batch is not None and not batch.items:
            batch = await self.store.claim(Work(campaign_id=None), SINGLE_BATCH, now)
        if batch is None:
            return None
        mails = await asyncio.to_thread(_rendered, batch.items)

        def build(item: Item) -> bytes:
            mail = mails.get(item.id)
            if mail is None:
                raise NotRendered("rendering")
            return mail

        return Prepared(batch, {"": Envelope(default_frame())}, build)

    async def finish(self) -> None:
        """Nothing to end."""


def _rendered(items: list[Item]) -> dict[int, bytes]:
    try:
        return single_mails(items)
    finally:
        connections.close_all()


def campaign_frame(work: Work) -> Frame:
    return default_frame(
        from_name=work.from_name or settings.SITE_NAME,
        from_address=work.from_address or settings.DEFAULT_FROM_EMAIL,
        reply_to=work.reply_to,
        campaign_id=work.campaign_id or 0,
        is_marketing=work.purpose != "transactional",
    )


def default_frame(**values: Any) -> Frame:
    """The site's frame for single mails, with what differs."""
    site = {
        "from_name": settings.SITE_NAME,
        "from_address": settings.DEFAULT_FROM_EMAIL,
        "is_marketing": False,
        "site_url": settings.SITE_URL,
        "bounce_address": settings.BOUNCE_ADDRESS,
    }
    return Frame(**{**site, **values})
