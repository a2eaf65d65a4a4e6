"""The chain over the trail: one sealer, behind the writers, in the order of their commits.

1. A writer commits its entry; it waits for nobody.
2. The sealer, of which only one works at a time, takes what is committed and not sealed yet,
   lower ids that committed late too.
3. Each seal digests the entry and the seal before it, under the next number without a gap.
4. The proof walks the seals in their order and recomputes each.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, models, transaction

from config.kit import clock
from config.kit.models import AuditEntry, AuditSeal

logger = logging.getLogger(__name__)
SEAL_LOCK = 7_301_002
BLOCK = 1000
# The sealer comes every ten minutes; what it has not seen for this long, it will not see.
SEALED_WITHIN = timedelta(hours=2)


@transaction.atomic
def seal(*, limit: int = 10_000) -> int:
    """Chain the committed entries that have no seal yet; returns how many.

    Only one sealer works at a time; writers never wait for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        row = cursor.fetchone()
    if not row or not row[0]:
        return 0
    last = AuditSeal.objects.order_by("-id").first()
    number, previous = (last.pk, last.digest) if last else (0, "")
    seals: list[AuditSeal] = []
    for entry in unsealed().order_by("id")[:limit]:
        number, previous = number + 1, chain(previous, entry)
        seals.append(AuditSeal(id=number, entry_id=entry.pk, digest=previous))
    AuditSeal.objects.bulk_create(seals, batch_size=BLOCK)
    if seals:
        # Kept outside the database, this proves later that nobody rewrote the whole chain.
        logger.info("audit trail sealed up to number %s: %s", number, previous)
    return len(seals)


def unsealed() -> "models.QuerySet[AuditEntry]":
    return AuditEntry.objects.exclude(
        models.Exists(AuditSeal.objects.filter(entry_id=models.OuterRef("pk")))
    )


def chain(previous: str, entry: AuditEntry) -> str:
    """The seal of an entry after the one before it."""
    content = json.dumps(
        [
            previous,
            entry.pk,
            entry.at.isoformat(),
            entry.action,
            entry.actor_id,
            entry.actor_label,
            entry.subject_kind,
            entry.subject_id,
            entry.origin,
            entry.ip,
            entry.digests,
            entry.data,
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(content.encode()).hexdigest()


def broken_seals() -> int:
    """How many places of the chain do not hold (0 unless someone tampered).

    An entry that was changed or is gone, a seal that was changed or is gone.
    """
    broken, expected, previous = 0, 1, ""
    for block in _blocks():
        found = AuditEntry.objects.in_bulk([one.entry_id for one in block])
        for one in block:
            entry = found.get(one.entry_id)
            if one.pk != expected or entry is None or chain(previous, entry) != one.digest:
                broken += 1
            expected, previous = one.pk + 1, one.digest
    return broken


def _blocks() -> Iterator[list[AuditSeal]]:
    last = 0
    while block := list(AuditSeal.objects.filter(pk__gt=last).order_by("pk")[:BLOCK]):
        yield block
        last = block[-1].pk


def forgotten_entries() -> int:
    """How many entries the sealer should have seen long ago, or whose seal was taken away."""
    return unsealed().filter(at__lt=clock.now() - SEALED_WITHIN).count()


def head() -> AuditSeal | None:
    """The newest seal: its number and digest stand for all that is before."""
    return AuditSeal.objects.order_by("-id").first()


def is_intact(entry: AuditEntry, own: AuditSeal) -> bool:
    """Whether this entry is what was sealed, after the seal before it."""
    before = AuditSeal.objects.filter(pk=own.pk - 1).values_list("digest", flat=True).first()
    return (own.pk == 1 or before is not None) and chain(before or "", entry) == own.digest
