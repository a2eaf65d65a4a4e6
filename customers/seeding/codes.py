"""Seeded codes: three that the shop gives, what some people share, and who came by which."""

# ruff: noqa: S608  the parts are constants of this file

from typing import Any, Final

from django.db import connection

from config.kit.seeding import SeedPlan
from customers.models import RegistrationCode
from customers.rules.registration_codes import ALPHABET

GIVEN: Final = (
    ("FRTMC246", "Feria de Temuco", "campaign"),
    ("TNDPR357", "Tienda Providencia", "shop"),
    ("GRMVR468", "Instagram, verano", "campaign"),
)
CODE: Final = f"""(SELECT string_agg(substr('{ALPHABET}', 1 + (({{hash}} >> (5 * place)) & 31)::int
    %% {len(ALPHABET)}, 1), '' ORDER BY place) FROM generate_series(0, 7) AS place)"""
SHARING = """
INSERT INTO customers_registrationcode (code, origin, name, customer_id, is_current, created_at)
SELECT {code}, 'customer', '', id, true, registered_at
FROM (SELECT id, registered_at, id - %(base)s AS n FROM customers_customer
      WHERE id > %(base)s) AS person
WHERE {shares} < 0.04
ON CONFLICT DO NOTHING
"""
# Somebody comes by the code of who was there before.
USES = """
WITH holder AS (
    SELECT id, customer_id, row_number() OVER (ORDER BY customer_id) AS place
    FROM customers_registrationcode WHERE customer_id > %(base)s),
person AS (
    SELECT person.id, person.registered_at, person.id - %(base)s AS n,
        count(holder.id) OVER (ORDER BY person.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM customers_customer AS person LEFT JOIN holder ON holder.customer_id = person.id
    WHERE person.id > %(base)s),
drawn AS (SELECT id, registered_at, before, {how} AS how, {which} AS which FROM person),
used AS (
    INSERT INTO customers_codeuse (customer_id, code_id, source, used_at)
    SELECT drawn.id, coalesce(given.id, holder.id), 'seed', drawn.registered_at
    FROM drawn
    LEFT JOIN customers_registrationcode AS given ON drawn.how < 0.07
        AND given.code = (%(given)s::text[])[1 + floor(drawn.which * %(many)s)::int]
    LEFT JOIN holder ON drawn.how >= 0.07 AND drawn.how < 0.1
        AND holder.place = 1 + floor(drawn.which * drawn.before)::int
    WHERE coalesce(given.id, holder.id) IS NOT NULL
        AND holder.customer_id IS DISTINCT FROM drawn.id
    ORDER BY drawn.id
    RETURNING customer_id, code_id, used_at)
INSERT INTO customers_activity
    (customer_id, kind, occurred_at, origin, object_kind, object_id, data)
SELECT told.customer_id, told.kind, used.used_at, 'storefront', told.object_kind, told.object_id,
    jsonb_build_object('code', code.code)
FROM used JOIN customers_registrationcode AS code ON code.id = used.code_id
CROSS JOIN LATERAL (VALUES
    (used.customer_id, 'came_by_code', 'code', code.id),
    (code.customer_id, 'brought_somebody', 'customer', used.customer_id))
    AS told(customer_id, kind, object_kind, object_id)
WHERE told.customer_id IS NOT NULL AND used.used_at >= %(since)s
"""


def seed_codes(plan: SeedPlan) -> dict[str, int]:
    """A tenth of the people came by a code, a third of these by somebody else's."""
    RegistrationCode.objects.bulk_create(
        [RegistrationCode(code=code, name=name, origin=origin) for code, name, origin in GIVEN],
        ignore_conflicts=True,
    )
    hashed = f"hashint8extended(n, {plan.seed * 1000 + 90})"
    params: dict[str, Any] = {
        "base": plan.base,
        "since": plan.since,
        "given": [code for code, _name, _origin in GIVEN],
        "many": len(GIVEN),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            SHARING.format(code=CODE.format(hash=hashed), shares=plan.chance("n", 91)), params
        )
        cursor.execute(USES.format(how=plan.chance("n", 92), which=plan.chance("n", 93)), params)
    return {}
