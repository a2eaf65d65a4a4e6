"""What must always hold of memberships."""

from config.kit.invariants import by_sql

by_sql(
    "targets_members_not_as_counted",
    """SELECT count(*) FROM targets_target AS target
    LEFT JOIN (SELECT target_id, count(*) AS held FROM targets_membership GROUP BY target_id)
        AS counted ON counted.target_id = target.id
    LEFT JOIN (SELECT target_id, sum(members) AS held FROM targets_tally GROUP BY target_id)
        AS tally ON tally.target_id = target.id
    WHERE coalesce(tally.held, 0) <> coalesce(counted.held, 0)""",
)
by_sql(
    "targets_membership_of_nobody",
    """SELECT count(*) FROM targets_membership AS member WHERE NOT EXISTS
    (SELECT 1 FROM customers_customer AS person WHERE person.id = member.customer_id)
    OR NOT EXISTS (SELECT 1 FROM targets_target WHERE id = member.target_id)""",
)
by_sql(
    "targets_log_does_not_replay",
    """SELECT count(*) FROM (
        SELECT target_id, customer_id, sum(CASE WHEN is_entry THEN 1 ELSE -1 END) AS inside
        FROM targets_membershipchange WHERE target_id IN (SELECT id FROM targets_target)
        GROUP BY target_id, customer_id) AS replayed
    FULL JOIN targets_membership AS member USING (target_id, customer_id)
    WHERE coalesce(replayed.inside, 0) <> (member.customer_id IS NOT NULL)::int""",
)
by_sql(
    "targets_change_without_a_month",
    "SELECT count(*) FROM targets_membershipchange_default",
)
