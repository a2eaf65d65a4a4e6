"""Seeded log-ins and visits on the storefront, and what follows on the record."""

from typing import Any

from django.db import connection

from config.kit.seeding import SeedPlan, without_indexes

# A quarter never logs in; of the rest a few do so very often.
VISITS = """
INSERT INTO customers_activity (customer_id, kind, occurred_at, origin, device, ip)
SELECT id, kind, at, 'storefront', device, ('192.0.2.' || (1 + id %% 250))::inet
FROM (
    SELECT id, registered_at,
        CASE WHEN {kind} < 0.58 THEN 'login' ELSE 'page_view' END AS kind,
        %(until)s::timestamptz - interval '1 second' * ({when} * %(seconds)s) AS at,
        CASE WHEN {device} < 0.63 THEN 'mobile' WHEN {device} < 0.94 THEN 'desktop'
             ELSE 'tablet' END AS device
    FROM (SELECT id, registered_at, id - %(base)s AS n FROM customers_customer
          WHERE id > %(base)s) AS person,
        generate_series(1, CASE WHEN {loyal} < 0.25 THEN 0
            ELSE least(60, ceil(-3.4 * ln(1 - {often} * 0.99999) * %(months)s / 6.0))::int END)
        AS visit
) AS visited
WHERE registered_at <= at
"""
LAST_LOGIN = """
UPDATE customers_customer AS person
SET last_login_at = seen.latest, login_count = seen.times
FROM (SELECT customer_id, max(occurred_at) AS latest, count(*) AS times
      FROM customers_activity WHERE kind = 'login' AND customer_id > %(base)s
      GROUP BY customer_id) AS seen
WHERE person.id = seen.customer_id
"""
CREATED = """
INSERT INTO customers_activity (customer_id, kind, occurred_at, origin)
SELECT id, 'registered', registered_at, 'storefront' FROM customers_customer
WHERE id > %(base)s AND registered_at >= %(since)s
"""


def seed_visits(plan: SeedPlan) -> dict[str, int]:
    """Log-ins and page views within the months; last log-in and its count on the record."""
    params: dict[str, Any] = {
        "base": plan.base,
        "customers": plan.customers,
        "until": plan.until,
        "since": plan.since,
        "months": plan.months,
        "seconds": int((plan.until - plan.since).total_seconds()),
    }
    text = VISITS.format(
        kind=plan.chance("n * 64 + visit", 70),
        when=plan.chance("n * 64 + visit", 71),
        device=plan.chance("n * 2 + visit % 2", 72).replace("%", "%%"),
        loyal=plan.chance("n", 73),
        often=plan.chance("n", 74),
    )
    with connection.cursor() as cursor:
        with without_indexes(["customers_activity"], rows=plan.customers):
            cursor.execute(text, params)
            visits = cursor.rowcount
            cursor.execute(CREATED, params)
        with without_indexes(["customers_customer"], rows=plan.customers):
            cursor.execute(LAST_LOGIN, params)
    return {"visits": visits}
