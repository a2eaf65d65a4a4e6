"""Webhooks: who wants to hear of what, each message, and each try to hand it over."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Webhook(models.Model):
    """An address that messages are sent to. Its secrets are encrypted.

    ``failures`` counts the tries that failed since the last success; until ``resting_until`` the
    address is left alone.
    """

    class Reason(models.TextChoices):
        STAFF = "staff", _("Switched off by staff")
        GONE = "gone", _("The address answered that it is gone")
        EXHAUSTED = "exhausted", _("A message was not taken for three days")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    events: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    failures = models.PositiveIntegerField(default=0)
    resting_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="api_webhook_newest")]

    def __str__(self) -> str:
        return self.name


class WebhookMessage(models.Model):
    """Something that happened, for one webhook. ``public_id`` is its ``webhook-id`` at each try.

    It names who it is about and holds no personal data. Messages of one ``key`` go out in order.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("message", "Waits")
        DELIVERED = "delivered", pgettext_lazy("message", "Delivered")
        FAILED = "failed", pgettext_lazy("message", "Given up")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages")
    event = models.CharField(max_length=60)
    key = models.CharField(max_length=100)
    payload: "models.JSONField[dict[str, object], dict[str, object]]" = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "delivered", "failed"]),
                name="api_webhook_message_state_is_known",
            )
        ]
        indexes = [
            models.Index(
                fields=["webhook", "id"],
                condition=Q(state="pending"),
                name="api_webhookmessage_pending",
            ),
            models.Index(
                fields=["webhook", "key", "id"],
                condition=Q(state="pending"),
                name="api_webhookmessage_in_order",
            ),
            models.Index(
                fields=["webhook", "-created_at", "-id"], name="api_webhookmessage_newest"
            ),
            models.Index(fields=["created_at"], name="api_webhookmessage_old"),
        ]

    @property
    def wire_id(self) -> str:
        """The ``webhook-id`` that the receiver sees."""
        return f"msg_{self.public_id}"


class WebhookAttempt(models.Model):
    """One try to hand a message over: what was sent, what came back."""

    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(default=timezone.now)
    milliseconds = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    request_headers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(
        default=dict
    )
    response_headers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(
        default=dict
    )
    response_body = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["message", "-at", "-id"], name="api_webhookattempt_newest")]
