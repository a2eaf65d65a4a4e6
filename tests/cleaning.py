"""What a test committed is taken away again, and what it changed of the first rows is put back.

Django's own way empties every table and makes permissions, roles and fields anew. Here only those
tables are touched that hold something, the ledgers and queues that Django does not manage included.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

TABLES = """
SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""


@dataclass(frozen=True)
class Database:
    """``first``: the rows that each table has before any test, as COPY writes them."""

    tables: tuple[str, ...]
    first: dict[str, bytes]

    @classmethod
    def now(cls) -> "Database":
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            tables = tuple(row[0] for row in cursor.fetchall())
        return cls(tables, {table: content(table) for table in filled(tables)})

    @transaction.atomic
    def restore(self) -> None:
        """Past all triggers and keys, which have nothing to say about a table as it was."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in sorted(filled(self.tables) | set(self.first)):
                if table in self.first and content(table) == self.first[table]:
                    continue
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                if table in self.first:
                    put_back(table, self.first[table])


def filled(tables: tuple[str, ...]) -> set[str]:
    """Those of the tables that hold a row."""
    asks = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, sql.Identifier(table))
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(asks))
        return {row[0] for row in cursor.fetchall()}


def content(table: str) -> bytes:
    ask = sql.SQL("COPY (SELECT * FROM {} ORDER BY 1) TO STDOUT").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(ask) as copy:
        return b"".join(bytes(block) for block in copy)


def put_back(table: str, rows: bytes) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy,
    ):
        copy.write(rows)
