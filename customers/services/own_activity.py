"""What other systems tell of people, into the ledger of activity, each event once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from customers.models import ActivityReceipt, OwnActivityKind
from customers.models.programs import OWN
from customers.rules.profile import clean_text
from customers.services.activity import ActivityRow, activity_record_many

KEY = re.compile(r"[a-z][a-z0-9_]{0,33}")
REMEMBERED = timedelta(days=30)
TAKE = """
INSERT INTO customers_activityreceipt (program_id, event_id, received_at)
SELECT %(program)s, one, %(now)s FROM unnest(%(ids)s::text[]) AS one
ON CONFLICT (program_id, event_id) DO NOTHING RETURNING event_id
"""


@dataclass(frozen=True, kw_only=True)
class OwnActivity:
    """One event; without an ``event_id`` it is written each time that it is sent."""

    customer_id: int
    kind: str
    at: datetime
    event_id: str = ""
    values: dict[str, Any]


@transaction.atomic
def own_activity_record(
    *, program_id: int, program: str, events: Sequence[OwnActivity], ip: str | None = None
) -> int:
    """Write those that this program has not told yet; returns how many they were."""
    now = clock.now()
    fresh = _taken(program_id, [one.event_id for one in events if one.event_id], now)
    rows = []
    for one in events:
        if one.event_id and one.event_id not in fresh:
            continue
        fresh.discard(one.event_id)
        rows.append(
            ActivityRow(
                customer_id=one.customer_id,
                kind=OWN + one.kind,
                at=one.at,
                origin="api",
                ip=ip,
                data={"values": one.values, "program": program, "received_at": now.isoformat()},
            )
        )
    return activity_record_many(rows=rows)


def _taken(program_id: int, ids: Sequence[str], now: datetime) -> set[str]:
    """Of these ids the new ones; somebody who sends the same at once waits for us."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"program": program_id, "ids": sorted(set(ids)), "now": now})
        return {row[0] for row in cursor.fetchall()}


@transaction.atomic
def own_activity_kind_save(
    *, key: str, label: str, label_en: str = "", request: HttpRequest | None = None
) -> tuple[OwnActivityKind, bool]:
    """Make a kind of activity, or change how it is called; True when it is new.

    :raises DomainError: the key is not plain, or the label is empty.
    """
    if not KEY.fullmatch(key):
        raise DomainError(
            "kind_key",
            _("A key has small letters, digits and “_”, and begins with a letter."),
            field="key",
        )
    name = clean_text(label, limit=80, field="label")
    if not name:
        raise DomainError("kind_without_label", _("Say how it is called."), field="label")
    kind, is_new = OwnActivityKind.objects.update_or_create(
        key=key,
        defaults={"label": name, "label_en": clean_text(label_en, limit=80, field="label_en")},
    )
    audit.record(
        "customers.activity_kind.saved",
        subject=kind,
        data={"key": key, "label": name},
        request=request,
    )
    return kind, is_new


def activity_receipts_forget(*, older_than: timedelta = REMEMBERED) -> int:
    """After a month a program no longer sends an event again."""
    deleted, _by_model = ActivityReceipt.objects.filter(
        received_at__lt=clock.now() - older_than
    ).delete()
    return deleted
