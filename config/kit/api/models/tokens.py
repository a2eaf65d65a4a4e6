"""Who a program is: a token of its own, never a person's log-in."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """What a program may do. Its secret is shown once; here is the digest alone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=24, unique=True)
    digest = models.CharField(max_length=64)
    scopes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(_("requests a minute"), default=600)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_ip = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="api_token_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(per_minute__gte=1), name="api_token_may_ask_at_least_once_a_minute"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)
