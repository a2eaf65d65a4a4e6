"""Why somebody entered or left a target, in words, out of the log's cause and source."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.registry import timeline
from targets.models import MembershipChange
from targets.registry import happenings
from targets.rules.words import both

ACTIVITY = "customers_activity:"
HAPPENINGS: dict[str, str | Promise] = {
    "customers_customer": gettext_lazy("their record changed"),
    "customers_tagging": gettext_lazy("their tags changed"),
    "customers_categoryassignment": gettext_lazy("their categories changed"),
    "customers_consentstate": gettext_lazy("their consent changed"),
    "customers_customerphone": gettext_lazy("their further phones changed"),
    "customers_customeremail": gettext_lazy("their further e-mails changed"),
    "customers_address": gettext_lazy("their addresses changed"),
    "customers_externalid": gettext_lazy("their ids in other systems changed"),
    "targets_staticentry": gettext_lazy("somebody changed it by hand"),
}


def why(change: MembershipChange) -> str:
    """ "Their tags changed", "Time passed": a sentence without a full stop."""
    if change.cause != MembershipChange.Cause.CHANGE or not change.source:
        return str(change.get_cause_display())
    told = list(dict.fromkeys(_happened(one) for one in change.source.split(",")))
    words = both(told)
    return words[:1].upper() + words[1:]


def _happened(source: str) -> str:
    known = happenings.get(source) or happenings.get(source.partition(":")[0])
    if source.startswith(ACTIVITY):
        kind = timeline.get(source.removeprefix(ACTIVITY))
        if kind:
            return _("“%(activity)s” happened") % {"activity": kind.label}
    return str(known or _("their data changed"))


def register_all() -> None:
    for source, words in HAPPENINGS.items():
        happenings.register(source, words)
