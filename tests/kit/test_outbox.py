"""Events are delivered at least once, in order per key, and a failing one waits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from config.kit import clock, outbox
from config.kit.events import Event, emit, emit_select, event_type, subscribe
from config.kit.models import OutboxEvent

seen: list[tuple[str, int]] = []
failing: set[int] = set()


@event_type
@dataclass(frozen=True, kw_only=True)
class BellRang(Event):
    name: ClassVar[str] = "tests.bell_rang"
    bell: str
    number: int

    @property
    def key(self) -> str:
        return self.bell


@subscribe(BellRang)
def hear(event: BellRang) -> None:
    if event.number in failing:
        raise RuntimeError("deaf")
    seen.append((event.bell, event.number))


@pytest.fixture(autouse=True)
def silence(db):
    seen.clear()
    failing.clear()


def ring(*numbers: int, bell: str = "a") -> None:
    with transaction.atomic():
        for number in numbers:
            emit(BellRang(bell=bell, number=number))


def test_delivers_in_the_order_of_writing_and_forgets_what_is_delivered():
    ring(1, 2, 3)
    assert outbox.dispatch() == 3
    assert seen == [("a", 1), ("a", 2), ("a", 3)]
    assert OutboxEvent.objects.count() == 0


def test_an_event_that_is_rolled_back_never_happened():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        emit(BellRang(bell="a", number=1))
        _ = 1 / 0
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_a_transaction():
    with pytest.raises(TransactionManagementError):
        emit(BellRang(bell="a", number=1))


def test_a_failure_holds_back_its_key_only_and_is_tried_again_later():
    failing.add(1)
    ring(1, 2)
    ring(7, bell="b")
    assert outbox.dispatch() == 1
    assert seen == [("b", 7)]
    assert OutboxEvent.objects.get(payload__number=1).attempts == 1
    failing.clear()
    assert outbox.dispatch() == 0
    with time_machine.travel(clock.now() + timedelta(seconds=5)):
        assert outbox.dispatch() == 2
    assert seen == [("b", 7), ("a", 1), ("a", 2)]


def test_set_based_events_arrive_like_the_others():
    with transaction.atomic():
        made = emit_select(
            BellRang,
            "SELECT 'k' || n, jsonb_build_object('bell', 'k' || n, 'number', n) "
            "FROM generate_series(1, %(most)s) AS n",
            {"most": 3},
        )
    assert made == 3
    assert outbox.dispatch() == 3
    assert sorted(seen) == [("k1", 1), ("k2", 2), ("k3", 3)]


@pytest.mark.django_db(transaction=True)
def test_only_one_dispatcher_works_at_a_time():
    ring(1)
    other = connection.copy()
    try:
        with transaction.atomic():
            with other.cursor() as cursor:
                other.set_autocommit(False)
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [outbox.LOCK])
            assert outbox.dispatch() == 0
        other.rollback()
        assert outbox.dispatch() == 1
    finally:
        other.close()
