"""What must always hold of people, their addresses and consents."""

from config.kit.invariants import by_sql

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
    JOIN LATERAL (SELECT value FROM customers_consentevent AS said
        WHERE said.customer_id = held.customer_id AND said.channel = held.channel
            AND said.purpose = held.purpose
        ORDER BY occurred_at DESC, customers_consent_rank(value) DESC, id DESC LIMIT 1) AS newest
        ON true
    WHERE newest.value <> held.value""",
)
by_sql(
    "customers_granted_by_staff_without_evidence",
    """SELECT count(*) FROM customers_consentevent
    WHERE source = 'staff' AND value = 'granted' AND evidence = ''""",
)
