"""How the audit trail reads: what happens to targets."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.kit import audit
from config.kit.audit.catalogue import Subject, SubjectKind
from targets.selectors.trail import lists_like, lists_of, targets_like, targets_of

ACTIONS = {
    "targets.target.created": _("Target created"),
    "targets.target.updated": _("Target edited"),
    "targets.target.deleted": _("Target deleted"),
    "targets.target.picked": _("Person put in or left out by hand"),
    "targets.target.picks_copied": _("People chosen by hand taken over from another target"),
    "targets.list.created": _("List of people created"),
    "targets.list.updated": _("List of people edited"),
    "targets.list.deleted": _("List of people deleted"),
    "targets.list.added": _("People put on a list"),
    "targets.list.removed": _("People taken off a list"),
    "targets.list.filled": _("People of the customers list put on a list"),
}


def _load(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        one.pk: Subject(one.name, reverse("targets:target", args=[one.public_id]))
        for one in targets_of(ids)
    }


def _load_lists(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        one.pk: Subject(one.name, reverse("targets:list", args=[one.public_id]))
        for one in lists_of(ids)
    }


def register_all() -> None:
    audit.describe_actions(ACTIONS)
    audit.subjects.register(
        "targets.target", SubjectKind(label=_("Target"), load=_load, find=targets_like)
    )
    audit.subjects.register(
        "targets.staticlist",
        SubjectKind(label=_("List of people"), load=_load_lists, find=lists_like),
    )
