"""What this app plugs into the registries of the layers below."""

from config.kit.partitions import ledgers
from config.kit.seeding import seeders
from messaging import invariants
from messaging.seeding import seed_campaigns

ledgers.register("messaging_delivery", "created_at")
seeders.register("campaigns", seed_campaigns)

__all__ = ["invariants"]
