"""How the audit trail reads: what the kit itself writes down."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit import audit
from config.kit.audit.catalogue import Subject, SubjectKind
from config.kit.models import Job

ACTIONS = {
    "kit.trail.exported": _("Audit trail exported"),
    "kit.list.exported": _("List exported"),
    "kit.invariants.asked": _("Check of what must always hold started"),
    "kit.job.cancelled": _("Job stopped"),
    "kit.job.retried": _("Job run again"),
    "kit.view_created": _("View of a list created"),
    "kit.view_changed": _("View of a list changed"),
    "kit.view_renamed": _("View of a list renamed"),
    "kit.view_deleted": _("View of a list deleted"),
    "kit.view_restored": _("View of a list restored"),
}


def _jobs(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        one.pk: Subject(one.title, reverse("jobs:detail", args=[one.public_id]))
        for one in Job.objects.filter(pk__in=list(ids))
    }


def register_all() -> None:
    audit.describe_actions(ACTIONS)
    audit.subjects.register("kit.job", SubjectKind(label=_("Job"), load=_jobs))
    audit.subjects.register("kit.savedview", SubjectKind(label=_("View of a list")))
