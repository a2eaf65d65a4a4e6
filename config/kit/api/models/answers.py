"""What a program was answered, so that a request which it repeats has one effect."""

from django.db import models
from django.utils import timezone

from config.kit.api.models.tokens import ApiToken


class ApiAnswer(models.Model):
    """The answer to the first request with an idempotency key; kept for a day.

    The body is encrypted: it may hold personal data, and no erasure reaches it.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token", "key"], name="api_answer_is_one_for_token_and_key"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="api_answer_old")]
