"""The rule of a live target is edited while people change and readers read, each on a connection.

Whatever moment a reader looks at, the members are all those of one version and none of the other's,
and the version that the target names is theirs. Smaller than life; the same code.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from customers.models import Customer
from targets.models import Target
from targets.selectors.evaluation import target_sql
from targets.services.refresh import target_refresh
from targets.services.targets import target_create, target_update
from targets.upkeep.auditing import targets_audit
from targets.upkeep.database import fetch
from targets.upkeep.worker import Upkeep
from tests.targets.conftest import document

EACH, MOVING, EDITS = 1_200, 60, 4
RULES = [
    document({"filter": "field", "field": "city", "op": "any", "value": ["Lota", "Arica"]}),
    document({"filter": "field", "field": "city", "op": "any", "value": ["Bilbao", "Arica"]}),
]
SEEN = """
SELECT target.evaluated_version,
    count(*) FILTER (WHERE person.city = 'Lota' AND person.last_name = 'Quieta'),
    count(*) FILTER (WHERE person.city = 'Bilbao' AND person.last_name = 'Quieta'),
    count(*) - count(DISTINCT member.customer_id)
FROM targets_target AS target
JOIN targets_membership AS member ON member.target_id = target.id
JOIN customers_customer AS person ON person.id = member.customer_id
WHERE target.slug = 'vivo' GROUP BY 1
"""


class Threads:
    """Each runs its work again and again on a connection of its own until they are stopped."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.failures: list[Exception] = []
        self._all: list[threading.Thread] = []

    def start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._run, args=(work,))
        self._all.append(thread)
        thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            while not self.over.is_set():
                work()
        except (AssertionError, DatabaseError) as failure:
            self.failures.append(failure)
        finally:
            connection.close()

    def stop(self) -> None:
        self.over.set()
        for thread in self._all:
            thread.join(60)


@contextmanager
def threads() -> Iterator[Threads]:
    found = Threads()
    try:
        yield found
    finally:
        found.stop()


def people(city: str, last_name: str, number: int) -> list[Customer]:
    return Customer.objects.bulk_create(
        Customer(first_name=f"C{n}", last_name=last_name, city=city) for n in range(number)
    )


@pytest.mark.slow
@pytest.mark.feature("BX01", "TG00")
@pytest.mark.django_db(transaction=True)
def test_no_reader_sees_neither_version_or_a_mixture():
    people("Lota", "Quieta", EACH)
    people("Bilbao", "Quieta", EACH)
    moving = [one.pk for one in people("Arica", "Inquieta", MOVING)]
    target_refresh(target=target_create(slug="vivo", name="Vivo", rule=RULES[0]))
    seen: list[tuple[int, int, int, int]] = []
    times = [0]

    def read() -> None:
        with transaction.atomic():
            fetch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            first = fetch(SEEN)
            assert fetch(SEEN) == first
        seen.extend(first)

    def change() -> None:
        times[0] += 1
        some = moving[times[0] % 7 :: 7]
        city = ("Lota", "Bilbao", "Arica", "Osorno")[times[0] % 4]
        Customer.objects.filter(pk__in=some).update(city=city)

    def follow() -> None:
        Upkeep().run(0.5)

    with threads() as running:
        for work in (read, read, change, follow):
            running.start(work)
        for number in range(EDITS):
            target = Target.objects.get(slug="vivo")
            target_update(
                target=target,
                version=target.version,
                name="Vivo",
                rule=RULES[(number + 1) % 2],
            )
            looks = len(seen)
            target_refresh(target=target)
            while len(seen) < looks + 4 and not running.failures:
                running.over.wait(0.02)
    assert running.failures == []
    assert times[0] > EDITS
    expected = {(number, *((EACH, 0) if number % 2 else (0, EACH)), 0) for number in range(1, 6)}
    assert set(seen) <= expected, "a version with the members of another, or of two"
    assert len({version for version, *_numbers in seen}) >= EDITS
    while Upkeep().settle():
        pass
    target = Target.objects.get(slug="vivo")
    sql, params = target_sql(target)
    fresh = {one.pk for one in Customer.objects.raw(sql, params)}
    assert set(target.memberships.values_list("customer_id", flat=True)) == fresh
    assert (target.version, target.evaluated_version) == (EDITS + 1, EDITS + 1)
    assert targets_audit().drift == 0
