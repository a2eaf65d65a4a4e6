"""What must always hold of people, their addresses and consents."""

from config.kit.invariants import by_sql
from customers.rules.statuses import STATUSES, may_log_in, sql_list

OPEN = sql_list(one for one in STATUSES if may_log_in(one))

by_sql(
    "customers_primary_email_out_of_step",
    """SELECT count(*) FROM customers_customer AS person
    FULL JOIN (SELECT * FROM customers_customeremail WHERE is_primary) AS held
        ON held.customer_id = person.id AND held.address_key = person.email_key
    WHERE (person.id IS NULL AND held.id IS NOT NULL)
        OR (held.id IS NULL AND person.email_key <> '' AND person.merged_into_id IS NULL
            AND person.erased_at IS NULL)""",
)
by_sql(
    "customers_open_session_of_a_closed_account",
    f"""SELECT count(*) FROM customers_session AS held
    JOIN customers_customer AS person ON person.user_id = held.user_id
    WHERE held.scope = 'storefront' AND held.expire_date > now()
        AND (person.status NOT IN ({OPEN}) OR person.trashed_at IS NOT NULL)""",  # noqa: S608
)
by_sql(
    "customers_merged_in_a_circle",
    """WITH RECURSIVE trail(start, here, steps) AS (
        SELECT id, merged_into_id, 1 FROM customers_customer WHERE merged_into_id IS NOT NULL
        UNION ALL
        SELECT start, person.merged_into_id, steps + 1 FROM trail
        JOIN customers_customer AS person ON person.id = trail.here
        WHERE person.merged_into_id IS NOT NULL AND steps < 100)
    SELECT count(*) FROM trail WHERE start = here""",
)
by_sql(
    "customers_activity_of_nobody",
    """SELECT count(*) FROM customers_activity AS row WHERE NOT EXISTS
    (SELECT 1 FROM customers_customer AS person WHERE person.id = row.customer_id)""",
)
by_sql(
    "customers_activity_without_a_month",
    "SELECT count(*) FROM customers_activity_default",
)
by_sql(
    "customers_consent_not_the_newest_statement",
    """SELECT count(*) FROM customers_consentstate AS held
    FULL JOIN (SELECT DISTINCT ON (1, channel, purpose)
            coalesce(person.merged_into_id, said.customer_id) AS customer_id,
            channel, purpose, value
        FROM customers_consentevent AS said
        LEFT JOIN customers_customer AS person ON person.id = said.customer_id
        ORDER BY 1, channel, purpose, occurred_at DESC,
            customers_consent_rank(value) DESC, said.id DESC) AS newest
        USING (customer_id, channel, purpose)
    WHERE newest.value IS DISTINCT FROM held.value
        AND EXISTS (SELECT 1 FROM customers_customer AS person WHERE person.id = customer_id
            AND person.erased_at IS NULL)""",
)
by_sql(
    "customers_statement_of_nobody",
    """SELECT count(*) FROM customers_consentevent AS said WHERE NOT EXISTS
    (SELECT 1 FROM customers_customer AS person WHERE person.id = said.customer_id)""",
)
by_sql(
    "customers_granted_by_staff_without_evidence",
    """SELECT count(*) FROM customers_consentevent
    WHERE source = 'staff' AND value = 'granted' AND evidence = ''""",
)
by_sql(
    "customers_custom_values_out_of_step",
    """SELECT count(*) FROM (
        SELECT field_id, customer_id, text, number, date, unique_key FROM customers_customvalue)
        AS held
    FULL JOIN (SELECT made.* FROM customers_customer AS person,
        customers_custom_rows(person.id, person.custom) AS made
        WHERE person.custom <> '{}'::jsonb) AS wanted USING (field_id, customer_id)
    WHERE (held.text, held.number, held.date, held.unique_key)
        IS DISTINCT FROM (wanted.text, wanted.number, wanted.date, wanted.unique_key)""",
)
by_sql(
    "customers_brought_in_a_circle",
    """WITH RECURSIVE brought(who, by) AS (
        SELECT held.customer_id, code.customer_id FROM customers_codeuse AS held
        JOIN customers_registrationcode AS code ON code.id = held.code_id
        WHERE code.customer_id IS NOT NULL AND held.voided_at IS NULL),
    up(start, here) AS (
        SELECT who, by FROM brought
        UNION
        SELECT up.start, brought.by FROM up JOIN brought ON brought.who = up.here)
    SELECT count(*) FROM up WHERE start = here""",
)
by_sql(
    "customers_erased_with_personal_values",
    """SELECT count(*) FROM customers_customer WHERE erased_at IS NOT NULL AND
    (first_name, last_name, second_last_name, email, phone, id_number, city)
        <> ('', '', '', '', '', '', '')""",
)
by_sql(
    "customers_import_change_of_nobody",
    """SELECT count(*) FROM customers_importchange AS done WHERE NOT EXISTS
    (SELECT 1 FROM customers_customer AS person WHERE person.id = done.customer_id)""",
)
by_sql(
    "customers_merged_without_a_merge",
    """SELECT count(*) FROM customers_customer AS person WHERE merged_into_id IS NOT NULL
    AND erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM customers_merge AS done
        WHERE done.loser_id = person.id AND done.state = 'done')""",
)
by_sql(
    "customers_merged_into_a_merged_record",
    """SELECT count(*) FROM customers_customer AS person
    JOIN customers_customer AS other ON other.id = person.merged_into_id
    WHERE other.merged_into_id IS NOT NULL""",
)
