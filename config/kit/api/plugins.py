"""What the door for programs puts into the kit's registries."""

from django.utils.translation import gettext_lazy as _

from config.kit import audit
from config.kit.api.selectors import tokens_named, webhooks_named
from config.kit.audit.catalogue import SubjectKind

ACTIONS = {
    "api.token.created": _("Token of a program made"),
    "api.token.revoked": _("Token of a program revoked"),
    "api.webhook.created": _("Webhook made"),
    "api.webhook.updated": _("Webhook changed"),
    "api.webhook.rotated": _("Secret of a webhook replaced"),
    "api.webhook.enabled": _("Webhook switched on"),
    "api.webhook.disabled": _("Webhook switched off"),
    "api.webhook.deleted": _("Webhook deleted"),
}

audit.describe_actions(ACTIONS)
audit.subjects.register(
    "api.apitoken", SubjectKind(label=_("Token of a program"), load=tokens_named)
)
audit.subjects.register("api.webhook", SubjectKind(label=_("Webhook"), load=webhooks_named))
