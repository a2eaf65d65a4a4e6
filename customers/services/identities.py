"""Who is one with whom: changes of that happen one after the other."""

from django.db import connection

IDENTITIES_LOCK = 7_301_005


def lock_identities() -> None:
    """Wait for merges, their undoing and erasures, until the end of the transaction.

    Each of them may touch records that earlier merges led to its own, so that locks on records
    alone could wait for each other in a ring. Taken before any lock on a record.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IDENTITIES_LOCK])
