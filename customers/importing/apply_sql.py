"""The set-based statements that apply a plan, some lines at a time: ``low`` < line ≤ ``high``.

``r`` is the staging row, ``c`` the customer, ``change`` what was written down for the undo.
"""

# ruff: noqa: S608  the parts are constants of this package

from typing import Final

from customers.importing.plan_sql import OTHERS, TEXTS
from customers.rules.statuses import STATUSES, may_get_password_link, sql_list

INVITED: Final = sql_list(one for one in STATUSES if may_get_password_link(one))
RANGE: Final = "r.batch_id = %(batch)s AND r.line > %(low)s AND r.line <= %(high)s"
PLANNED: Final = f"{RANGE} AND r.result IN ('create', 'update')"
CHANGED: Final = """
FROM customers_importchange AS change JOIN customers_importrow AS r
    ON r.batch_id = change.batch_id AND r.line = change.line
WHERE change.batch_id = %(batch)s AND change.line > %(low)s AND change.line <= %(high)s
"""
# A code made by a file that named it before the person came who shares it: theirs, once they come.
OF_NOBODY: Final = """(held.customer_id IS NULL AND held.origin = 'other' AND held.name = held.code
    AND held.created_by_id IS NULL AND held.revoked_at IS NULL)"""

NEXT_LINE = """
SELECT max(line), count(*) FROM (
    SELECT line FROM customers_importrow
    WHERE batch_id = %(batch)s AND line > %(low)s AND line <= %(until)s
    ORDER BY line LIMIT %(rows)s) AS ahead
"""
MIDDLE_LINE = """
SELECT line FROM customers_importrow WHERE batch_id = %(batch)s
ORDER BY line OFFSET %(rows)s LIMIT 1
"""
LOCK = f"""
SELECT count(*) FROM (
    SELECT c.id FROM customers_customer AS c
    WHERE c.id IN (SELECT r.customer_id FROM customers_importrow AS r WHERE {PLANNED})
    ORDER BY c.id FOR UPDATE) AS locked
"""
HOLD_CHANGED = f"""
UPDATE customers_importrow AS r SET result = 'conflict', errors = jsonb_build_array(
    jsonb_build_object('kind', 'changed', 'column', '', 'cell', '', 'reason', %(reason)s::text))
WHERE {PLANNED} AND r.customer_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM customers_customer AS c
    WHERE c.id = r.customer_id AND c.version = r.customer_version)
RETURNING r.line
"""
# Only after a refusal by the database: somebody took an address, a code or a value meanwhile.
HOLD_TAKEN = f"""
UPDATE customers_importrow AS r SET result = 'conflict', errors = jsonb_build_array(
    jsonb_build_object('kind', 'changed', 'column', '', 'cell', '', 'reason', %(reason)s::text))
WHERE {PLANNED} AND (
    EXISTS (SELECT 1 FROM customers_customeremail AS held
        WHERE held.address_key = r.email_key AND held.customer_id IS DISTINCT FROM r.customer_id
            AND (r.customer_id IS NULL OR r.after ? 'email_key'))
    OR EXISTS (SELECT 1 FROM unnest(r.externals) AS code JOIN customers_externalid AS held
        ON held.system = split_part(code, ':', 1)
            AND held.value = substr(code, strpos(code, ':') + 1)
        WHERE held.customer_id IS DISTINCT FROM r.customer_id)
    OR EXISTS (SELECT 1 FROM customers_customer AS c
        WHERE r.customer_id IS NULL AND c.public_id = r.public_id)
    OR EXISTS (SELECT 1 FROM customers_registrationcode AS held
        WHERE held.code = r.sharing_code AND (held.customer_id IS NULL
            OR held.customer_id IS DISTINCT FROM r.customer_id)
        AND NOT {OF_NOBODY})
    OR EXISTS (SELECT 1 FROM jsonb_each_text(coalesce(r.custom, r.after -> 'custom')) AS told
        JOIN customers_customfield AS field ON field.key = told.key AND field.is_unique
        JOIN customers_customvalue AS held ON held.field_id = field.id
            AND held.unique_key = customers_fold(told.value)
        WHERE held.customer_id IS DISTINCT FROM r.customer_id))
RETURNING r.line
"""
# Addresses and codes in one order, whatever that of the file: two imports at once never deadlock.
CREATE = f"""
WITH picked AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('customers_customer', 'id')) AS id, r.*
    FROM (SELECT * FROM customers_importrow AS r
        WHERE {PLANNED} AND r.customer_id IS NULL ORDER BY r.line) AS r),
made AS (
    INSERT INTO customers_customer (
        id, public_id, lifecycle, lifecycle_reason, lifecycle_at, status, first_name, last_name,
        second_last_name, email, email_key, phone, id_type, id_number, gender, city, country,
        birth_date, birth_month, birth_day, language, time_zone, custom, registered_at,
        login_count, source, created_at, updated_at, version)
    SELECT id, coalesce(public_id, gen_random_uuid()), coalesce(lifecycle, 'lead'), 'import',
        %(now)s, coalesce(status, 'active'), coalesce(first_name, ''), coalesce(last_name, ''),
        coalesce(second_last_name, ''), coalesce(email, ''), coalesce(email_key, ''),
        coalesce(phone, ''), coalesce(id_type, ''), coalesce(id_number, ''), coalesce(gender, ''),
        coalesce(city, ''), coalesce(country, ''), birth_date, birth_month, birth_day,
        coalesce(language, ''), coalesce(time_zone, ''), coalesce(custom, '{{}}'),
        coalesce(registered_at, %(now)s), 0, 'import', %(now)s, %(now)s, 1
    FROM picked ORDER BY email_key, line)
INSERT INTO customers_importchange
    (batch_id, customer_id, line, is_creation, before, after, version_after)
SELECT batch_id, id, line, true, '{{}}',
    CASE WHEN consents IS NULL THEN '{{}}'::jsonb
        ELSE jsonb_build_object('consents', consents) END, 1
FROM picked
"""
SET_VALUES: Final = ", ".join(
    [
        f"{name} = CASE WHEN told.doc ? '{name}' THEN coalesce(told.doc ->> '{name}', '') "
        f"ELSE c.{name} END"
        for name in TEXTS
    ]
    + [
        f"{name} = CASE WHEN told.doc ? '{name}' THEN (told.doc ->> '{name}')::{kind} "
        f"ELSE c.{name} END"
        for name, kind in OTHERS.items()
    ]
    + [
        # They follow what they belong to; an undo gives them back as they were.
        "lifecycle_reason = CASE WHEN told.doc ? 'lifecycle_reason' "
        "THEN told.doc ->> 'lifecycle_reason' "
        "WHEN told.doc ? 'lifecycle' THEN 'import' ELSE c.lifecycle_reason END",
        "lifecycle_at = CASE WHEN told.doc ? 'lifecycle_at' "
        "THEN (told.doc ->> 'lifecycle_at')::timestamptz "
        "WHEN told.doc ? 'lifecycle' THEN %(now)s ELSE c.lifecycle_at END",
        "status_until = CASE WHEN told.doc ? 'status_until' "
        "THEN (told.doc ->> 'status_until')::timestamptz "
        "WHEN told.doc ? 'status' THEN NULL ELSE c.status_until END",
    ]
)
FOLLOWERS: Final = """
CASE WHEN after ? 'lifecycle' THEN jsonb_build_object('lifecycle_reason', was.lifecycle_reason,
    'lifecycle_at', was.lifecycle_at) ELSE '{}' END
|| CASE WHEN after ? 'status' THEN jsonb_build_object('status_until', was.status_until)
    ELSE '{}' END
"""
UPDATE = f"""
WITH picked AS MATERIALIZED (
    SELECT * FROM customers_importrow AS r WHERE {PLANNED} AND r.customer_id IS NOT NULL),
done AS (
    UPDATE customers_customer AS c SET {SET_VALUES},
        custom = jsonb_strip_nulls(c.custom || coalesce(told.doc -> 'custom', '{{}}')),
        version = c.version + 1, updated_at = %(now)s
    FROM (SELECT customer_id, after AS doc FROM picked WHERE after <> '{{}}') AS told
    WHERE c.id = told.customer_id)
INSERT INTO customers_importchange
    (batch_id, customer_id, line, is_creation, before, after, version_after)
SELECT batch_id, customer_id, line, result = 'create', before || {FOLLOWERS},
    after || jsonb_strip_nulls(jsonb_build_object('tags', tags, 'categories', categories,
        'externals', externals, 'address', address, 'note', note, 'consents', consents,
        'sharing_code', CASE WHEN sharing_code IS NOT NULL THEN jsonb_build_object(
            'code', sharing_code, 'instead_of', (SELECT own.code
                FROM customers_registrationcode AS own
                WHERE own.customer_id = was.id AND own.is_current)) END)),
    customer_version + CASE WHEN after = '{{}}' THEN 0 ELSE 1 END
FROM picked JOIN customers_customer AS was ON was.id = picked.customer_id
"""
TAGS = f"""
INSERT INTO customers_tagging (customer_id, tag_id, created_at)
SELECT DISTINCT made.customer_id, tag.id, %(now)s::timestamptz FROM (
    SELECT change.customer_id, lower(word) AS word
    {CHANGED.replace("WHERE", "CROSS JOIN unnest(r.tags) AS word WHERE")}) AS made
JOIN customers_tag AS tag ON lower(tag.name) = made.word
ON CONFLICT DO NOTHING
"""
CATEGORIES = f"""
INSERT INTO customers_categoryassignment (customer_id, category_id, assigned_by_id, created_at)
SELECT DISTINCT made.customer_id, category.id, %(actor)s::bigint, %(now)s::timestamptz FROM (
    SELECT change.customer_id, word
    {CHANGED.replace("WHERE", "CROSS JOIN unnest(r.categories) AS word WHERE")}) AS made
JOIN customers_category AS category
    ON category.source = '' AND (category.code = lower(made.word)
        OR customers_fold(category.name) = customers_fold(made.word))
ON CONFLICT DO NOTHING
"""
EXTERNALS = f"""
INSERT INTO customers_externalid (customer_id, system, value)
SELECT change.customer_id, split_part(code, ':', 1), substr(code, strpos(code, ':') + 1)
{CHANGED.replace("WHERE", "CROSS JOIN unnest(r.externals) AS code WHERE")}
ORDER BY code
"""
ADDRESSES = f"""
INSERT INTO customers_address
    (customer_id, label, line1, line2, district, city, region, postal_code, country, is_main)
SELECT change.customer_id, '', told.line1, coalesce(told.line2, ''), coalesce(told.district, ''),
    coalesce(told.city, ''), coalesce(told.region, ''), coalesce(told.postal_code, ''),
    coalesce(told.country, ''),
    NOT EXISTS (SELECT 1 FROM customers_address AS held
        WHERE held.customer_id = change.customer_id AND held.is_main)
{
    CHANGED.replace(
        "WHERE",
        "CROSS JOIN jsonb_to_record(r.address) AS told(line1 text, line2 text, district text, "
        "city text, region text, postal_code text, country text) WHERE r.address IS NOT NULL AND",
    )
}
"""
# Files tell of the past: who is new came by this code, whatever its state is now. One that nobody
# knows is made, as tags are.
MISSING_CODES = """
INSERT INTO customers_registrationcode (code, origin, name, is_current, created_at)
SELECT DISTINCT r.registration_code, 'other', r.registration_code, false, now()
FROM customers_importrow AS r
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND r.registration_code IS NOT NULL
ORDER BY r.registration_code
ON CONFLICT DO NOTHING
"""
CODES = f"""
WITH used AS (
    INSERT INTO customers_codeuse (customer_id, code_id, source, used_at)
    SELECT change.customer_id, code.id, 'import', %(now)s::timestamptz
    {
    CHANGED.replace(
        "WHERE", "JOIN customers_registrationcode AS code ON code.code = r.registration_code WHERE"
    )
}
        AND change.is_creation AND NOT EXISTS (SELECT 1 FROM customers_registrationcode AS own
            WHERE own.customer_id = change.customer_id)
    ORDER BY change.customer_id
    ON CONFLICT (customer_id) DO NOTHING
    RETURNING customer_id, code_id, used_at)
INSERT INTO customers_activity
    (customer_id, kind, occurred_at, actor_id, origin, object_kind, object_id, data)
SELECT told.customer_id, told.kind, used.used_at, %(actor)s::bigint, 'import', told.object_kind,
    told.object_id, jsonb_build_object('code', code.code)
FROM used JOIN customers_registrationcode AS code ON code.id = used.code_id
CROSS JOIN LATERAL (VALUES
    (used.customer_id, 'came_by_code', 'code', code.id),
    (code.customer_id, 'brought_somebody', 'customer', used.customer_id))
    AS told(customer_id, kind, object_kind, object_id)
WHERE told.customer_id IS NOT NULL
"""
NOTES = f"""
INSERT INTO customers_note
    (public_id, customer_id, author_id, body, is_pinned, created_at, version)
SELECT gen_random_uuid(), change.customer_id, %(actor)s::bigint, r.note, false,
    %(now)s::timestamptz, 1
{CHANGED} AND r.note IS NOT NULL
"""
SAID: Final = CHANGED.replace(
    "WHERE",
    "CROSS JOIN jsonb_to_recordset(r.consents) AS said(channel text, value text, level text, "
    'evidence text, ip inet, "at" timestamptz) WHERE r.consents IS NOT NULL AND',
)
CONSENTS = f"""
INSERT INTO customers_consentevent (customer_id, channel, purpose, value, opt_in_level, source,
    wording, policy_version, evidence, ip, user_agent, actor_id, occurred_at, recorded_at)
SELECT change.customer_id, said.channel, 'marketing', said.value, coalesce(said.level, 'unknown'),
    'import', '', '', coalesce(said.evidence, ''), said.ip, '', %(actor)s::bigint,
    coalesce(said."at", %(now)s::timestamptz), %(now)s::timestamptz
{SAID}
"""
CONSENT_ACTIVITY = f"""
INSERT INTO customers_activity (customer_id, kind, occurred_at, actor_id, origin, ip, data)
SELECT change.customer_id, 'consent_' || said.value,
    coalesce(said."at", %(now)s::timestamptz), %(actor)s::bigint, 'import', said.ip,
    jsonb_build_object('channel', said.channel, 'purpose', 'marketing')
{SAID} AND said.value <> 'pending'
"""
ACTIVITY = f"""
INSERT INTO customers_activity (customer_id, kind, occurred_at, actor_id, origin, data)
SELECT change.customer_id,
    CASE WHEN change.is_creation THEN 'customer_imported' ELSE 'profile_updated' END,
    %(now)s, %(actor)s::bigint, 'import',
    CASE WHEN change.is_creation THEN %(origin)s::jsonb ELSE %(origin)s::jsonb
        || jsonb_build_object('fields', ARRAY(SELECT jsonb_object_keys(change.after))) END
{CHANGED}
"""
# Who may no longer log in has no open session.
SESSIONS = f"""
DELETE FROM customers_session AS held
USING customers_importchange AS change JOIN customers_customer AS c ON c.id = change.customer_id
WHERE change.batch_id = %(batch)s AND change.line > %(low)s AND change.line <= %(high)s
    AND c.user_id = held.user_id AND held.scope = 'storefront' AND c.status NOT IN ({INVITED})
"""
STAGES = f"""
INSERT INTO customers_activity (customer_id, kind, occurred_at, actor_id, origin, data)
SELECT change.customer_id, 'stage_changed', %(now)s, %(actor)s::bigint, 'import',
    jsonb_build_object('to', change.after ->> 'lifecycle', 'reason', 'import', 'note', '')
{CHANGED} AND NOT change.is_creation AND change.after ? 'lifecycle'
"""
MAILS = f"""
SELECT 'user:0:' || c.id, jsonb_build_object(
    'kind', 'password_link', 'user_id', NULL, 'customer_id', c.id)
FROM customers_importchange AS change JOIN customers_customer AS c ON c.id = change.customer_id
WHERE change.batch_id = %(batch)s AND change.line > %(low)s AND change.line <= %(high)s
    AND c.email_key <> '' AND c.status IN ({INVITED}) AND c.user_id IS NULL
"""
MISSING_TAGS = """
INSERT INTO customers_tag (name, color, created_at)
SELECT DISTINCT ON (lower(word)) word, 1 + abs(hashtext(lower(word))) %% 8, now()
FROM customers_importrow AS r CROSS JOIN unnest(r.tags) AS word
WHERE r.batch_id = %(batch)s AND r.result IN ('create', 'update')
    AND NOT EXISTS (SELECT 1 FROM customers_tag WHERE lower(name) = lower(word))
ORDER BY lower(word), r.line
ON CONFLICT DO NOTHING
"""
CATEGORY_WORDS = """
SELECT DISTINCT word FROM customers_importrow AS r CROSS JOIN unnest(r.categories) AS word
WHERE r.batch_id = %(batch)s AND r.result IN ('create', 'update')
    AND NOT EXISTS (SELECT 1 FROM customers_category AS held
        WHERE held.code = lower(word) OR customers_fold(held.name) = customers_fold(word))
ORDER BY word LIMIT 1000
"""
COUNTS = """
SELECT count(*) FILTER (WHERE is_creation), count(*) FILTER (WHERE NOT is_creation)
FROM customers_importchange WHERE batch_id = %(batch)s AND line > %(low)s AND line <= %(high)s
"""
