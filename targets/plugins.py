"""What this app plugs into the registries of the layers below."""

from config.kit.partitions import ledgers
from targets import invariants

ledgers.register("targets_membershipchange", "occurred_at")

__all__ = ["invariants"]
