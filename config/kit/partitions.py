"""Monthly partitions of the ledgers, made ahead; a DEFAULT partition stands behind them."""

from datetime import date

from django.db import connection, transaction

from config.kit import clock
from config.kit.registry import Registry

# table name -> the column that it is partitioned by
ledgers: Registry[str] = Registry("ledgers")
AHEAD = 3


def month_after(day: date, months: int) -> date:
    """The first of the month ``months`` after that of ``day`` (negative: before)."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def make_partitions(*, back: int = 0) -> list[str]:
    """Make this month's partitions, those of three months ahead and ``back`` months of the past.

    Months are UTC. Rows of such a month that lie in the DEFAULT partition are moved over.
    """
    made: list[str] = []
    today = clock.now().date()
    for table, column in ledgers.items():
        for offset in range(-back, AHEAD + 1):
            name = _make(table, column, month_after(today, offset))
            if name:
                made.append(name)
    return made


@transaction.atomic
def _make(table: str, column: str, month: date) -> str | None:
    name = f"{table}_{month:%Y_%m}"
    start, end = month, month_after(month, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        row = cursor.fetchone()
        if row and row[0]:
            return None
        cursor.execute("SET LOCAL clientela.ledger_maintenance = 'on'")
        cursor.execute(f'LOCK TABLE "{table}" IN SHARE UPDATE EXCLUSIVE MODE')
        cursor.execute(
            f'CREATE TABLE "{name}" (LIKE "{table}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)'
        )
        cursor.execute(
            f'WITH moved AS (DELETE FROM "{table}_default" '  # noqa: S608
            f'WHERE "{column}" >= %s AND "{column}" < %s RETURNING *) '
            f'INSERT INTO "{name}" SELECT * FROM moved',
            [f"{start} 00:00+00", f"{end} 00:00+00"],
        )
        cursor.execute(
            f'ALTER TABLE "{table}" ATTACH PARTITION "{name}" '
            f"FOR VALUES FROM ('{start} 00:00+00') TO ('{end} 00:00+00')"
        )
    return name
