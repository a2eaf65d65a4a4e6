"""The chain over the consent ledger. One sealer works apart, so that writers never wait."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from customers.models import ConsentEvent, ConsentSeal

SEAL_LOCK = 7_301_003
BLOCK = 1_000


@dataclass(frozen=True, kw_only=True)
class SealProof:
    """How anybody can check a statement: SHA-256 of each line, in UTF-8, gives its digest.

    ``line`` carries the digest of the seal before and of the personal values;
    ``personal_line`` is empty once an erasure took those away. ``holds``: checked just now.
    """

    number: int
    sealed_at: datetime
    digest: str
    line: str
    personal_digest: str
    personal_line: str
    holds: bool


@transaction.atomic
def consent_seal(*, limit: int = 20_000) -> int:
    """Chain the committed statements that have no seal yet, oldest first; returns how many."""
    if not _try_lock():
        return 0
    last = ConsentSeal.objects.order_by("-id").first()
    previous = last.digest if last else ""
    unsealed = ConsentEvent.objects.exclude(
        Exists(ConsentSeal.objects.filter(event_id=OuterRef("pk")))
    ).order_by("id")[:limit]
    seals: list[ConsentSeal] = []
    for event in unsealed:
        seal = _seal(previous, event)
        previous = seal.digest
        seals.append(seal)
    ConsentSeal.objects.bulk_create(seals, batch_size=BLOCK)
    return len(seals)


def broken_consent_seals() -> int:
    """How many sealed statements no longer match the chain (0 unless someone tampered)."""
    broken, previous = 0, ""
    for block in _blocks():
        events = ConsentEvent.objects.in_bulk([seal.event_id for seal in block])
        for seal in block:
            broken += not _matches(previous, seal, events.get(seal.event_id))
            previous = seal.digest
    return broken


def seal_proof(event: ConsentEvent) -> SealProof | None:
    """The seal of a statement with what it was made of; None until the sealer came by."""
    seal = ConsentSeal.objects.filter(event_id=event.pk).first()
    if seal is None:
        return None
    before = ConsentSeal.objects.filter(pk__lt=seal.pk).order_by("-id").first()
    previous = before.digest if before else ""
    return SealProof(
        number=seal.pk,
        sealed_at=seal.sealed_at,
        digest=seal.digest,
        line=_text(_chained(previous, event, seal.personal_digest)),
        personal_digest=seal.personal_digest,
        personal_line=_text(_personal(seal.salt, event)) if seal.salt else "",
        holds=_matches(previous, seal, event),
    )


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        row = cursor.fetchone()
    return bool(row and row[0])


def _blocks() -> Iterator[list[ConsentSeal]]:
    after = 0
    while block := list(ConsentSeal.objects.filter(pk__gt=after).order_by("id")[:BLOCK]):
        yield block
        after = block[-1].pk


def _seal(previous: str, event: ConsentEvent) -> ConsentSeal:
    salt = secrets.token_hex(16)
    personal = _personal_digest(salt, event)
    return ConsentSeal(
        event_id=event.pk,
        salt=salt,
        personal_digest=personal,
        digest=_chain(previous, event, personal),
    )


def _matches(previous: str, seal: ConsentSeal, event: ConsentEvent | None) -> bool:
    if event is None or _chain(previous, event, seal.personal_digest) != seal.digest:
        return False
    # An erasure blanks the salt with the personal values: nothing is left to compare.
    return not seal.salt or _personal_digest(seal.salt, event) == seal.personal_digest


def _personal_digest(salt: str, event: ConsentEvent) -> str:
    return _sha256(_personal(salt, event))


def _personal(salt: str, event: ConsentEvent) -> list[object]:
    return [salt, event.evidence, event.ip, event.user_agent]


def _chain(previous: str, event: ConsentEvent, personal: str) -> str:
    return _sha256(_chained(previous, event, personal))


def _chained(previous: str, event: ConsentEvent, personal: str) -> list[object]:
    return [
        previous,
        event.pk,
        event.customer_id,
        event.channel,
        event.purpose,
        event.value,
        event.opt_in_level,
        event.source,
        event.wording,
        event.policy_version,
        event.actor_id,
        event.occurred_at.isoformat(),
        event.recorded_at.isoformat(),
        personal,
    ]


def _text(content: list[object]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _sha256(content: list[object]) -> str:
    return hashlib.sha256(_text(content).encode()).hexdigest()
