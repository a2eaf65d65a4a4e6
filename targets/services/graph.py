"""One writer at a time of who follows whom: two at once could close a circle that neither sees."""

from django.db import connection

GRAPH_LOCK = 7_302_001


def lock_graph() -> None:
    """Held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GRAPH_LOCK])
