"""What this app plugs into the registries of the layers below."""

from config.kit.partitions import ledgers
from config.kit.seeding import seeders
from customers import invariants
from customers.seeding.logins import seed_visits
from customers.seeding.people import seed_people

ledgers.register("customers_activity", "occurred_at")
seeders.register("people", seed_people)
seeders.register("visits", seed_visits)

__all__ = ["invariants"]
