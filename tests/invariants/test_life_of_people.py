"""Whatever staff, orders and files of a shop do to people, in any order: what must hold holds.

``LIFE_EXAMPLES=500 python3 manage.py test tests/invariants/test_life_of_people.py`` looks further.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils.translation import override
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from config.kit.errors import DomainError
from config.kit.invariants import invariants
from config.kit.jobs.services import job_run_now
from config.kit.models import AuditEntry, Job
from config.kit.pages import Selection
from customers.merging.services import customers_merge, merge_undo
from customers.models import BulkRun, Customer, CustomerEmail, Merge, Tagging, User
from customers.privacy.services import erasure_run, erasure_schedule
from customers.services.bulk import customers_change
from customers.services.bulk_undo import bulk_undo
from customers.services.order_sync import OrderContact, customer_sync_order
from customers.services.profile import customer_create, customer_update
from customers.services.status import customer_restore, customer_trash

pytestmark = [pytest.mark.feature("BX14", "E33", "BX13", "O15"), pytest.mark.django_db]
EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "8"))
STEPS = 14
# Shrinking what failed takes minutes: when somebody looks further, it is worth them.
PHASES = [Phase.generate] if EXAMPLES == 8 else [Phase.generate, Phase.shrink]
ADDRESSES = [f"p{number}@correo.example" for number in range(4)]
CITIES = ("Talca", "Lota", "Ancud")
# Sealing comes later, and a job's lease is no matter of people.
WATCHED = [name for name in invariants if name.startswith(("customers_", "targets_"))]
who = st.integers(0, 7)
address = st.sampled_from(ADDRESSES)
city = st.sampled_from(CITIES)


@dataclass
class Person:
    """What the machine knows of a record."""

    is_trashed: bool = False
    is_erased: bool = False
    merged_into: int | None = None
    # Which of the many times in the trash this is.
    trash: int = 0

    @property
    def is_live(self) -> bool:
        return not self.is_trashed and not self.is_erased and self.merged_into is None


@dataclass
class Bulk:
    """A bulk action that can be undone: whom it put in the trash, and at which time."""

    job: Job
    trashed: dict[int, int] = field(default_factory=dict)


class Life(RuleBasedStateMachine):
    """``people`` by primary key, and whose address each one was at first."""

    ana: User

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[int, Person] = {}
        self.first_owner: dict[str, int] = {}
        self.erased: set[str] = set()
        self.merges: list[int] = []
        self.bulks: list[Bulk] = []
        self.tick = 0
        self.audited = 0
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def two_people(self) -> None:
        self.create(ADDRESSES[0], "Talca")
        self.create(ADDRESSES[1], "Lota")

    # What is expected

    def holder(self, email: str) -> int | None:
        """Who has this address now: its owner, or the record that they were merged into."""
        found = self.first_owner.get(email)
        while found is not None and (into := self.people[found].merged_into) is not None:
            found = into
        return found

    def pick(self, number: int, *, live: bool = True) -> int | None:
        some = [pk for pk, one in self.people.items() if one.is_live or not live]
        return some[number % len(some)] if some else None

    def kin_of(self, person: int) -> set[int]:
        """The record with all that were merged into it."""
        kin = {person}
        while more := {pk for pk, one in self.people.items() if one.merged_into in kin} - kin:
            kin |= more
        return kin

    def stamp(self) -> int:
        self.tick += 1
        return self.tick

    # What happens

    @rule(email=address, city=city)
    def create(self, email: str, city: str) -> None:
        profile = {"email": email, "first_name": "Ana", "city": city}
        told = refused(lambda: customer_create(profile=profile, by=self.ana))
        if email in self.erased:
            assert told == "email_erased"
        elif self.holder(email) is not None:
            assert told == "email_taken"
        else:
            assert isinstance(told, Customer)
            self.people[told.pk] = Person()
            self.first_owner[email] = told.pk

    @rule(number=who, city=city)
    def edit(self, number: int, city: str) -> None:
        if (pk := self.pick(number)) is None:
            return
        held = Customer.objects.get(pk=pk)
        customer_update(customer=held, version=held.version, profile={"city": city}, by=self.ana)
        assert Customer.objects.get(pk=pk).city == city

    @rule(email=address, city=city)
    def order(self, email: str, city: str) -> None:
        contact = OrderContact(first_name="Ana", city=city)
        told = refused(
            lambda: customer_sync_order(reference=f"o{self.stamp()}", email=email, contact=contact)
        )
        holder = self.holder(email)
        if holder is not None:
            assert not isinstance(told, str)
            assert (told.customer.pk, told.is_new) == (holder, False)
            self.people[holder].is_trashed = False
        else:
            # Who was erased may come back, by themselves alone.
            assert not isinstance(told, str)
            assert told.is_new
            self.people[told.customer.pk] = Person()
            self.first_owner[email] = told.customer.pk

    @rule(one=who, other=who)
    def merge(self, one: int, other: int) -> None:
        survivor, loser = self.pick(one), self.pick(other)
        if survivor is None or loser is None:
            return
        told = refused(
            lambda: customers_merge(
                survivor=Customer(pk=survivor), loser=Customer(pk=loser), by=self.ana
            )
        )
        if survivor == loser:
            assert told == "merge_blocked"
        else:
            assert isinstance(told, Merge)
            self.merges.append(told.pk)
            self.people[loser].merged_into = survivor

    @precondition(lambda self: self.merges)
    @rule(number=who)
    def undo_merge(self, number: int) -> None:
        made = Merge.objects.get(pk=self.merges[number % len(self.merges)])
        told = refused(lambda: merge_undo(merge=made, by=self.ana))
        if isinstance(told, str):
            assert told == "undo_blocked"
        else:
            self.people[made.loser_id].merged_into = None
            self.merges.remove(made.pk)

    @rule(number=who)
    def trash(self, number: int) -> None:
        if (pk := self.pick(number)) is not None:
            customer_trash(customer=Customer(pk=pk), by=self.ana)
            self.people[pk].is_trashed, self.people[pk].trash = True, self.stamp()

    @rule(number=who)
    def restore(self, number: int) -> None:
        trashed = [pk for pk, one in self.people.items() if one.is_trashed and not one.is_erased]
        if trashed:
            pk = trashed[number % len(trashed)]
            customer_restore(customer=Customer(pk=pk), by=self.ana)
            self.people[pk].is_trashed = False

    @rule(number=who)
    def erase(self, number: int) -> None:
        if (pk := self.pick(number)) is None:
            return
        erasure = erasure_schedule(
            customer=Customer(pk=pk), ground="request", window=timedelta(0), by=self.ana
        )
        erasure_run(erasure=erasure, by=self.ana)
        for one in self.kin_of(pk):
            self.people[one].is_erased = True
        gone = [email for email, owner in self.first_owner.items() if self.people[owner].is_erased]
        self.erased |= set(gone)
        for email in gone:
            del self.first_owner[email]

    @rule(change=st.sampled_from(["tag", "trash"]))
    def bulk(self, change: str) -> None:
        live = [pk for pk, one in self.people.items() if one.is_live]
        if not live:
            return
        ids = Customer.objects.filter(pk__in=live).values_list("public_id", flat=True)
        job = customers_change(
            change=change,
            selection=Selection(ids=tuple(map(str, ids))).to_params(),
            count=len(live),
            params={"tags": ["VIP"]} if change == "tag" else {},
            by=self.ana,
            title=change,
        )
        assert job_run_now(job=job).state == "succeeded"
        made = Bulk(job)
        for pk in live if change == "trash" else ():
            made.trashed[pk] = self.people[pk].trash = self.stamp()
            self.people[pk].is_trashed = True
        if change == "tag":
            assert Tagging.objects.filter(customer__in=live, tag__name="VIP").count() == len(live)
        self.bulks.append(made)

    @precondition(lambda self: self.bulks)
    @rule(number=who)
    def undo_bulk(self, number: int) -> None:
        made = self.bulks.pop(number % len(self.bulks))
        job = bulk_undo(run=BulkRun.objects.get(job=made.job), by=self.ana)
        assert job_run_now(job=job).state == "succeeded"
        for pk, stamp in made.trashed.items():
            one = self.people[pk]
            if one.is_trashed and not one.is_erased and one.trash == stamp:
                one.is_trashed = False

    # What must hold

    @invariant()
    def nothing_is_broken(self) -> None:
        found = {name: count for name in WATCHED if (count := invariants[name]())}
        assert found == {}

    @invariant()
    def those_are_there_who_should_be(self) -> None:
        live = set(Customer.objects.live().values_list("pk", flat=True))
        assert live == {pk for pk, one in self.people.items() if one.is_live}

    @invariant()
    def each_address_leads_to_its_one_holder(self) -> None:
        rows = dict(CustomerEmail.objects.values_list("address_key", "customer_id"))
        assert rows == {email: self.holder(email) for email in self.first_owner}

    @invariant()
    def the_search_text_says_what_the_record_says(self) -> None:
        texts = Customer.objects.order_by("pk").values_list("pk", "search_text")
        before = list(texts)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE customers_customer SET first_name = first_name")
            assert list(texts) == before
            transaction.set_rollback(True)

    @invariant()
    def the_trail_only_grows(self) -> None:
        count = AuditEntry.objects.count()
        assert count >= self.audited
        self.audited = count


def refused(work: Any) -> Any:
    """What the work gave, or the code of its refusal; then nothing of it is left."""
    try:
        with transaction.atomic():
            return work()
    except DomainError as refusal:
        return refusal.code


def test_what_must_hold_of_people_holds_whatever_happens(ana: User) -> None:
    Customer.objects.all().delete()
    Life.ana = ana
    with override("en"):
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=EXAMPLES == 8,
                database=None,
                phases=PHASES,
                suppress_health_check=list(HealthCheck),
            ),
        )
