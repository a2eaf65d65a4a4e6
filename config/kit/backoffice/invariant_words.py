"""What the kit's own invariants keep, in sentences."""

from django.utils.translation import gettext_lazy as _

from config.kit.invariants import describe


def register_all() -> None:
    describe(
        {
            "audit_chain_broken": _("Nobody changed an entry of the audit trail."),
            "audit_entries_without_seal": _("Every entry of the audit trail has its seal."),
        },
        url_name="kit:trail",
    )
    describe(
        {
            "job_file_missing": _("Every file that a job still offers is there."),
            "job_running_without_a_worker": _("Every job that runs has a worker."),
            "event_undelivered_for_an_hour": _("Every event was delivered within an hour."),
        },
        url_name="jobs:list",
    )
