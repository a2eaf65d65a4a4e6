"""The set-based statements of planning. Values of people come as parameters only.

``r`` is the staging row, ``c`` the customer whom it was recognised as.
"""

from typing import Final

from customers.rules.statuses import DISABLE, EFFECTS, STATUSES, sql_list

# Text columns of the record that are staged under their own names; blank is ''.
TEXTS: Final = (
    "first_name", "last_name", "second_last_name", "phone", "id_type", "id_number", "gender",
    "city", "country", "language", "time_zone", "status", "lifecycle", "email", "email_key",
)  # fmt: skip
OTHERS: Final = {
    "birth_date": "date",
    "birth_month": "smallint",
    "birth_day": "smallint",
    "registered_at": "timestamptz",
    "trashed_at": "timestamptz",
}
WRITTEN: Final = (*TEXTS, *OTHERS)
# What no file leads out of: it takes a reason and a right of its own.
FINAL: Final = sql_list(one for one in STATUSES if EFFECTS[one].reverted_by == DISABLE)

REFUSE_ERASED = """
UPDATE customers_importrow AS r SET result = 'reject', errors = jsonb_build_array(
    jsonb_build_object('kind', 'erased', 'column', %(column)s::text, 'cell', '',
        'reason', %(reason)s::text))
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND r.email_key = ANY(%(keys)s)
"""
HOLD_NUMBER_TAKEN = """
UPDATE customers_importrow AS r SET result = 'conflict', errors = jsonb_build_array(
    jsonb_build_object('kind', 'known', 'column', %(column)s::text, 'cell', r.id_number,
        'reason', %(reason)s::text))
FROM customers_customer AS c
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND r.customer_id IS NULL
    AND r.email_key IS NULL AND r.externals IS NULL AND r.public_id IS NULL
    AND c.id_number = r.id_number AND c.id_number <> '' AND c.id_type = r.id_type
    AND c.trashed_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL
"""
# Nor is a phone: whoever is known by it alone would come again with every import of the file.
HOLD_PHONE_TAKEN = """
UPDATE customers_importrow AS r SET result = 'conflict', errors = jsonb_build_array(
    jsonb_build_object('kind', 'known', 'column', %(column)s::text, 'cell', r.phone,
        'reason', %(reason)s::text))
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND r.customer_id IS NULL
    AND r.email_key IS NULL AND r.externals IS NULL AND r.public_id IS NULL
    AND r.id_number IS NULL AND r.phone IS NOT NULL
    AND EXISTS (SELECT 1 FROM customers_customer AS c WHERE c.phone = r.phone
        AND c.trashed_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL)
"""
MATCH = """
WITH found AS (
    SELECT r.line, coalesce(c.merged_into_id, c.id) AS customer_id, 1 AS rank, 'id' AS how
    FROM customers_importrow AS r JOIN customers_customer AS c ON c.public_id = r.public_id
    WHERE r.batch_id = %(batch)s AND r.result = 'create'
    UNION ALL
    SELECT r.line, m.customer_id, 2, CASE WHEN m.is_primary THEN 'email' ELSE 'alias' END
    FROM customers_importrow AS r JOIN customers_customeremail AS m ON m.address_key = r.email_key
    WHERE r.batch_id = %(batch)s AND r.result = 'create'
    UNION ALL
    SELECT r.line, e.customer_id, 3, 'code'
    FROM customers_importrow AS r CROSS JOIN unnest(r.externals) AS code
    JOIN customers_externalid AS e ON e.system = split_part(code, ':', 1)
        AND e.value = substr(code, strpos(code, ':') + 1)
    WHERE r.batch_id = %(batch)s AND r.result = 'create'),
best AS (
    SELECT line, (array_agg(customer_id ORDER BY rank))[1] AS customer_id,
        (array_agg(how ORDER BY rank))[1] AS how, count(DISTINCT customer_id) AS people
    FROM found GROUP BY line)
UPDATE customers_importrow AS r SET customer_id = best.customer_id, matched_by = best.how,
    customer_version = c.version,
    result = CASE WHEN best.people > 1 THEN 'conflict' ELSE r.result END,
    errors = CASE WHEN best.people > 1 THEN jsonb_build_array(jsonb_build_object(
        'kind', 'two_people',
        'column', '', 'cell', '', 'reason', %(two_people)s::text)) ELSE r.errors END
FROM best JOIN customers_customer AS c ON c.id = best.customer_id
WHERE r.batch_id = %(batch)s AND r.line = best.line
"""
# Only where it was chosen, and for whom nothing stronger recognises; several are none.
MATCH_BY = {
    "id_number": "c.id_number = r.id_number AND c.id_type = r.id_type AND c.id_number <> ''",
    "phone": "c.phone = r.phone AND c.phone <> ''",
}
MATCH_MORE = """
WITH found AS (
    SELECT r.line, min(c.id) AS customer_id, count(*) AS people
    FROM customers_importrow AS r JOIN customers_customer AS c ON {same}
        AND c.trashed_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL
    WHERE r.batch_id = %(batch)s AND r.result = 'create' AND r.customer_id IS NULL
    GROUP BY r.line)
UPDATE customers_importrow AS r SET
    customer_id = CASE WHEN found.people = 1 THEN c.id END, matched_by = %(how)s,
    customer_version = CASE WHEN found.people = 1 THEN c.version END,
    result = CASE WHEN found.people > 1 THEN 'conflict' ELSE r.result END,
    errors = CASE WHEN found.people > 1 THEN jsonb_build_array(jsonb_build_object(
        'kind', 'several', 'column', %(column)s::text, 'cell', r.{key},
        'reason', replace(%(reason)s, '{n}', found.people::text))) ELSE r.errors END
FROM found JOIN customers_customer AS c ON c.id = found.customer_id
WHERE r.batch_id = %(batch)s AND r.line = found.line
"""
HOLD_GONE = """
UPDATE customers_importrow AS r SET result = 'conflict', errors = jsonb_build_array(
    jsonb_build_object('kind', 'gone', 'column', '', 'cell', '', 'reason', %(reason)s::text))
FROM customers_customer AS c
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND c.id = r.customer_id
    AND (c.erased_at IS NOT NULL OR c.merged_into_id IS NOT NULL OR (c.trashed_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM customers_importchange AS change
            JOIN customers_importbatch AS undone ON undone.id = change.batch_id
            WHERE change.customer_id = c.id AND change.is_creation
                AND undone.undone_at IS NOT NULL AND change.version_after + 1 = c.version)))
"""
HOLD_BLOCKED = """
UPDATE customers_importrow AS r SET result = 'conflict', errors = jsonb_build_array(
    jsonb_build_object('kind', 'blocked', 'column', '', 'cell', '', 'reason', %(reason)s::text))
FROM customers_customer AS c
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND c.id = r.customer_id
    AND c.blocked_at IS NOT NULL
"""
HOLD_CHANGED_SINCE = """
UPDATE customers_importrow AS r SET result = 'conflict', errors = jsonb_build_array(
    jsonb_build_object('kind', 'changed', 'column', '', 'cell', '', 'reason', %(reason)s::text))
FROM customers_customer AS c
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND c.id = r.customer_id
    AND c.updated_at > %(reviewed_at)s
    AND NOT EXISTS (SELECT 1 FROM customers_importchange AS change
        WHERE change.batch_id = r.batch_id AND change.line = r.line)
"""
REFUSE_VALUE_TAKEN = """
UPDATE customers_importrow AS r SET result = 'reject', errors = jsonb_build_array(
    jsonb_build_object('kind', 'taken', 'column', %(column)s::text,
        'cell', r.custom ->> %(key)s, 'reason', %(reason)s::text))
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND r.custom ->> %(key)s <> ''
    AND EXISTS (SELECT 1 FROM customers_customvalue AS held WHERE held.field_id = %(field)s
        AND held.unique_key = customers_fold(r.custom ->> %(key)s)
        AND held.customer_id IS DISTINCT FROM r.customer_id)
"""
# Of two people of the file with one value the first keeps it.
REFUSE_VALUE_AGAIN = """
WITH places AS (
    SELECT line, row_number() OVER (
        PARTITION BY customers_fold(custom ->> %(key)s) ORDER BY line) AS place
    FROM customers_importrow
    WHERE batch_id = %(batch)s AND result = 'create' AND custom ->> %(key)s <> '')
UPDATE customers_importrow AS r SET result = 'reject', errors = jsonb_build_array(
    jsonb_build_object('kind', 'taken', 'column', %(column)s::text,
        'cell', r.custom ->> %(key)s, 'reason', %(reason)s::text))
FROM places WHERE r.batch_id = %(batch)s AND r.line = places.line AND places.place > 1
"""
# Consents: one who withdrew is not granted again without a later date and its evidence; what
# holds already is not said twice.
WHO_EXISTS = """
UPDATE customers_importrow AS r SET consents = news.statements
FROM (
    SELECT r.line, jsonb_agg(said.one) FILTER (WHERE
        held.value IS NULL
        OR (held.value = 'pending' AND said.one ->> 'value' <> 'pending')
        OR (held.value = 'granted' AND said.one ->> 'value' = 'withdrawn'
            AND coalesce((said.one ->> 'at')::timestamptz, now()) > held.since)
        OR (held.value = 'withdrawn' AND said.one ->> 'value' = 'granted'
            AND (said.one ->> 'at')::timestamptz > held.since
            AND coalesce(said.one ->> 'evidence', '') <> '')) AS statements
    FROM customers_importrow AS r CROSS JOIN jsonb_array_elements(r.consents) AS said(one)
    LEFT JOIN customers_consentstate AS held ON held.customer_id = r.customer_id
        AND held.channel = said.one ->> 'channel' AND held.purpose = 'marketing'
    WHERE r.batch_id = %(batch)s AND r.result = 'create' AND r.customer_id IS NOT NULL
    GROUP BY r.line) AS news
WHERE r.batch_id = %(batch)s AND r.line = news.line
    AND news.statements IS DISTINCT FROM r.consents
"""
LEAVE_ALONE = """
UPDATE customers_importrow AS r SET before = '{}', after = '{}', custom = NULL, tags = NULL,
    categories = NULL, externals = NULL, address = NULL, note = NULL, sharing_code = NULL,
    result = CASE WHEN r.consents IS NULL THEN 'unchanged' ELSE 'update' END
FROM customers_customer AS c
WHERE r.batch_id = %(batch)s AND r.result = 'create' AND c.id = r.customer_id
    AND c.trashed_at IS NULL
"""
LINKS = """
    (SELECT array_agg(word) FROM unnest(r.tags) AS word WHERE NOT EXISTS (
        SELECT 1 FROM customers_tagging AS held JOIN customers_tag AS tag ON tag.id = held.tag_id
        WHERE held.customer_id = c.id AND lower(tag.name) = lower(word))) AS tags,
    (SELECT array_agg(word) FROM unnest(r.categories) AS word WHERE NOT EXISTS (
        SELECT 1 FROM customers_category AS filled WHERE filled.source <> ''
            AND (customers_fold(filled.name) = customers_fold(word) OR filled.code = lower(word)))
        AND NOT EXISTS (
        SELECT 1 FROM customers_categoryassignment AS held
        JOIN customers_category AS category ON category.id = held.category_id
        WHERE held.customer_id = c.id AND (customers_fold(category.name) = customers_fold(word)
            OR category.code = lower(word)))) AS categories,
    (SELECT array_agg(code) FROM unnest(r.externals) AS code WHERE NOT EXISTS (
        SELECT 1 FROM customers_externalid AS held WHERE held.customer_id = c.id
            AND held.system = split_part(code, ':', 1)
            AND held.value = substr(code, strpos(code, ':') + 1))) AS externals,
    CASE WHEN r.address IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM customers_address AS held WHERE held.customer_id = c.id
            AND customers_fold(held.line1) = customers_fold(r.address ->> 'line1'))
        THEN r.address END AS address,
    CASE WHEN r.note IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM customers_note AS held WHERE held.customer_id = c.id
            AND held.deleted_at IS NULL AND held.body = r.note) THEN r.note END AS note,
    CASE WHEN %(gives_code)s AND r.sharing_code IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM customers_registrationcode AS held
        WHERE held.customer_id = c.id AND held.is_current
            AND (held.code = r.sharing_code OR NOT %(replaces_code)s))
        THEN r.sharing_code END AS sharing_code
"""

NAMES = ("first_name", "last_name", "second_last_name")
BIRTH = """r.birth_month IS NOT NULL AND (r.birth_month IS DISTINCT FROM c.birth_month
    OR r.birth_day IS DISTINCT FROM c.birth_day
    OR (r.birth_date IS NOT NULL AND r.birth_date IS DISTINCT FROM c.birth_date))"""
CHANGES = {
    "id_number": "r.id_number IS NOT NULL AND (r.id_number, r.id_type) <> (c.id_number, c.id_type)",
    "email": "r.email_key <> c.email_key AND r.matched_by <> 'alias'",
    "status": f"r.status <> c.status AND c.status NOT IN ({FINAL})",
    "birthday": BIRTH,
}
BLANK = {"birthday": "c.birth_month IS NULL", "registered_at": "c.registered_at IS NULL"}
TOGETHER = {
    "id_number": ("id_type", "id_number"),
    "email": ("email", "email_key"),
    "birthday": ("birth_date", "birth_month", "birth_day"),
    "full_name": NAMES,
}
COMPARE = """
UPDATE customers_importrow AS r SET before = n.before, after = n.after, custom = NULL,
    tags = n.tags, categories = n.categories, externals = n.externals, address = n.address,
    note = n.note, sharing_code = n.sharing_code,
    result = CASE WHEN n.is_restored THEN 'create'
        WHEN n.after = '{}' AND r.consents IS NULL AND num_nonnulls(n.tags,
            n.categories, n.externals, n.address, n.note, n.sharing_code) = 0 THEN 'unchanged'
        ELSE 'update' END
FROM (
    SELECT r.line, c.trashed_at IS NOT NULL AS is_restored, news.after, past.before, links.*
    FROM customers_importrow AS r JOIN customers_customer AS c ON c.id = r.customer_id
    CROSS JOIN LATERAL (SELECT {after} AS after) AS news
    CROSS JOIN LATERAL (SELECT
        coalesce((SELECT jsonb_object_agg(key, held.document -> key)
            FROM jsonb_object_keys(news.after) AS key, (SELECT {held} AS document) AS held
            WHERE key <> 'custom'), '{{}}')
        || CASE WHEN news.after ? 'custom' THEN jsonb_build_object('custom', coalesce((
            SELECT jsonb_object_agg(key, c.custom -> key)
            FROM jsonb_object_keys(news.after -> 'custom') AS key WHERE c.custom ? key), '{{}}'))
        ELSE '{{}}' END AS before) AS past
    CROSS JOIN LATERAL (SELECT {links}) AS links
    WHERE r.batch_id = %(batch)s AND r.result = 'create') AS n
WHERE r.batch_id = %(batch)s AND r.line = n.line
"""
RESTORED = "'{\"trashed_at\": null}'"
NO_YEAR = "'{\"birth_date\": null}'"
CUSTOM_AFTER = """(SELECT jsonb_object_agg(told.key, told.value) FROM jsonb_each(r.custom) AS told
    WHERE c.custom -> told.key IS DISTINCT FROM told.value
        AND (told.key = ANY(%(overwritten)s) OR c.trashed_at IS NOT NULL
            OR (told.key = ANY(%(filled)s) AND NOT c.custom ? told.key)))"""

# An emptied value is a null there, and is in the record no more.
WITH_EMPTIED = """(SELECT CASE WHEN told.gone IS NULL THEN told.doc ELSE told.doc
    || jsonb_build_object('custom', coalesce(told.doc -> 'custom', '{{}}') || told.gone) END
    FROM (SELECT {after} AS doc, (SELECT jsonb_object_agg(key, NULL)
        FROM unnest(%(cleared)s::text[]) AS key
        WHERE c.custom ? key AND NOT coalesce(r.custom, '{{}}') ? key) AS gone) AS told)"""
NO_BIRTHDAY = '\'{"birth_date": null, "birth_month": null, "birth_day": null}\''
CLEARED = {
    "id_number": "(coalesce(r.id_number, ''), coalesce(r.id_type, '')) <> (c.id_number, c.id_type)",
    "birthday": f"(({BIRTH}) OR (r.birth_month IS NULL AND c.birth_month IS NOT NULL))",
}


def compare_sql(policies: dict[str, str]) -> str:
    """The statement that finds what an import changes on those who exist.

    ``policies``: staged column or its group (``birthday``, ``id_number``, ``email``) → policy. The
    parameters ``overwritten`` and ``filled`` are the keys of custom fields.
    """
    pairs = []
    for key, policy in policies.items():
        condition = _condition(key, policy)
        pairs += [
            f"'{name}', CASE WHEN {condition} THEN to_jsonb({_value(name, policy)}) END"
            for name in TOGETHER.get(key, (key,))
        ]
    pairs.append(f"'custom', {CUSTOM_AFTER}")
    after = f"jsonb_strip_nulls(jsonb_build_object({', '.join(pairs)}))"
    if "birthday" in policies:
        changed = _condition("birthday", policies["birthday"])
        yearless = f"r.birth_date IS NULL AND {changed}"
        after += f" || CASE WHEN {yearless} THEN {NO_YEAR}::jsonb ELSE '{{}}' END"
    if policies.get("birthday") == "clear":
        gone = "r.birth_month IS NULL AND c.birth_month IS NOT NULL"
        after += f" || CASE WHEN {gone} THEN {NO_BIRTHDAY}::jsonb ELSE '{{}}' END"
    after = WITH_EMPTIED.replace("{after}", after)
    after += f" || CASE WHEN c.trashed_at IS NOT NULL THEN {RESTORED}::jsonb ELSE '{{}}' END"
    held = ", ".join(f"'{name}', c.{name}" for name in WRITTEN)
    return (
        COMPARE.replace("{after}", after)
        .replace("{held}", f"jsonb_build_object({held})")
        .replace("{links}", LINKS)
        .replace("'{{}}'", "'{}'")
    )


def _value(name: str, policy: str) -> str:
    """Texts are never null in the record."""
    return f"coalesce(r.{name}, '')" if policy == "clear" and name in TEXTS else f"r.{name}"


def _condition(key: str, policy: str) -> str:
    if policy == "clear":
        return CLEARED.get(key, f"(coalesce(r.{key}, '') <> c.{key})")
    changed = CHANGES.get(key, f"r.{key} IS DISTINCT FROM c.{key} AND r.{key} IS NOT NULL")
    if policy == "overwrite":
        return f"({changed})"
    restored = "c.trashed_at IS NOT NULL"
    if policy == "skip":
        return f"({changed} AND {restored})"
    blank = BLANK.get(key, f"c.{key} = ''")
    return f"({changed} AND ({blank} OR {restored}))"
