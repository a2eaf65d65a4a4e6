"""What the door for programs puts into the kit's registries."""

from django.utils.translation import gettext_lazy as _

from config.kit import audit
from config.kit.api.selectors import tokens_named
from config.kit.audit.catalogue import SubjectKind

ACTIONS = {
    "api.token.created": _("Token of a program made"),
    "api.token.revoked": _("Token of a program revoked"),
}

audit.describe_actions(ACTIONS)
audit.subjects.register(
    "api.apitoken", SubjectKind(label=_("Token of a program"), load=tokens_named)
)
