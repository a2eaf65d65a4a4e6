"""How the audit trail reads: what happens to campaigns."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from config.kit import audit
from config.kit.audit.catalogue import Subject, SubjectKind
from messaging.backoffice.campaigns.cells import campaign_url
from messaging.selectors.trail import campaigns_like, campaigns_of

ACTIONS = {
    "created": _("Campaign created"),
    "updated": _("Campaign edited"),
    "scheduled": _("Campaign scheduled"),
    "unscheduled": _("Campaign made a draft again"),
    "tested": _("Test of a campaign sent"),
    "started": _("Campaign started"),
    "paused": _("Campaign paused"),
    "resumed": _("Campaign resumed"),
    "cancelled": _("Campaign cancelled"),
    "deleted": _("Campaign deleted"),
    "unknown_resolved": _("Unknown messages of a campaign settled"),
}


def _load(ids: Iterable[int]) -> dict[int, Subject]:
    return {one.pk: Subject(one.name, campaign_url(one)) for one in campaigns_of(ids)}


def register_all() -> None:
    audit.describe_actions({f"messaging.campaign.{name}": text for name, text in ACTIONS.items()})
    audit.describe_actions({"messaging.letters.written": _("Mail written to several customers")})
    audit.subjects.register(
        "messaging.campaign",
        SubjectKind(label=_("Campaign"), load=_load, find=campaigns_like),
    )
