"""Members after any writes, in any order and at any time, are those of a fresh evaluation."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection

from customers.models import Activity, Customer, Tag, Tagging
from targets.models import Membership, Target
from targets.selectors.evaluation import target_sql
from tests.targets.conftest import mail
from tests.targets.upkeep import RECENT, VIP, settle

pytestmark = [pytest.mark.feature("TG00", "BX01"), pytest.mark.django_db]


RULES = {
    "adultos": {"filter": "age", "op": "gte", "value": 18},
    "vip": VIP,
    "no-vip": {"not": VIP},
    "reciente": RECENT,
    "dos-visitas": {"filter": "login", "count": {"op": "gte", "value": 2}},
    "nunca": {"filter": "last_login", "op": "never"},
    "activos": {"all": [{"filter": "status", "op": "any", "value": ["active"]}, RECENT]},
    "sin-correo": {"filter": "email_delivered", "count": {"op": "eq", "value": 0}},
    "cumple": {
        "filter": "birth_date",
        "op": "anniversary",
        "value": {"next": 60, "unit": "days"},
    },
    "dentro": {"all": [{"filter": "target", "op": "any", "value": ["vip"]}, RECENT]},
}


def random_write(dice: Random, people: list[int], tag: Tag, at: datetime) -> None:
    """One of the ways in which the product, or somebody with SQL, writes."""
    one = dice.choice(people)
    some = dice.sample(people, dice.randint(1, len(people)))
    day = date(dice.randint(1950, 2020), dice.randint(1, 12), dice.randint(1, 28))
    when = at - timedelta(days=dice.randint(0, 60), seconds=dice.randint(0, 86_400))
    match dice.randrange(8):
        case 0:
            Tagging.objects.get_or_create(customer_id=one, tag=tag)
        case 1:
            Tagging.objects.filter(customer_id__in=some).delete()
        case 2:
            Customer.objects.filter(pk__in=some).update(
                birth_date=day, birth_month=day.month, birth_day=day.day
            )
        case 3:
            Activity.objects.bulk_create(
                Activity(customer_id=person, kind="login", occurred_at=when) for person in some
            )
        case 4:
            Customer.objects.filter(pk=one).update(last_login_at=when)
        case 5:
            Customer.objects.filter(pk=one).update(
                trashed_at=dice.choice([None, at]), status=dice.choice(["active", "disabled"])
            )
        case 6:
            mail(Customer.objects.get(pk=one), None, days=dice.randint(1, 40))
        case _:
            with (
                connection.cursor() as cursor,
                cursor.copy(
                    "COPY customers_activity (customer_id, kind, occurred_at) FROM STDIN"
                ) as copy,
            ):
                for person in some:
                    copy.write_row([person, "login", when])


@pytest.mark.parametrize("seed", range(6))
def test_after_any_writes_and_steps_of_time_members_are_those_of_a_fresh_evaluation(
    quiet, make_target, seed
):
    dice = Random(seed)
    people = [one.pk for one in quiet.values()]
    people += [
        one.pk
        for one in Customer.objects.bulk_create(Customer(first_name=f"C{n}") for n in range(70))
    ]
    tag = Tag.objects.get(name="VIP")
    for slug, rule in RULES.items():
        make_target(slug, rule)
    at = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)
    for _step in range(12):
        for _write in range(dice.randint(1, 6)):
            random_write(dice, people, tag, at)
        at += timedelta(seconds=dice.choice([0, 1, 3600, 86_400, 9 * 86_400]))
        settle(at)
        for slug in RULES:
            sql, params = target_sql(Target.objects.get(slug=slug), at)
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                fresh = {row[0] for row in cursor.fetchall()}
            held = set(
                Membership.objects.filter(target__slug=slug).values_list("customer_id", flat=True)
            )
            assert held == fresh, slug
