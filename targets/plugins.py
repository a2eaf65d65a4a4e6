"""What this app plugs into the registries of the layers below, and its own filters."""

from config.kit.invariants import by_sql
from config.kit.partitions import ledgers
from targets.backoffice import plugs, record
from targets.registry import register_filters

ledgers.register("targets_membershipchange", "occurred_at")
register_filters("targets.filters")
plugs.register_all()
record.register_panels()
by_sql(
    "memberships_without_target",
    "SELECT count(*) FROM targets_membership AS held "
    "WHERE NOT EXISTS (SELECT 1 FROM targets_target WHERE id = held.target_id)",
)
by_sql(
    "targets_with_a_wrong_count",
    "SELECT count(*) FROM targets_target AS target WHERE members_count <> "
    "(SELECT count(*) FROM targets_membership WHERE target_id = target.id)",
)
