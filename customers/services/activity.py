"""The one writer of the activity ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from config.kit import clock
from customers.models import Activity


@dataclass(frozen=True, kw_only=True)
class ActivityRow:
    """One record to be written; ``at`` defaults to now."""

    customer_id: int
    kind: str
    at: datetime | None = None
    actor_id: int | None = None
    origin: str = ""
    device: str = ""
    ip: str | None = None
    object_kind: str = ""
    object_id: int | None = None
    context_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def activity_record(**values: Any) -> None:
    """Write one record; the keywords are those of ``ActivityRow``."""
    activity_record_many(rows=[ActivityRow(**values)])


def activity_record_many(*, rows: Iterable[ActivityRow]) -> int:
    """Write records in one go and return their number."""
    now = clock.now()
    made = Activity.objects.bulk_create(
        [
            Activity(
                customer_id=row.customer_id,
                kind=row.kind,
                occurred_at=row.at or now,
                actor_id=row.actor_id,
                origin=row.origin,
                device=row.device,
                ip=row.ip,
                object_kind=row.object_kind,
                object_id=row.object_id,
                context_id=row.context_id,
                data=row.data,
            )
            for row in rows
        ],
        batch_size=2000,
    )
    return len(made)


# For writers that work in SQL: a query of these columns goes behind it.
INSERT_SELECT: Final = (
    "INSERT INTO customers_activity "
    "(customer_id, kind, occurred_at, object_kind, object_id, context_id, data) "
)
