"""The set-based statements about codes that people share: whose they may be, giving, taking back.

``r`` is the staging row, ``held`` a code that exists.
"""

# ruff: noqa: S608  the parts are constants of this package

from typing import Final

from customers.importing.apply_sql import CHANGED, OF_NOBODY

# Whoever takes over a code that others used must not have come by one: it could close a circle.
NAMES_NONE: Final = """(r.registration_code IS NULL AND NOT EXISTS (
    SELECT 1 FROM customers_codeuse AS came WHERE came.customer_id = r.customer_id))"""
REFUSE_TAKEN = f"""
UPDATE customers_importrow AS r SET result = 'reject', errors = jsonb_build_array(
    jsonb_build_object('kind', 'taken', 'column', %(column)s::text, 'cell', r.sharing_code,
        'reason', CASE WHEN held.customer_id IS NULL THEN %(registration)s::text
            WHEN held.customer_id IS DISTINCT FROM r.customer_id THEN %(others)s::text
            ELSE %(revoked)s::text END))
FROM customers_registrationcode AS held
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND held.code = r.sharing_code
    AND NOT ({OF_NOBODY} AND {NAMES_NONE})
    AND (held.customer_id IS DISTINCT FROM r.customer_id OR held.customer_id IS NULL
        OR held.revoked_at IS NOT NULL)
"""
# Of two people of the file with one code the first keeps it.
REFUSE_AGAIN = """
WITH places AS (
    SELECT line, first_value(line) OVER same AS first FROM customers_importrow
    WHERE batch_id = %(batch)s AND result = 'create' AND sharing_code IS NOT NULL
    WINDOW same AS (PARTITION BY sharing_code ORDER BY line))
UPDATE customers_importrow AS r SET result = 'reject', errors = jsonb_build_array(
    jsonb_build_object('kind', 'taken', 'column', %(column)s::text, 'cell', r.sharing_code,
        'reason', replace(%(reason)s, '{line}', places.first::text)))
FROM places WHERE r.batch_id = %(batch)s AND r.line = places.line AND places.line > places.first
"""
# Only who shares a code and came by one can stand in a circle.
REFUSE_CIRCLES = """
WITH RECURSIVE steps AS MATERIALIZED (
    SELECT r.line, on_to.line AS next FROM customers_importrow AS r
    JOIN customers_importrow AS on_to ON on_to.batch_id = r.batch_id
        AND on_to.sharing_code = r.registration_code AND on_to.result = 'create'
    WHERE r.batch_id = %(batch)s AND r.result = 'create'),
walk (start, line) AS (
    SELECT line, next FROM steps WHERE line IN (SELECT next FROM steps)
    UNION
    SELECT walk.start, steps.next FROM walk JOIN steps USING (line) WHERE walk.line <> walk.start)
UPDATE customers_importrow AS r SET result = 'reject', errors = jsonb_build_array(
    jsonb_build_object('column', %(column)s::text, 'cell', r.registration_code,
        'reason', %(reason)s::text))
FROM (SELECT DISTINCT start FROM walk WHERE start = line) AS circle
WHERE r.batch_id = %(batch)s AND r.line = circle.start
"""
# Where the file replaces codes, the one before leads to its person for a while.
END_EARLIER = f"""
UPDATE customers_registrationcode AS held SET is_current = false, valid_until = %(grace)s
{CHANGED} AND held.customer_id = change.customer_id AND held.is_current
    AND held.code <> r.sharing_code
"""
SHARES_NONE: Final = """NOT EXISTS (SELECT 1 FROM customers_registrationcode AS own
    WHERE own.customer_id = change.customer_id AND own.is_current)"""
SHARE_AGAIN = f"""
UPDATE customers_registrationcode AS held SET is_current = true, valid_until = NULL
{CHANGED} AND held.customer_id = change.customer_id AND held.code = r.sharing_code
    AND held.revoked_at IS NULL AND {SHARES_NONE}
"""
# Who came by it meanwhile was brought by this person.
TAKE_OVER = f"""
WITH taken AS (
    UPDATE customers_registrationcode AS held SET customer_id = change.customer_id,
        origin = 'customer', name = '', is_current = true, category_id = NULL, most_uses = NULL,
        valid_until = NULL
    {CHANGED} AND held.code = r.sharing_code AND {OF_NOBODY} AND {SHARES_NONE}
    RETURNING held.id, held.code, held.customer_id)
INSERT INTO customers_activity
    (customer_id, kind, occurred_at, actor_id, origin, object_kind, object_id, data)
SELECT taken.customer_id, 'brought_somebody', used.used_at, %(actor)s::bigint, 'import',
    'customer', used.customer_id, jsonb_build_object('code', taken.code)
FROM taken JOIN customers_codeuse AS used ON used.code_id = taken.id
"""
GIVE = f"""
INSERT INTO customers_registrationcode
    (code, origin, name, customer_id, is_current, created_at, created_by_id)
SELECT r.sharing_code, 'customer', '', change.customer_id, true, %(now)s::timestamptz,
    %(actor)s::bigint
{CHANGED} AND r.sharing_code IS NOT NULL AND {SHARES_NONE}
ORDER BY r.sharing_code
"""
APPLY: Final = (END_EARLIER, SHARE_AGAIN, TAKE_OVER, GIVE)
# A code by which somebody came goes on leading to the person, who shares it no more.
TAKE_BACK = """
WITH gone AS (
    DELETE FROM customers_registrationcode AS held USING import_undo AS undo
    WHERE held.customer_id = undo.customer_id AND NOT undo.is_creation AND held.is_current
        AND held.code = undo.after -> 'sharing_code' ->> 'code'
        AND NOT EXISTS (SELECT 1 FROM customers_codeuse AS used WHERE used.code_id = held.id))
UPDATE customers_registrationcode AS held SET is_current = false, valid_until = %(grace)s
FROM import_undo AS undo
WHERE held.customer_id = undo.customer_id AND NOT undo.is_creation AND held.is_current
    AND held.code = undo.after -> 'sharing_code' ->> 'code'
    AND EXISTS (SELECT 1 FROM customers_codeuse AS used WHERE used.code_id = held.id)
"""
GIVE_BACK = """
UPDATE customers_registrationcode AS held SET is_current = true, valid_until = NULL
FROM import_undo AS undo
WHERE held.customer_id = undo.customer_id AND NOT undo.is_creation AND held.revoked_at IS NULL
    AND held.code = undo.after -> 'sharing_code' ->> 'instead_of'
    AND NOT EXISTS (SELECT 1 FROM customers_registrationcode AS own
        WHERE own.customer_id = undo.customer_id AND own.is_current)
"""
UNDO: Final = (TAKE_BACK, GIVE_BACK)
