"""What the invariants of targets keep, in sentences."""

from django.utils.translation import gettext_lazy as _

from config.kit.invariants import describe


def register_all() -> None:
    describe(
        {
            "targets_members_not_as_counted": _("A target has as many members as it says."),
            "targets_membership_of_nobody": _("Every member of a target is somebody."),
            "targets_log_does_not_replay": _("Entries and exits lead to the members of today."),
            "targets_change_without_a_month": _("Every entry and exit lies in its month."),
        },
        url_name="targets:index",
    )
