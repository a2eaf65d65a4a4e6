"""Believable sizes of the past for the targets of a demonstration."""

from django.db import connection

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


def sizes_seed() -> None:
    """For each past day those of today's members who were customers already."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, {"days": DAYS})
