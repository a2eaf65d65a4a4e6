"""Any writes, edits of rules, steps of time and crashes: at rest, members are those of the rule.

Some runs here; ``UPKEEP_EXAMPLES=2000`` for a night. Processes that are killed: test_upkeep_kill.
"""

import os
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config.kit import clock
from config.kit.errors import DomainError
from customers.merging.services import customers_merge, merge_undo
from customers.models import (
    Activity,
    Category,
    CategoryAssignment,
    Customer,
    CustomerPhone,
    Merge,
    Tag,
    Tagging,
)
from customers.services.consent import Proof, consent_record
from messaging.models import Delivery
from targets.models import Membership, StaticEntry, StaticList, Target
from targets.selectors.evaluation import target_sql
from targets.selectors.history import ids_then
from targets.services.lists import list_add, list_create, list_remove
from targets.services.picks import target_pick
from targets.services.refresh import targets_refresh_due
from targets.services.targets import target_create, target_update
from targets.upkeep.database import fetch
from targets.upkeep.worker import Upkeep
from tests.targets.conftest import document

VIP = {"filter": "tags", "op": "any", "value": ["VIP"]}
RECENT = {"filter": "login", "window": {"last": 30, "unit": "days"}}
CONSENTED = {"filter": "consent", "channel": "email", "op": "any", "value": ["granted"]}
STEADY: dict[str, dict[str, Any]] = {
    "vip": VIP,
    "no-vip": {"not": VIP},
    "reciente": RECENT,
    "dos-en-dos-horas": {
        "filter": "login",
        "window": {"last": 2, "unit": "hours"},
        "count": {"op": "gte", "value": 2},
    },
    "adultos": {"filter": "age", "op": "gte", "value": 18},
    "cumple": {"filter": "birth_date", "op": "anniversary", "value": {"next": 60, "unit": "days"}},
    "oro": {"filter": "category", "op": "any", "value": ["oro"]},
    "sin-correo": {"not": {"filter": "email_delivered", "window": {"last": 7, "unit": "days"}}},
    "santiago": {
        "not": {"filter": "field", "field": "further_phone", "op": "starts_with", "value": "+562"}
    },
    "lista": {"filter": "static_list", "op": "any", "value": ["invitados"]},
    "dentro": {"all": [{"filter": "target", "op": "any", "value": ["vip"]}, RECENT]},
}
EDITED: dict[str, dict[str, Any]] = {
    "cambia": CONSENTED,
    "fuera": {"filter": "target", "op": "none", "value": ["cambia"]},
}
OTHER_RULES = [CONSENTED, VIP, RECENT, {"all": [CONSENTED, {"not": RECENT}]}, STEADY["adultos"]]
SETTINGS = settings(
    max_examples=int(os.environ.get("UPKEEP_EXAMPLES", "8")),
    deadline=None,
    database=None,
    derandomize="UPKEEP_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
PLACES = st.integers(0, 99)
AGO = st.integers(0, 40 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
STEPS = st.sampled_from([0, 1, 1800, 7_200, 86_400, 9 * 86_400]).map(
    lambda seconds: timedelta(seconds=seconds)
)


class CrashError(Exception):
    """The worker dies between its claim and its commit."""


def held(target: Target) -> set[int]:
    return set(Membership.objects.filter(target=target).values_list("customer_id", flat=True))


def fresh(target: Target, at: datetime) -> set[int]:
    sql, params = target_sql(target, at)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0] for row in cursor.fetchall()}


def replayed(target: Target, last: int) -> set[int]:
    """Members by the log up to a row of it: nobody enters twice, nobody leaves who is not in."""
    inside: set[int] = set()
    log = "SELECT customer_id, is_entry FROM targets_membershipchange "
    for customer, is_entry in fetch(
        f"{log}WHERE target_id = $1 AND id <= $2 ORDER BY id", target.pk, last
    ):
        assert (customer in inside) is not is_entry, (target.slug, customer)
        (inside.add if is_entry else inside.discard)(customer)
    return inside


class Company:
    """A company of twelve; all that an example wrote is rolled back."""

    def __init__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at = clock.now() + timedelta(hours=1)
        self.recorded: dict[datetime, dict[str, tuple[int, set[int]]]] = {}
        made = Customer.objects.bulk_create(Customer(first_name=f"C{n}") for n in range(12))
        self.people = [one.pk for one in made]

    def go(self, moves: list[tuple[str, dict[str, Any]]]) -> None:
        for name, values in moves:
            getattr(self, name)(**values)
        self.rest(timedelta())

    def leave(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def one(self, place: int) -> int:
        return self.people[place % len(self.people)]

    def some(self, place: int) -> list[int]:
        return self.people[place % 5 :: 1 + place % 3]

    def tag(self, place: int, name: str) -> None:
        Tagging.objects.get_or_create(
            customer_id=self.one(place), tag=Tag.objects.get_or_create(name=name)[0]
        )

    def phone(self, place: int, number: str) -> None:
        CustomerPhone.objects.get_or_create(customer_id=self.one(place), number=number)

    def no_phone(self, place: int) -> None:
        CustomerPhone.objects.filter(customer_id__in=self.some(place)).delete()

    def untag(self, place: int) -> None:
        Tagging.objects.filter(customer_id__in=self.some(place)).delete()

    def rename(self) -> None:
        """The tag of the rules gets another name, or its own back."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE customers_tag SET name = CASE name WHEN 'VIP' THEN 'Vieja' ELSE 'VIP' END "
                "WHERE name IN ('VIP', 'Vieja') AND 1 = ("
                "SELECT count(*) FROM customers_tag WHERE name IN ('VIP', 'Vieja'))"
            )

    def born(self, place: int, day: date) -> None:
        Customer.objects.filter(pk__in=self.some(place)).update(
            birth_date=day, birth_month=day.month, birth_day=day.day
        )

    def visits_in_bulk(self, place: int, ago: timedelta) -> None:
        sql = "COPY customers_activity (customer_id, kind, occurred_at) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(sql) as copy:
            for person in self.some(place) * 6:
                copy.write_row([person, "login", self.at - ago])

    def visit_dated_ahead(self, place: int, ahead: timedelta) -> None:
        Activity.objects.bulk_create(
            [Activity(customer_id=self.one(place), kind="login", occurred_at=self.at + ahead)]
        )

    def consent(self, place: int, value: str) -> None:
        consent_record(
            customer=Customer.objects.get(pk=self.one(place)),
            channel="email",
            value=value,
            source="import",
            proof=Proof(evidence="f"),
        )

    def listed(self, place: int) -> None:
        people = StaticList.objects.get(slug="invitados")
        list_add(people=people, ids=self.some(place))

    def delisted(self, place: int) -> None:
        people = StaticList.objects.get(slug="invitados")
        list_remove(people=people, ids=self.some(place))

    def pick(self, place: int, slug: str, side: str) -> None:
        """Somebody is put into a target by hand, left out, or given back to its rule."""
        with suppress(DomainError):
            target_pick(
                target=Target.objects.get(slug=slug),
                customer=Customer.objects.get(pk=self.one(place)),
                side=side,
            )

    def category(self, place: int) -> None:
        gold = Category.objects.get(code="oro")
        for person in self.some(place):
            CategoryAssignment.objects.get_or_create(customer_id=person, category=gold)

    def mail(self, place: int, ago: timedelta) -> None:
        at = self.at - ago
        Delivery.objects.bulk_create(
            Delivery(
                created_at=at,
                customer_id=person,
                kind="transactional",
                state="accepted",
                sent_at=at,
                delivered_at=at,
            )
            for person in self.some(place)
        )

    def trash(self, place: int, is_trashed: bool) -> None:
        Customer.objects.filter(pk=self.one(place)).update(
            trashed_at=self.at if is_trashed else None
        )

    def merge(self, first: int, second: int) -> None:
        pair = Customer.objects.live().in_bulk([self.one(first), self.one(second)])
        if len(pair) == 2:
            with suppress(DomainError), transaction.atomic():
                customers_merge(survivor=pair[self.one(first)], loser=pair[self.one(second)])

    def unmerge(self) -> None:
        last = Merge.objects.filter(state=Merge.State.DONE).order_by("-pk").first()
        if last:
            with suppress(DomainError), transaction.atomic():
                merge_undo(merge=last)

    def delete(self, place: int) -> None:
        person = self.one(place)
        is_merged = Merge.objects.filter(survivor_id=person) | Merge.objects.filter(loser_id=person)
        if len(self.people) > 3 and not is_merged.exists() and not self.has_ledger(person):
            Tagging.objects.filter(customer_id=person).delete()
            CategoryAssignment.objects.filter(customer_id=person).delete()
            StaticEntry.objects.filter(customer_id=person).delete()
            CustomerPhone.objects.filter(customer_id=person).delete()
            fetch("DELETE FROM customers_customer WHERE id = $1", person)
            self.people.remove(person)

    def has_ledger(self, person: int) -> bool:
        """What stays of a person who was asked for consent is the business of an erasure."""
        return bool(fetch("SELECT 1 FROM customers_consentevent WHERE customer_id = $1", person))

    def edit(self, new: dict[str, Any]) -> None:
        target = Target.objects.get(slug="cambia")
        target_update(target=target, version=target.version, name=target.name, rule=document(new))

    def crash(self) -> None:
        """Whatever was claimed is there again."""
        asked = []

        def dying() -> datetime:
            asked.append(1)
            if len(asked) > 1:
                raise CrashError
            return self.at

        queue = "SELECT count(*) FROM targets_change"
        before, worker = fetch(queue), Upkeep(now=dying)
        with pytest.raises(CrashError):
            worker.turn(is_forced=True)
        worker.shards.leave()
        assert fetch(queue) == before

    def rest(self, step: timedelta) -> None:
        self.at += step
        targets_refresh_due()
        while Upkeep(now=lambda: self.at).settle():
            pass
        [(last,)] = fetch("SELECT coalesce(max(id), 0) FROM targets_membershipchange")
        now = {one.slug: (last, held(one)) for one in Target.objects.all()}
        for target in Target.objects.all():
            members = now[target.slug][1]
            assert members == fresh(target, self.at), target.slug
            assert target.members_count == len(members), target.slug
        self.recorded[self.at] = now
        self.look_back()

    def look_back(self) -> None:
        """Every instant that was recorded is told by the log as it was."""
        for at, then in self.recorded.items():
            for target in Target.objects.all():
                last, members = then[target.slug]
                assert replayed(target, last) == members, (target.slug, at)
                if target.slug in STEADY:
                    told = set(
                        Customer.objects.filter(pk__in=ids_then(target, at)).values_list(
                            "pk", flat=True
                        )
                    )
                    assert told == members & set(Customer.objects.values_list("pk", flat=True)), (
                        target.slug,
                        at,
                    )


MOVES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "tag": {"place": PLACES, "name": st.sampled_from(["VIP", "Otra"])},
    "untag": {"place": PLACES},
    "phone": {"place": PLACES, "number": st.sampled_from(["+56222345678", "+34915551234"])},
    "no_phone": {"place": PLACES},
    "rename": {},
    "born": {"place": PLACES, "day": st.dates(date(1950, 1, 1), date(2020, 12, 31))},
    "visits_in_bulk": {"place": PLACES, "ago": AGO},
    "visit_dated_ahead": {"place": PLACES, "ahead": AGO},
    "consent": {"place": PLACES, "value": st.sampled_from(["granted", "withdrawn"])},
    "category": {"place": PLACES},
    "listed": {"place": PLACES},
    "delisted": {"place": PLACES},
    "pick": {
        "place": PLACES,
        "slug": st.sampled_from(["vip", "reciente", "cambia"]),
        "side": st.sampled_from(["included", "excluded", ""]),
    },
    "mail": {"place": PLACES, "ago": AGO},
    "trash": {"place": PLACES, "is_trashed": st.booleans()},
    "merge": {"first": PLACES, "second": PLACES},
    "unmerge": {},
    "delete": {"place": PLACES},
    "edit": {"new": st.sampled_from(OTHER_RULES)},
    "crash": {},
    "rest": {"step": STEPS},
}
MOVE = st.sampled_from(sorted(MOVES)).flatmap(
    lambda name: st.tuples(st.just(name), st.fixed_dictionaries(MOVES[name]))
)


@pytest.mark.slow
@pytest.mark.feature("TG00", "TG27", "BX01", "BX03", "E33")
@pytest.mark.django_db
def test_at_rest_members_are_those_of_the_rule_and_the_log_tells_every_instant():
    Tag.objects.create(name="VIP")
    Category.objects.create(code="oro", name="Oro")
    list_create(name="Invitados")
    for slug, asked in (STEADY | EDITED).items():
        target_create(slug=slug, name=slug.title(), rule=document(asked))
    targets_refresh_due()
    Upkeep().settle()

    @SETTINGS
    @given(st.lists(MOVE, min_size=20, max_size=40))
    def check(moves: list[tuple[str, dict[str, Any]]]) -> None:
        company = Company()
        try:
            company.go(moves)
        finally:
            company.leave()

    check()
