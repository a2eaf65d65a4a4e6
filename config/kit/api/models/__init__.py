from config.kit.api.models.answers import ApiAnswer
from config.kit.api.models.tokens import ApiToken
from config.kit.api.models.webhooks import Webhook, WebhookAttempt, WebhookMessage

__all__ = ["ApiAnswer", "ApiToken", "Webhook", "WebhookAttempt", "WebhookMessage"]
