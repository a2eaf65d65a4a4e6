"""The set-based statements that take a batch back: ``low`` < line ≤ ``high``."""

# ruff: noqa: S608  the parts are constants of this package

from typing import Final

from customers.importing import sharing_sql
from customers.importing.apply_sql import SET_VALUES

RANGE: Final = "change.batch_id = %(batch)s AND change.line > %(low)s AND change.line <= %(high)s"
NEXT_LINE = """
SELECT max(line), count(*) FROM (
    SELECT line FROM customers_importchange
    WHERE batch_id = %(batch)s AND line > %(low)s ORDER BY line LIMIT %(rows)s) AS ahead
"""
LOCK = f"""
SELECT count(*) FROM (
    SELECT c.id FROM customers_customer AS c
    WHERE c.id IN (SELECT change.customer_id FROM customers_importchange AS change WHERE {RANGE})
    ORDER BY c.id FOR UPDATE) AS locked
"""
# Those whose record nobody touched since; the others stay as they are and are reported.
PICK = f"""
CREATE TEMPORARY TABLE import_undo ON COMMIT DROP AS
SELECT change.id, change.customer_id, change.line, change.is_creation, change.before, change.after
FROM customers_importchange AS change JOIN customers_customer AS c ON c.id = change.customer_id
WHERE {RANGE} AND c.version = change.version_after AND c.trashed_at IS NULL
    AND c.merged_into_id IS NULL AND c.erased_at IS NULL
    AND NOT (change.is_creation AND c.user_id IS NOT NULL)
"""
CONFLICTS = f"""
SELECT change.line FROM customers_importchange AS change
WHERE {RANGE} AND NOT EXISTS (SELECT 1 FROM import_undo WHERE import_undo.id = change.id)
ORDER BY change.line
"""
TRASH = """
UPDATE customers_customer AS c SET trashed_at = %(now)s, updated_at = %(now)s,
    version = c.version + 1
FROM import_undo WHERE c.id = import_undo.customer_id AND import_undo.is_creation
"""
RESTORE = f"""
UPDATE customers_customer AS c SET {SET_VALUES},
    custom = (c.custom - ARRAY(SELECT jsonb_object_keys(coalesce(told.after -> 'custom', '{{}}'))))
        || coalesce(told.doc -> 'custom', '{{}}'),
    version = c.version + 1, updated_at = %(now)s
FROM (SELECT customer_id, before AS doc, after FROM import_undo
    WHERE NOT is_creation AND before <> '{{}}') AS told
WHERE c.id = told.customer_id
"""
# An earlier import finds the record again as it left it, and can be undone too.
HAND_BACK = """
UPDATE customers_importchange AS earlier SET version_after = c.version
FROM import_undo AS undo JOIN customers_customer AS c ON c.id = undo.customer_id
WHERE earlier.customer_id = undo.customer_id AND earlier.id <> undo.id AND NOT undo.is_creation
    AND undo.before <> '{}' AND earlier.version_after = c.version - 2
"""
# A label that somebody took off and put on again after the import is theirs.
OWN = """
held.created_at <= coalesce(
    (SELECT applied_at FROM customers_importbatch WHERE id = %(batch)s), held.created_at)
"""
TAGS = f"""
DELETE FROM customers_tagging AS held USING import_undo AS undo, customers_tag AS tag
WHERE held.customer_id = undo.customer_id AND held.tag_id = tag.id AND NOT undo.is_creation
    AND {OWN}
    AND undo.after ? 'tags' AND lower(tag.name) IN (
        SELECT lower(word) FROM jsonb_array_elements_text(undo.after -> 'tags') AS word)
"""
CATEGORIES = f"""
DELETE FROM customers_categoryassignment AS held
USING import_undo AS undo, customers_category AS category
WHERE held.customer_id = undo.customer_id AND held.category_id = category.id AND {OWN}
    AND NOT undo.is_creation AND undo.after ? 'categories' AND EXISTS (
        SELECT 1 FROM jsonb_array_elements_text(undo.after -> 'categories') AS word
        WHERE category.code = lower(word) OR customers_fold(category.name) = customers_fold(word))
"""
EXTERNALS = """
DELETE FROM customers_externalid AS held USING import_undo AS undo
WHERE held.customer_id = undo.customer_id AND NOT undo.is_creation AND undo.after ? 'externals'
    AND undo.after -> 'externals' ? (held.system || ':' || held.value)
"""
ADDRESSES = """
DELETE FROM customers_address AS held USING import_undo AS undo
WHERE held.customer_id = undo.customer_id AND NOT undo.is_creation
    AND held.line1 = undo.after -> 'address' ->> 'line1'
"""
NOTES = """
UPDATE customers_note AS held SET deleted_at = %(now)s FROM import_undo AS undo
WHERE held.customer_id = undo.customer_id AND NOT undo.is_creation
    AND held.deleted_at IS NULL AND held.body = undo.after ->> 'note'
"""
# What a person agreed to stands in the ledger; it holds no more: as before, or to be asked again.
CONSENTS = """
INSERT INTO customers_consentevent (customer_id, channel, purpose, value, opt_in_level, source,
    wording, policy_version, evidence, ip, user_agent, actor_id, occurred_at, recorded_at)
SELECT undo.customer_id, held.channel, held.purpose,
    CASE WHEN earlier.value = 'withdrawn' THEN 'withdrawn' ELSE 'pending' END, 'unknown',
    'import', '', '', %(evidence)s, NULL, '', %(actor)s::bigint, %(now)s::timestamptz,
    %(now)s::timestamptz
FROM import_undo AS undo JOIN customers_consentstate AS held
    ON held.customer_id = undo.customer_id AND held.value = 'granted' AND held.source = 'import'
LEFT JOIN LATERAL (
    SELECT said.value FROM customers_consentevent AS said
    WHERE said.customer_id = held.customer_id AND said.channel = held.channel
        AND said.purpose = held.purpose AND said.id <> held.event_id
    ORDER BY said.occurred_at DESC, said.id DESC LIMIT 1) AS earlier ON true
WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(undo.after -> 'consents') AS told
    WHERE told ->> 'channel' = held.channel AND told ->> 'value' = 'granted')
"""
ACTIVITY = """
INSERT INTO customers_activity (customer_id, kind, occurred_at, actor_id, origin, data)
SELECT customer_id, CASE WHEN is_creation THEN 'status_changed' ELSE 'profile_updated' END,
    %(now)s, %(actor)s::bigint, 'import',
    %(origin)s::jsonb || CASE WHEN is_creation THEN '{"to": "trashed"}'::jsonb ELSE '{}' END
FROM import_undo
"""
STATEMENTS = (
    PICK,
    TRASH,
    RESTORE,
    HAND_BACK,
    TAGS,
    CATEGORIES,
    EXTERNALS,
    *sharing_sql.UNDO,
    ADDRESSES,
    NOTES,
    CONSENTS,
)
