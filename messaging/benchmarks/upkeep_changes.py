"""Changes of people as the product writes them, at a fixed rate, and all of them taken back."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
import psycopg.sql
from django.db import connection, transaction

from messaging.sending import statements
from messaging.sending.sender import SETTLE_SECONDS

MOST_PEOPLE: Final = 20_000
WRITERS: Final = 3
LEASE: Final = -1
LOGIN: Final = """
WITH seen AS (INSERT INTO customers_activity (customer_id, kind, occurred_at, origin, device)
    VALUES (%(person)s, 'login', clock_timestamp(), 'bench', 'mobile'))
UPDATE customers_customer SET last_login_at = clock_timestamp(), login_count = login_count + 1
WHERE id = %(person)s
"""
VISIT: Final = """
INSERT INTO customers_activity (customer_id, kind, occurred_at, origin)
VALUES (%(person)s, 'page_view', clock_timestamp(), 'bench')
"""
OPEN: Final = """
WITH opened AS (
    UPDATE messaging_delivery SET opened_at = clock_timestamp()
    WHERE (id, created_at) = (
        SELECT id, created_at FROM messaging_delivery
        WHERE customer_id = %(person)s AND delivered_at IS NOT NULL AND opened_at IS NULL
        ORDER BY created_at DESC LIMIT 1)
    RETURNING id, customer_id, campaign_id)
INSERT INTO customers_activity
    (customer_id, kind, occurred_at, origin, object_kind, object_id, context_id)
SELECT customer_id, 'email_opened', clock_timestamp(), 'bench', 'delivery', id, campaign_id
FROM opened
"""
TAG: Final = """
WITH chosen AS (SELECT id FROM customers_tag ORDER BY id OFFSET %(number)s %% 8 LIMIT 1),
gone AS (DELETE FROM customers_tagging USING chosen
    WHERE customer_id = %(person)s AND tag_id = chosen.id RETURNING 1)
INSERT INTO customers_tagging (customer_id, tag_id, created_at)
SELECT %(person)s, id, clock_timestamp() FROM chosen WHERE NOT EXISTS (SELECT FROM gone)
ON CONFLICT DO NOTHING
"""
EDIT: Final = """
UPDATE customers_customer SET custom = custom || jsonb_build_object('survey_score', %(number)s %% 11)
WHERE id = %(person)s
"""
KINDS: Final = (LOGIN, VISIT, OPEN, TAG, EDIT)
WEIGHTS: Final = (25, 25, 20, 15, 15)

KEEP: Final = (
    "CREATE TEMP TABLE bench_people AS SELECT id, last_login_at, login_count, custom "
    "FROM customers_customer WHERE trashed_at IS NULL AND merged_into_id IS NULL "
    "AND erased_at IS NULL ORDER BY hashint8(id) LIMIT %(most)s",
    "CREATE TEMP TABLE bench_taggings AS SELECT * FROM customers_tagging "
    "WHERE customer_id IN (SELECT id FROM bench_people)",
    "CREATE TEMP TABLE bench_unopened AS SELECT id, created_at FROM messaging_delivery "
    "WHERE customer_id IN (SELECT id FROM bench_people) AND opened_at IS NULL",
)
GIVE_BACK: Final = (
    "SET LOCAL clientela.ledger_maintenance = 'on'",
    "DELETE FROM customers_activity WHERE id > %(activity)s AND (origin = 'bench' "
    "OR object_kind = 'delivery' AND object_id > %(delivery)s)",
    "DELETE FROM messaging_delivery WHERE id > %(delivery)s AND lease_id = %(lease)s",
    "UPDATE messaging_delivery AS mail SET opened_at = NULL FROM bench_unopened AS kept "
    "WHERE mail.id = kept.id AND mail.created_at = kept.created_at AND opened_at IS NOT NULL",
    "DELETE FROM customers_tagging WHERE customer_id IN (SELECT id FROM bench_people)",
    "INSERT INTO customers_tagging OVERRIDING SYSTEM VALUE SELECT * FROM bench_taggings",
    "UPDATE customers_customer AS person SET last_login_at = kept.last_login_at, "
    "login_count = kept.login_count, custom = kept.custom FROM bench_people AS kept "
    "WHERE person.id = kept.id AND (person.login_count <> kept.login_count "
    "OR person.custom <> kept.custom)",
)
FORGET: Final = "DROP TABLE IF EXISTS bench_people, bench_taggings, bench_unopened"
IN_FLIGHT: Final = """
INSERT INTO messaging_delivery
    (created_at, customer_id, kind, state, address, language, attempts, lease_id)
SELECT %(frozen)s, id, 'transactional', 'in_flight', email, 'es', 1, %(lease)s
FROM customers_customer WHERE trashed_at IS NULL AND merged_into_id IS NULL AND erased_at IS NULL
    AND email <> '' ORDER BY hashint8(id + %(salt)s) LIMIT %(most)s
RETURNING id
"""


@dataclass
class Written:
    """What the writers did; ``seconds`` from the first to the last of them."""

    number: int = 0
    seconds: float = 0.0
    troubles: list[str] = field(default_factory=list)


@contextmanager
def changeable_people() -> Iterator[list[int]]:
    """Ids of people who may be changed; as they were before, afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
        for statement in KEEP:
            cursor.execute(statement, {"most": MOST_PEOPLE})
        cursor.execute("SELECT id FROM bench_people")
        people = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT coalesce((SELECT max(id) FROM customers_activity), 0), "
            "coalesce((SELECT max(id) FROM messaging_delivery), 0)"
        )
        activity, delivery = cursor.fetchone()
    params = {"activity": activity, "delivery": delivery, "lease": LEASE}
    try:
        yield people
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in GIVE_BACK:
                cursor.execute(statement, params if "%(" in statement else None)
            cursor.execute(FORGET)


class Writers:
    """Threads with a connection each: changes of single people in transactions of their own."""

    def __init__(self, people: list[int], *, rate: int, seconds: int) -> None:
        self.written = Written()
        self._people, self._rate, self._seconds = people, rate, seconds
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._guarded, args=(number,)) for number in range(WRITERS)
        ]
        self._started = time.monotonic()
        for one in self._threads:
            one.start()

    @property
    def is_writing(self) -> bool:
        return any(one.is_alive() for one in self._threads)

    def end(self) -> Written:
        for one in self._threads:
            one.join()
        if self.written.troubles:
            raise AssertionError("; ".join(self.written.troubles))
        return self.written

    def _guarded(self, number: int) -> None:
        try:
            with own_connection() as database:
                self._write(number, database)
        except psycopg.Error as trouble:
            self.written.troubles.append(f"{type(trouble).__name__}: {trouble}")

    def _write(self, number: int, database: "psycopg.Connection[Any]") -> None:
        chance = random.Random(number)  # noqa: S311  invented changes
        for turn in range(number, self._rate * self._seconds, WRITERS):
            wait = self._started + turn / self._rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            [kind] = chance.choices(KINDS, WEIGHTS)
            values = {"person": chance.choice(self._people), "number": chance.randrange(1000)}
            database.execute(psycopg.sql.SQL(kind), values)
            with self._lock:
                self.written.number += 1
                self.written.seconds = time.monotonic() - self._started


class Settling:
    """A campaign's outcomes, with the sender's statement and rhythm, as fast as they are asked."""

    def __init__(self, mails: list[int], frozen: Any, *, seconds: int) -> None:
        self.written = Written()
        self._mails, self._frozen, self._seconds = mails, frozen, seconds
        self._thread = threading.Thread(target=self._guarded)
        self._thread.start()

    @property
    def is_writing(self) -> bool:
        return self._thread.is_alive()

    def end(self) -> Written:
        self._thread.join()
        if self.written.troubles:
            raise AssertionError("; ".join(self.written.troubles))
        return self.written

    def _guarded(self) -> None:
        try:
            with own_connection() as database:
                self._settle(database)
        except psycopg.Error as trouble:
            self.written.troubles.append(f"{type(trouble).__name__}: {trouble}")

    def _settle(self, database: "psycopg.Connection[Any]") -> None:
        started = time.monotonic()
        batch = max(1, round(len(self._mails) / self._seconds * SETTLE_SECONDS))
        for turn, first in enumerate(range(0, len(self._mails), batch)):
            wait = started + turn * SETTLE_SECONDS - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            some = self._mails[first : first + batch]
            database.execute(psycopg.sql.SQL(statements.SETTLE), self._outcomes(some))
            self.written.number += len(some)
            self.written.seconds = time.monotonic() - started

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
        cursor.execute(
            IN_FLIGHT, {"frozen": frozen, "lease": LEASE, "most": number, "salt": number}
        )
        return [row[0] for row in cursor.fetchall()], frozen


@contextmanager
def own_connection() -> Iterator["psycopg.Connection[Any]"]:
    params = dict(connection.get_connection_params())
    for name in ("cursor_factory", "context", "prepare_threshold"):
        params.pop(name, None)
    with psycopg.connect(**params, autocommit=True) as database:
        yield database
