"""What this app plugs into the registries of the layers below, and its own filters."""

from config.kit.partitions import ledgers
from targets import invariants
from targets.backoffice import home, plugs, record, trail_words
from targets.registry import register_filters

ledgers.register("targets_membershipchange", "occurred_at")
register_filters("targets.filters")
plugs.register_all()
home.register_all()
record.register_panels()
trail_words.register_all()

__all__ = ["invariants"]
