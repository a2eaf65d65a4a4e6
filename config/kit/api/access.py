"""From a request's id to a row."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from config.kit.api.models import ApiToken, Webhook, WebhookMessage


def token_or_404(public_id: UUID) -> ApiToken:
    return get_object_or_404(ApiToken, public_id=public_id)


def webhook_or_404(public_id: UUID) -> Webhook:
    return get_object_or_404(Webhook, public_id=public_id)


def message_or_404(webhook: Webhook, public_id: UUID) -> WebhookMessage:
    return get_object_or_404(WebhookMessage, webhook=webhook, public_id=public_id)
