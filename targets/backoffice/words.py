"""What the screens call things."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    "inactive": _("inactive"),
    "unsubscribed": _("unsubscribed"),
    "no_consent": _("without consent"),
    "no_address": _("without an address"),
    "suppressed": _("suppressed"),
    "gone": _("gone"),
}
