"""What this app plugs into the registries of the layers below."""

from config.kit.partitions import ledgers
from config.kit.seeding import seeders
from messaging import invariants
from messaging.backoffice import home, trail_words
from messaging.seeding import seed_campaigns
from targets.registry import register_filters

ledgers.register("messaging_delivery", "created_at")
seeders.register("campaigns", seed_campaigns)
register_filters("messaging.filters")
trail_words.register_all()
home.register_all()

__all__ = ["invariants"]
