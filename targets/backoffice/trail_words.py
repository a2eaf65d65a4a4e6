"""How the audit trail reads: what happens to targets."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit import audit
from config.kit.audit.catalogue import Subject, SubjectKind
from targets.selectors.trail import targets_like, targets_of

ACTIONS = {
    "targets.target.created": _("Target created"),
    "targets.target.updated": _("Target edited"),
    "targets.target.deleted": _("Target deleted"),
}


def _load(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        one.pk: Subject(one.name, reverse("targets:target", args=[one.public_id]))
        for one in targets_of(ids)
    }


def register_all() -> None:
    audit.describe_actions(ACTIONS)
    audit.subjects.register(
        "targets.target", SubjectKind(label=_("Target"), load=_load, find=targets_like)
    )
