"""What was done about a privacy request, in words: on its page and on the person's timeline."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from customers.models import Activity, PrivacyRequest

# verb -> words, icon
STEPS: dict[str, tuple[str | Promise, str]] = {
    "received": (lazy("The request came in"), "scale"),
    "linked": (lazy("The record was chosen"), "link"),
    "identified": (lazy("It is known who it is"), "shield-check"),
    "not_identified": (lazy("It is not known who it is"), "shield-x"),
    "assigned": (lazy("Assigned"), "user"),
    "noted": (lazy("Note"), "note"),
    "waiting": (lazy("Waits for the person"), "hourglass"),
    "resumed": (lazy("Goes on"), "player-play"),
    "extended": (lazy("Put off"), "calendar-time"),
    "copied": (lazy("The copy of the data is made"), "file-export"),
    "granted": (pgettext_lazy("request", "Granted"), "circle-check"),
    "refused": (lazy("Refused"), "circle-x"),
    "withdrawn": (pgettext_lazy("request", "Withdrawn"), "arrow-back-up"),
    "reopened": (lazy("Opened again"), "lock-open"),
    "erased": (lazy("Granted by the erasure of the person"), "circle-check"),
}


def request_words(row: Activity) -> str:
    """One sentence of the timeline."""
    step = STEPS.get(row.data.get("verb", ""))
    known = dict(PrivacyRequest.Right.choices)
    right = known.get(row.data.get("right", ""), "")
    values = {"right": right, "step": step[0] if step else ""}
    return _("Privacy request, %(right)s: %(step)s") % values
