"""A campaign's outcomes as the sender writes them: its statement, its rhythm, no mail."""

import time
from typing import Any, Final

import psycopg.sql
from django.db import connection

from config.kit.benchmarks.writing import Database, Writing
from messaging.sending import statements
from messaging.sending.sender import SETTLE_SECONDS

LEASE: Final = -1
IN_FLIGHT: Final = """
INSERT INTO messaging_delivery
    (created_at, customer_id, kind, state, address, language, attempts, lease_id)
SELECT %(frozen)s, id, 'transactional', 'in_flight', email, 'es', 1, %(lease)s
FROM customers_customer WHERE trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL
    AND email <> '' ORDER BY hashint8(id + %(most)s) LIMIT %(most)s
RETURNING id
"""


class Settling(Writing):
    """``mails`` a second for so many seconds; whoever starts it takes the rows away again."""

    def __init__(self, mails: list[int], frozen: Any, *, seconds: int) -> None:
        self._mails, self._frozen = mails, frozen
        self._batch = max(1, round(len(mails) / seconds * SETTLE_SECONDS))
        super().__init__()

    def write(self, number: int, database: Database) -> None:
        for turn, first in enumerate(range(0, len(self._mails), self._batch)):
            self.wait_for(turn * SETTLE_SECONDS)
            some = self._mails[first : first + self._batch]
            database.execute(psycopg.sql.SQL(statements.SETTLE), self._outcomes(some))
            self.count(len(some))

    def _outcomes(self, mails: list[int]) -> dict[str, Any]:
        many = len(mails)
        return {
            "ids": mails,
            "states": ["accepted"] * many,
            "reasons": [""] * many,
            "replies": ["250 2.0.0 Ok"] * many,
            "waits": [0.0] * many,
            "refunds": [0] * many,
            "times": [time.time()] * many,
            "lease": LEASE,
            "campaign": None,
            "frozen": self._frozen,
        }


def mails_in_flight(number: int) -> tuple[list[int], Any]:
    """Mails that wait for their outcome, and the instant at which they were frozen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        frozen = cursor.fetchone()[0]
        cursor.execute(IN_FLIGHT, {"frozen": frozen, "lease": LEASE, "most": number})
        return [row[0] for row in cursor.fetchall()], frozen


class Settlement:
    """Mails are put in flight when it is made; ``begin`` settles them."""

    def __init__(self, number: int) -> None:
        self._mails, self._frozen = mails_in_flight(number)

    def begin(self, seconds: int) -> Settling:
        return Settling(self._mails, self._frozen, seconds=seconds)
