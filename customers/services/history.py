"""Who made the changes that the database remembers (``ProfileChange``)."""

from django.db import connection

from config.kit.models import AuditEntry
from customers.models import Customer, User

CLAIM = """
UPDATE customers_profilechange SET entry_id = %(entry)s, actor_id = %(actor)s, origin = %(origin)s
WHERE customer_id = %(customer)s AND tx = pg_current_xact_id_if_assigned()::text::bigint
    AND entry_id IS NULL
"""


def history_announce(*, by: User | None, origin: str) -> None:
    """Say who changes many records in this transaction, and by what; before the changes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('clientela.actor', %s, true), "
            "set_config('clientela.origin', %s, true)",
            [str(by.pk) if by else "", origin],
        )


def history_claim(*, customer: Customer, entry: AuditEntry) -> None:
    """Tie what this transaction changed on a record to the audit entry that tells of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "entry": entry.pk,
                "actor": entry.actor_id,
                "origin": entry.origin,
                "customer": customer.pk,
            },
        )
