"""Changes of people as the product writes them, at a fixed rate, and all of them taken back."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg.sql
from django.db import connection, transaction

from config.kit.benchmarks.writing import Database, Writing

MOST_PEOPLE: Final = 20_000
WRITERS: Final = 3
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
    "DELETE FROM messaging_delivery WHERE id > %(delivery)s AND lease_id < 0",
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
    params = {"activity": activity, "delivery": delivery}
    try:
        yield people
    finally:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in GIVE_BACK:
                cursor.execute(statement, params if "%(" in statement else None)
            cursor.execute(FORGET)


class Writers(Writing):
    """Changes of single people in transactions of their own, at a fixed rate."""

    def __init__(self, people: list[int], *, rate: int, seconds: int) -> None:
        self._people, self._turns, self._rate = people, rate * seconds, rate
        super().__init__(threads=WRITERS)

    def write(self, number: int, database: Database) -> None:
        chance = random.Random(number)  # noqa: S311  invented changes
        for turn in range(number, self._turns, WRITERS):
            self.wait_for(turn / self._rate)
            [kind] = chance.choices(KINDS, WEIGHTS)
            values = {"person": chance.choice(self._people), "number": chance.randrange(1000)}
            database.execute(psycopg.sql.SQL(kind), values)
            self.count(1)
