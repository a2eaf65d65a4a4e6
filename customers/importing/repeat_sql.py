"""The statements that find several rows of one person in a file: the last valid one holds."""

# ruff: noqa: S608  the parts are constants of this module

from typing import Final

KEYS: Final = """
SELECT line, 'e' || email_key AS key FROM customers_importrow
WHERE batch_id = %(batch)s AND result = 'create' AND email_key IS NOT NULL
UNION ALL
SELECT line, 'c' || code FROM customers_importrow CROSS JOIN unnest(externals) AS code
WHERE batch_id = %(batch)s AND result = 'create'
UNION ALL
SELECT line, 'i' || public_id FROM customers_importrow
WHERE batch_id = %(batch)s AND result = 'create' AND public_id IS NOT NULL
UNION ALL
SELECT line, 'p' || customer_id FROM customers_importrow
WHERE batch_id = %(batch)s AND result = 'create' AND customer_id IS NOT NULL
UNION ALL
SELECT line, 't' || phone FROM customers_importrow
WHERE batch_id = %(batch)s AND result = 'create' AND phone IS NOT NULL
    AND %(match)s = 'phone' AND num_nonnulls(email_key, externals, public_id, id_number) = 0
"""
# Lines that share a key, and the last line that each is known to lead to.
KIN = f"""
CREATE TEMPORARY TABLE import_kin ON COMMIT DROP AS
WITH keys AS ({KEYS})
SELECT keys.line, keys.key, keys.line AS last FROM keys
JOIN (SELECT key FROM keys GROUP BY key HAVING count(*) > 1) AS shared USING (key)
"""
# The address is with one code elsewhere and the code with another address: whose row is it?
HOLD_TWO_PEOPLE = """
WITH told AS (
    SELECT DISTINCT r.line, r.email_key, code, split_part(code, ':', 1) AS system
    FROM import_kin AS kin JOIN customers_importrow AS r
        ON r.batch_id = %(batch)s AND r.line = kin.line
    CROSS JOIN unnest(r.externals) AS code WHERE r.email_key IS NOT NULL),
odd AS (
    SELECT DISTINCT line FROM (SELECT line,
        min(code) OVER mail <> max(code) OVER mail AS is_with_codes,
        min(email_key) OVER coded <> max(email_key) OVER coded AS is_with_mails
        FROM told WINDOW mail AS (PARTITION BY email_key, system),
            coded AS (PARTITION BY code)) AS seen
    WHERE is_with_codes AND is_with_mails),
held AS (
    UPDATE customers_importrow AS r SET result = 'conflict', errors = jsonb_build_array(
        jsonb_build_object('kind', 'two_people', 'column', '', 'cell', '',
            'reason', %(reason)s::text))
    FROM odd WHERE r.batch_id = %(batch)s AND r.line = odd.line)
DELETE FROM import_kin USING odd WHERE import_kin.line = odd.line
"""
# Twice as far each time: to the last line that shares a key, and on to where that one leads.
FOLLOW = """
UPDATE import_kin AS kin SET last = far.last
FROM (
    SELECT near.line, max(beyond.last) AS last
    FROM (SELECT own.line, max(top.last) AS last FROM import_kin AS own
        JOIN (SELECT key, max(last) AS last FROM import_kin GROUP BY key) AS top USING (key)
        GROUP BY own.line) AS near
    JOIN import_kin AS beyond ON beyond.line = near.last
    GROUP BY near.line) AS far
WHERE far.line = kin.line AND far.last > kin.last
"""
REFUSE_EARLIER = """
UPDATE customers_importrow AS r SET result = 'reject', errors = jsonb_build_array(
    CASE WHEN r.email_key = held.email_key THEN jsonb_build_object('kind', 'repeated',
        'column', %(email)s::text, 'cell', r.email,
        'reason', replace(%(same_email)s, '{line}', held.line::text))
    WHEN shared.code IS NOT NULL THEN jsonb_build_object('kind', 'repeated',
        'column', %(codes)s::jsonb ->> split_part(shared.code, ':', 1),
        'cell', substr(shared.code, strpos(shared.code, ':') + 1),
        'reason', replace(%(same_code)s, '{line}', held.line::text))
    ELSE jsonb_build_object('kind', 'repeated', 'column', '', 'cell', '',
        'reason', replace(%(same_person)s, '{line}', held.line::text)) END)
FROM (SELECT DISTINCT line, last FROM import_kin WHERE line < last) AS kin
JOIN customers_importrow AS held ON held.batch_id = %(batch)s AND held.line = kin.last
LEFT JOIN LATERAL (SELECT min(code) AS code FROM unnest(held.externals) AS code
    JOIN customers_importrow AS own ON own.batch_id = %(batch)s AND own.line = kin.line
        AND code = ANY (own.externals)) AS shared ON true
WHERE r.batch_id = %(batch)s AND r.line = kin.line
"""
# A row by whose ID number alone a person is known gives way to one that says more.
REFUSE_NUMBER_AGAIN = """
WITH placed AS (
    SELECT line, first_value(line) OVER (PARTITION BY id_type, id_number ORDER BY
        num_nonnulls(email_key, externals, public_id) > 0 DESC, line DESC) AS held
    FROM customers_importrow
    WHERE batch_id = %(batch)s AND result = 'create' AND id_number IS NOT NULL)
UPDATE customers_importrow AS r SET result = 'reject', errors = jsonb_build_array(
    jsonb_build_object('kind', 'repeated', 'column', %(column)s::text, 'cell', r.id_number,
        'reason', replace(%(reason)s, '{line}', placed.held::text)))
FROM placed WHERE r.batch_id = %(batch)s AND r.line = placed.line AND placed.held <> r.line
    AND num_nonnulls(r.email_key, r.externals, r.public_id) = 0
"""
