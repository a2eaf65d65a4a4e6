"""What a demonstration shows of targets: sizes of the past, a list of people, choices by hand."""

from django.db import connection

from customers.models import Customer
from targets.models import Target
from targets.services.lists import list_add, list_create
from targets.services.picks import target_pick

DAYS = 90
SIZES = """
INSERT INTO targets_targetsize (target_id, at, members, entered, "left")
SELECT target.id, day.at, count(person.id), 0, 0
FROM targets_target AS target
CROSS JOIN generate_series(now() - %(days)s * interval '1 day', now() - interval '1 day',
    interval '1 day') AS day(at)
LEFT JOIN targets_membership AS member ON member.target_id = target.id
LEFT JOIN customers_customer AS person ON person.id = member.customer_id
    AND person.registered_at <= day.at
GROUP BY target.id, day.at
"""


def lists_seed(target: Target) -> None:
    """Guests of an evening, two of them put into a target, one left out of it."""
    people = list(Customer.objects.live().exclude(email="").order_by("pk")[:18])
    guests = list_create(name="Invitados a la cata", description="Jueves 3, en la tienda")
    list_add(people=guests, ids=[one.pk for one in people])
    for person, side in zip(people, ("included", "included", "excluded"), strict=False):
        target_pick(target=target, customer=person, side=side)


def sizes_seed() -> None:
    """For each past day those of today's members who were customers already."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, {"days": DAYS})
