"""Entries and exits as events: in the membership's own transaction, once each, in order."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from config.kit import outbox
from config.kit.events import subscribe
from config.kit.models import OutboxEvent
from customers.models import Customer, Tag, Tagging
from customers.privacy.services import erasure_run, erasure_schedule
from targets.events import CustomerEnteredTarget, CustomerLeftTarget, MembershipEvent
from targets.models import MembershipChange, TargetListener
from targets.selectors.history import then
from targets.services.listeners import target_listen, target_unlisten
from targets.services.refresh import REFRESH_LOCK, target_refresh
from targets.services.targets import target_create, target_delete, target_update
from targets.upkeep.database import SWITCH_LOCK
from targets.upkeep.worker import Upkeep
from tests.targets.conftest import document

pytestmark = [pytest.mark.feature("TG29"), pytest.mark.django_db]
VIP = {"filter": "tags", "op": "any", "value": ["VIP"]}
heard: list[tuple[str, int, int]] = []


@subscribe(CustomerEnteredTarget)
def greet(event: MembershipEvent) -> None:
    heard.append(("entered", event.customer_id, event.change_id))


@subscribe(CustomerLeftTarget)
def wave(event: MembershipEvent) -> None:
    heard.append(("left", event.customer_id, event.change_id))


@pytest.fixture
def vip(history, make_target):
    """Rayén and Iker, and a target of everyone that nobody listens to."""
    heard.clear()
    Upkeep().settle()
    target = make_target("vip", VIP)
    make_target("todos", {"all": []})
    OutboxEvent.objects.all().delete()
    return target


def names() -> list[str]:
    return sorted(OutboxEvent.objects.values_list("name", flat=True))


def test_every_change_of_a_target_that_is_heard_is_one_event_in_order(vip, history):
    target_listen(target=vip, listener="journeys")
    target_listen(target=vip, listener="journeys")
    target_listen(target=vip, listener="webhooks")
    iker, tag = history["iker"], Tag.objects.get(name="VIP")
    for _round in range(2):
        Tagging.objects.filter(customer=iker, tag=tag).delete()
        Upkeep().settle()
        Tagging.objects.create(customer=iker, tag=tag)
        Upkeep().settle()
    assert outbox.dispatch() == 4
    told = MembershipChange.objects.filter(target_id=vip.pk, customer_id=iker.pk).order_by("id")
    logged = [("entered" if one.is_entry else "left", iker.pk, one.pk) for one in told]
    assert heard == logged[1:], "the entry before anybody listened is not told"
    assert outbox.dispatch() == 0


def test_an_event_says_what_the_log_says(vip, history):
    target_listen(target=vip, listener="journeys")
    Tagging.objects.filter(customer=history["iker"]).delete()
    Upkeep().settle()
    change = MembershipChange.objects.get(target_id=vip.pk, is_entry=False)
    written = OutboxEvent.objects.get()
    event = CustomerLeftTarget(**written.payload)
    assert (event.customer_id, event.target_id) == (history["iker"].pk, vip.pk)
    assert (event.change_id, event.cause, event.at) == (change.pk, "change", change.occurred_at)
    assert written.key == event.key == f"customer:{history['iker'].pk}"


def test_builds_bulk_writes_and_deletion_tell_too(vip, history):
    target_listen(target=vip, listener="journeys")
    people = Customer.objects.bulk_create(Customer(first_name=f"C{n}") for n in range(120))
    tag = Tag.objects.get(name="VIP")
    Tagging.objects.bulk_create(Tagging(customer=one, tag=tag) for one in people)
    Upkeep().settle()
    assert names() == [CustomerEnteredTarget.name] * 120
    target_update(target=vip, version=1, name="Vip", rule=document({"any": []}))
    vip.refresh_from_db()
    target_refresh(target=vip)
    assert names().count(CustomerLeftTarget.name) == 122
    target_update(target=vip, version=2, name="Vip", rule=document(VIP))
    vip.refresh_from_db()
    target_refresh(target=vip)
    target_delete(target=vip)
    assert names().count(CustomerEnteredTarget.name) == 242
    assert names().count(CustomerLeftTarget.name) == 244
    assert not TargetListener.objects.exists()


def test_nobody_listens_or_nothing_is_committed_nothing_is_told(vip, history):
    Tagging.objects.filter(customer=history["iker"]).delete()
    Upkeep().settle()
    target_listen(target=vip, listener="journeys")
    target_unlisten(target=vip, listener="journeys")
    Tagging.objects.filter(customer=history["rayen"]).delete()
    Upkeep().settle()
    assert not OutboxEvent.objects.exists()
    target_listen(target=vip, listener="journeys")
    Tagging.objects.create(customer=history["nahuel"], tag=Tag.objects.get(name="VIP"))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Upkeep().settle()
        assert names() == [CustomerEnteredTarget.name]
        _ = 1 / 0
    assert not OutboxEvent.objects.exists()


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """A second connection, as a worker has it."""
    found = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    yield found
    found.close()


@pytest.mark.parametrize("work", ["batch", "build"])
def test_who_begins_to_listen_waits_for_work_that_does_not_know_it(db, other, work):
    vip = target_create(slug="vip", name="Vip", rule=document({"all": []}))
    locks = {
        "batch": ("SELECT pg_try_advisory_lock_shared(%s)", [SWITCH_LOCK]),
        "build": ("SELECT pg_try_advisory_lock(%s, %s)", [REFRESH_LOCK, vip.pk]),
    }
    assert other.execute(*locks[work]).fetchone() == (True,)
    with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        target_listen(target=vip, listener="journeys")
    assert not TargetListener.objects.exists()
    other.execute("SELECT pg_advisory_unlock_all()")
    target_listen(target=vip, listener="journeys")
    assert TargetListener.objects.count() == 1


@pytest.mark.feature("BX01", "BX03")
def test_who_is_erased_leaves_is_counted_and_is_told(vip, history):
    target_listen(target=vip, listener="journeys")
    iker = history["iker"]
    erasure_run(erasure=erasure_schedule(customer=iker, ground="request"))
    Upkeep().settle()
    vip.refresh_from_db()
    assert (vip.members_count, vip.memberships.count()) == (1, 1)
    left = MembershipChange.objects.get(target_id=vip.pk, is_entry=False)
    assert (left.customer_id, left.cause) == (iker.pk, "change")
    assert then(vip, left.occurred_at).total == 1
    assert names().count("targets.customer_left_target") == 1
