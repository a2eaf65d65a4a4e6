"""The audit trail: a row in the transaction of the change, chained later by one sealer."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.http import HttpRequest

from config.kit.models import AuditEntry, AuditSeal, AuditValues
from config.kit.net import client_ip

SEAL_LOCK = 7_301_002


@transaction.atomic
def record(
    action: str,
    *,
    actor: AbstractBaseUser | None = None,
    subject: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    request: HttpRequest | None = None,
    origin: str = "backoffice",
) -> AuditEntry:
    """Write who did what, with the personal values apart from their digests.

    ``before`` and ``after`` hold personal values by field; ``data`` holds none.
    """
    old, new = _plain(before), _plain(after)
    salt = secrets.token_hex(16)
    entry = AuditEntry.objects.create(
        action=action,
        actor_id=actor.pk if actor else None,
        actor_label=str(actor) if actor else "",
        subject_kind=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        origin=origin,
        ip=client_ip(request) if request else None,
        digests={
            key: [digest(salt, old.get(key)), digest(salt, new.get(key))] for key in {**old, **new}
        },
        data=_plain(data),
    )
    if old or new:
        AuditValues.objects.create(entry_id=entry.pk, salt=salt, before=old, after=new)
    return entry


def digest(salt: str, value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder))
    return plain


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
    previous = last.digest if last else ""
    unsealed = AuditEntry.objects.exclude(
        models.Exists(AuditSeal.objects.filter(entry_id=models.OuterRef("pk")))
    ).order_by("id")[:limit]
    seals: list[AuditSeal] = []
    for entry in unsealed:
        previous = chain(previous, entry)
        seals.append(AuditSeal(entry_id=entry.pk, digest=previous))
    AuditSeal.objects.bulk_create(seals, batch_size=1000)
    return len(seals)


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
    """How many sealed entries no longer match the chain (0 unless someone tampered)."""
    broken = 0
    previous = ""
    entries = AuditEntry.objects.in_bulk
    seals = list(AuditSeal.objects.order_by("id"))
    for start in range(0, len(seals), 1000):
        block = seals[start : start + 1000]
        found = entries([one.entry_id for one in block])
        for one in block:
            entry = found.get(one.entry_id)
            if entry is None or chain(previous, entry) != one.digest:
                broken += 1
            previous = one.digest
    return broken
