"""Reading tokens and webhooks for screens."""

from collections.abc import Iterable

from django.urls import reverse

from config.kit.api.models import ApiToken, Webhook, WebhookAttempt, WebhookMessage
from config.kit.audit.catalogue import Subject


def tokens_named(ids: Iterable[int]) -> dict[int, Subject]:
    url = reverse("programs:tokens")
    return {one.pk: Subject(one.name, url) for one in ApiToken.objects.filter(pk__in=list(ids))}


def webhooks_named(ids: Iterable[int]) -> dict[int, Subject]:
    return {
        one.pk: Subject(one.name, reverse("programs:webhook", args=[one.public_id]))
        for one in Webhook.objects.filter(pk__in=list(ids))
    }


def tries_of(message: WebhookMessage) -> list[WebhookAttempt]:
    """Newest first."""
    return list(message.tries.order_by("-at", "-id")[:50])


def waiting_count(webhook: Webhook, *, most: int) -> int:
    """How many messages wait, counted to ``most``."""
    return webhook.messages.filter(state=WebhookMessage.State.PENDING)[:most].count()
