"""Seeded customers: one statement a table, every choice a hash of the row's number."""

from typing import Any

from django.db import connection

from config.kit.seeding import SeedPlan, without_indexes
from customers.models import Category, CustomField, Tag
from customers.seeding import words

CHECK_DIGIT = """
CREATE FUNCTION pg_temp.seed_rut(body bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT body::text || CASE rest WHEN 11 THEN '0' WHEN 10 THEN 'K' ELSE rest::text END
    FROM (SELECT 11 - sum((body / (10 ^ place)::bigint % 10) * (2 + place % 6)) % 11 AS rest
          FROM generate_series(0, 7) AS place) AS summed
$$;
"""

PEOPLE = """
INSERT INTO customers_customer (
    id, public_id, lifecycle, lifecycle_reason, lifecycle_at, status, first_name, last_name,
    second_last_name, email, email_key, phone, id_type, id_number, gender, city, country,
    birth_date, birth_month, birth_day, language, time_zone, custom, registered_at, verified_at,
    login_count, source, created_at, updated_at, version)
SELECT %(base)s + n, md5(%(seed)s || ':' || (%(base)s + n))::uuid,
    CASE WHEN {stage} < 0.55 THEN 'customer' ELSE 'lead' END,
    CASE WHEN {stage} < 0.55 THEN 'order' ELSE '' END, registered,
    CASE WHEN {status} < 0.965 THEN 'active' WHEN {status} < 0.99 THEN 'deactivated'
         ELSE 'disabled' END,
    first_name, family, CASE WHEN {second} < 0.8 THEN second_family ELSE '' END,
    address, address,
    CASE WHEN {phone} < 0.86 THEN '+569' || (20000000 + ({phone2} * 79999999)::int) ELSE '' END,
    CASE WHEN {rut} < 0.72 THEN 'cl_rut' ELSE '' END,
    CASE WHEN {rut} < 0.72 THEN pg_temp.seed_rut(5000000 + ({rut2} * 20999999)::bigint) ELSE '' END,
    CASE WHEN {gender} < 0.11 THEN '' WHEN {gender} > 0.985 THEN 'other'
         WHEN is_woman THEN 'female' ELSE 'male' END,
    split_part(place, ',', 1), split_part(place, ',', 2),
    CASE WHEN {birth} < 0.74 THEN birth END,
    CASE WHEN {birth} < 0.80 THEN extract(month FROM birth) END,
    CASE WHEN {birth} < 0.80 THEN extract(day FROM birth) END,
    CASE WHEN {language} < 0.93 THEN 'es' ELSE 'en' END, '',
    CASE WHEN {channel} < 0.83
        THEN jsonb_build_object('preferred_channel',
            (%(channels)s::text[])[1 + ({channel2} ^ 1.6 * 4)::int %% 4])
        ELSE '{{}}'::jsonb END ||
    CASE WHEN {score} < 0.31 THEN jsonb_build_object('survey_score', ({score2} * 10)::int)
        ELSE '{{}}'::jsonb END,
    registered, CASE WHEN {verified} < 0.78 THEN registered + interval '2 hours' END,
    0, 'seed', registered, registered, 1
FROM (
    SELECT n, is_woman,
        CASE WHEN is_woman THEN (%(women)s::text[])[1 + ({first} ^ 1.5 * {women_count})::int]
             ELSE (%(men)s::text[])[1 + ({first} ^ 1.5 * {men_count})::int] END AS first_name,
        family, second_family,
        lower(translate(customers_fold(split_part(
            CASE WHEN is_woman THEN (%(women)s::text[])[1 + ({first} ^ 1.5 * {women_count})::int]
                 ELSE (%(men)s::text[])[1 + ({first} ^ 1.5 * {men_count})::int] END, ' ', 1)
            || '.' || family), ' ', '')) || (%(base)s + n) || '@' ||
            (ARRAY['correo.example', 'ejemplo.cl', 'buzon.example', 'mail.example'])
            [1 + ({domain} ^ 2 * 4)::int %% 4] AS address,
        place, registered, birth
    FROM (
        SELECT n, {woman} < 0.56 AS is_woman,
            (%(families)s::text[])[1 + ({family} ^ 1.7 * {families_count})::int] AS family,
            (%(families)s::text[])[1 + ({family2} ^ 1.7 * {families_count})::int] AS second_family,
            (%(cities)s::text[])[1 + ({city} ^ 2.2 * {cities_count})::int] AS place,
            %(until)s::timestamptz - interval '1 day' * ({age} ^ 1.4 * 1500) AS registered,
            (%(until)s::timestamptz - interval '1 day'
                * (6600 + ({born} + {born2}) / 2 * 23000))::date AS birth
        FROM generate_series(1, %(customers)s) AS n
    ) AS drawn
) AS person
"""

TAGGING = """
INSERT INTO customers_tagging (customer_id, tag_id, created_at)
SELECT %(base)s + n, (%(tags)s::bigint[])[slot], %(until)s
FROM generate_series(1, %(customers)s) AS n, generate_series(1, {slots}) AS slot
WHERE {chance} < 0.32 / (slot + 0.6)
"""
ASSIGNMENT = """
INSERT INTO customers_categoryassignment (customer_id, category_id, created_at)
SELECT %(base)s + n, (%(categories)s::bigint[])[CASE WHEN {chance} < 0.62 THEN 1
    WHEN {chance} < 0.71 THEN 2 ELSE 3 END], %(until)s
FROM generate_series(1, %(customers)s) AS n WHERE {chance} < 0.78
"""
CONSENT = """
INSERT INTO customers_consentevent (customer_id, channel, purpose, value, opt_in_level, source,
    wording, policy_version, evidence, user_agent, occurred_at, recorded_at)
SELECT id, 'email', 'marketing', value, 'single', source, wording,
    CASE WHEN value = 'granted' THEN coalesce((
        SELECT language || '-' || number FROM customers_policyversion
        WHERE language = 'es' AND published_at <= least(at, %(until)s)
        ORDER BY number DESC LIMIT 1), '') ELSE '' END, evidence, '',
    least(at, %(until)s), least(at, %(until)s)
FROM (
    SELECT id, 'granted' AS value, 'checkout' AS source,
        'Quiero recibir novedades y ofertas por correo.' AS wording,
        'Casilla del pago' AS evidence, registered_at AS at
    FROM customers_customer WHERE id > %(base)s AND {asked} < 0.68
    UNION ALL
    SELECT id, 'withdrawn', 'unsubscribe', '', '', registered_at + interval '40 days'
    FROM customers_customer WHERE id > %(base)s AND {asked} < 0.035
) AS said
"""


def seed_people(plan: SeedPlan) -> dict[str, int]:
    """Customers with tags, categories, custom values and consent."""
    params = _params(plan)
    tables = ["customers_customer", "customers_customeremail", "customers_tagging"]
    with connection.cursor() as cursor, without_indexes(tables, rows=plan.customers):
        cursor.execute(CHECK_DIGIT)
        cursor.execute(_fill(PEOPLE, plan), params)
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), %s)",
            [plan.base + plan.customers],
        )
        chance = plan.chance("n * 16 + slot", 60)
        cursor.execute(TAGGING.format(chance=chance, slots=len(words.TAGS)), params)
        taggings = cursor.rowcount
        cursor.execute(ASSIGNMENT.format(chance=plan.chance("n", 61)), params)
        asked = plan.chance(f"id - {plan.base}", 62)
        cursor.execute(CONSENT.format(asked=asked), params)
        consents = cursor.rowcount
        cursor.execute("DROP FUNCTION pg_temp.seed_rut(bigint)")
        cursor.execute("ANALYZE customers_customer")
    return {"taggings": taggings, "consent_events": consents}


def _params(plan: SeedPlan) -> dict[str, Any]:
    return {
        "base": plan.base,
        "customers": plan.customers,
        "seed": str(plan.seed),
        "until": plan.until,
        "women": words.WOMEN,
        "men": words.MEN,
        "families": words.FAMILIES,
        "cities": words.CITIES,
        "channels": list(words.CHANNELS),
        "tags": _tags(),
        "categories": _categories(),
    }


def _fill(template: str, plan: SeedPlan) -> str:
    names = (
        "stage status second phone phone2 rut rut2 gender birth language channel channel2 score "
        "score2 verified first domain woman family family2 city age born born2"
    ).split()
    draws = {name: plan.chance("n", salt) for salt, name in enumerate(names)}
    sizes = {
        "women_count": len(words.WOMEN) - 1,
        "men_count": len(words.MEN) - 1,
        "families_count": len(words.FAMILIES) - 1,
        "cities_count": len(words.CITIES) - 1,
    }
    return template.format(**draws, **sizes)


def _tags() -> list[int]:
    known = {tag.name.lower(): tag.pk for tag in Tag.objects.all()}
    return [
        known.get(name.lower()) or Tag.objects.create(name=name, color=index % 5 + 1).pk
        for index, name in enumerate(words.TAGS)
    ]


def _categories() -> list[int]:
    _custom_fields()
    return [
        Category.objects.get_or_create(code=code, defaults={"name": name})[0].pk
        for code, name in words.CATEGORIES
    ]


def _custom_fields() -> None:
    CustomField.objects.get_or_create(
        key="preferred_channel",
        defaults={
            "label": "Canal preferido",
            "label_en": "Preferred channel",
            "kind": CustomField.Kind.DROPDOWN,
            "options": [{"value": name, "label": name} for name in words.CHANNELS],
            "is_visible": True,
            "is_editable": True,
            "position": 1,
        },
    )
    CustomField.objects.get_or_create(
        key="survey_score",
        defaults={
            "label": "Nota de la encuesta",
            "label_en": "Survey score",
            "kind": CustomField.Kind.NUMBER,
            "position": 2,
        },
    )
