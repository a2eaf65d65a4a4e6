"""What this app plugs into the registries of the layers below."""

from config.kit import benching
from config.kit.benching import MeasuredList
from config.kit.invariants import invariants as kept
from config.kit.nav import role_labels
from config.kit.partitions import ledgers
from config.kit.seeding import seeders
from customers import builtin_fields, code_words, invariants, order_words, timeline, webhooks
from customers.api import plugins as api_plugins
from customers.backoffice import (
    abilities,
    home,
    invariant_words,
    jobs,
    menu,
    record,
    slots,
    trail_words,
)
from customers.backoffice.activity import statistics
from customers.backoffice.codes import panel as code_panel
from customers.backoffice.consents import panels as consent_panels
from customers.backoffice.email_access import findings as email_findings
from customers.backoffice.imports import export_job
from customers.backoffice.imports.export_views import BULK_EXPORT
from customers.backoffice.privacy import panel as privacy_panel
from customers.backoffice.staff import people_record, step_up
from customers.importing import jobs as import_jobs
from customers.merging import jobs as merge_jobs
from customers.merging import own as own_merging
from customers.privacy import exporting as privacy_jobs
from customers.privacy import own as own_privacy
from customers.privacy import own_retention
from customers.registry import bulk_actions
from customers.roles import ROLES
from customers.seeding.codes import seed_codes
from customers.seeding.logins import seed_visits
from customers.seeding.people import seed_people
from customers.seeding.policies import seed_policies
from customers.services.consent_seals import broken_consent_seals

ledgers.register("customers_activity", "occurred_at")
kept.register("customers_consent_chain_broken", broken_consent_seals)
seeders.register("policies", seed_policies)
seeders.register("people", seed_people)
seeders.register("visits", seed_visits)
seeders.register("codes", seed_codes)
for name, role in ROLES.items():
    role_labels.register(name, role.label)
timeline.register_all()
order_words.register_all()
code_words.register_all()
record.register_all()
slots.register_all()
consent_panels.register_all()
code_panel.register_all()
statistics.register_all()
email_findings.register_all()
people_record.register_all()
step_up.register_all()
menu.register_all()
abilities.register_all()
trail_words.register_all()
home.register_all()
invariant_words.register_all()
api_plugins.register_all()
webhooks.register_all()
own_merging.register_all()
own_privacy.register_all()
own_retention.register_all()
privacy_panel.register_all()
bulk_actions.register(BULK_EXPORT.key, BULK_EXPORT)
benching.suites.register("import", "customers.benchmarks.imports.bench_import")
benching.suites.register("pages", "customers.benchmarks.pages.bench_pages")
benching.lists.register(
    "customers",
    MeasuredList(
        url_name="customers:list",
        index="customers.backoffice.index.CustomerIndex",
        searches={
            "frequent": "%gonz",
            "two_words": "ximena gonzalez",
            "rare": "xabier irarrazaval",
            "digits": "5691234",
            "short": "an",
        },
        values={"city": ("Santiago", "Donostia"), "code": ("FRTMC246", "TNDPR357")},
    ),
)

__all__ = ["builtin_fields", "import_jobs", "invariants", "jobs", "merge_jobs", "privacy_jobs"]
