"""What this app plugs into the registries of the layers below."""

from config.kit.partitions import ledgers

ledgers.register("customers_activity", "occurred_at")
