"""What this app plugs into the registries of the layers below."""

from config.kit.nav import role_labels
from config.kit.partitions import ledgers
from config.kit.seeding import seeders
from customers import invariants, timeline
from customers.backoffice import jobs, menu, record
from customers.importing import jobs as import_jobs
from customers.roles import ROLES
from customers.seeding.logins import seed_visits
from customers.seeding.people import seed_people

ledgers.register("customers_activity", "occurred_at")
seeders.register("people", seed_people)
seeders.register("visits", seed_visits)
for name, role in ROLES.items():
    role_labels.register(name, role.label)
timeline.register_all()
record.register_all()
menu.register_all()

__all__ = ["import_jobs", "invariants", "jobs"]
