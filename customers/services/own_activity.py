"""What other systems tell of people, into the ledger of activity, each event once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from customers.models import ActivityReceipt, OwnActivityKind, User
from customers.models.programs import OWN
from customers.rules.profile import clean_text
from customers.services.activity import ActivityRow, activity_record_many

KEY = re.compile(r"[a-z][a-z0-9_]{0,33}")
# What the sprite holds and a kind may be shown with.
ICONS = (
    "plug", "building-store", "shopping-bag", "shopping-cart", "device-mobile", "world", "phone",
    "message-circle", "calendar-event", "ticket", "gift", "star", "share", "download",
    "truck-delivery", "tool", "receipt", "users",
)  # fmt: skip
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


def own_activity_kind_values(kind: OwnActivityKind) -> dict[str, Any]:
    """What its form shows."""
    return {
        "key": kind.key,
        "label": kind.label,
        "label_en": kind.label_en,
        "icon": kind.icon,
        "is_interaction": kind.is_interaction,
    }


@transaction.atomic
def own_activity_kind_save(
    *,
    key: str,
    label: str,
    label_en: str = "",
    icon: str = "",
    is_interaction: bool | None = None,
    is_new: bool | None = None,
    seen: Mapping[str, Any] | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> tuple[OwnActivityKind, bool]:
    """Make a kind of activity, or change how it is called and shown; True when it is new.

    Left out (empty, None), the icon and whether it counts stay. ``is_new`` says what is meant: a
    form never changes a kind that somebody else made.

    :raises DomainError: the key is not plain or taken, the label is empty, there is no such icon;
        ``version_conflict`` when it does not look as ``seen`` any more.
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
    if icon and icon not in ICONS:
        raise DomainError("icon_unknown", _("There is no such icon."), field="icon")
    kind, was_made = OwnActivityKind.objects.get_or_create(key=key, defaults={"label": name})
    if is_new and not was_made:
        raise DomainError("kind_taken", _("There is a kind with this key already."), field="key")
    held = OwnActivityKind.objects.select_for_update().get(pk=kind.pk)
    if seen is not None and own_activity_kind_values(held) != dict(seen):
        raise DomainError("version_conflict", _("Somebody else changed this kind meanwhile."))
    held.label, held.label_en = name, clean_text(label_en, limit=80, field="label_en")
    held.icon = icon or held.icon
    held.is_interaction = held.is_interaction if is_interaction is None else is_interaction
    held.save()
    audit.record(
        "customers.activity_kind.saved",
        actor=by,
        subject=held,
        data={"key": key, "label": name, "is_interaction": held.is_interaction},
        request=request,
    )
    return held, was_made


@transaction.atomic
def own_activity_kind_switch(
    *,
    kind: OwnActivityKind,
    is_on: bool,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Refuse what programs tell of this kind, or take it again; what was told stays.

    False when it is so already.
    """
    held = OwnActivityKind.objects.select_for_update().get(pk=kind.pk)
    if (held.disabled_at is None) == is_on:
        return False
    held.disabled_at = None if is_on else clock.now()
    held.save(update_fields=["disabled_at"])
    audit.record(
        f"customers.activity_kind.{'enabled' if is_on else 'disabled'}",
        actor=by,
        subject=held,
        data={"key": held.key, "label": held.label},
        request=request,
    )
    return True


def activity_receipts_forget(*, older_than: timedelta = REMEMBERED) -> int:
    """After a month a program no longer sends an event again."""
    deleted, _by_model = ActivityReceipt.objects.filter(
        received_at__lt=clock.now() - older_than
    ).delete()
    return deleted
