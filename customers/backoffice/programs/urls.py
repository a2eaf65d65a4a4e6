"""Programs: their tokens, the reference that they go by, and webhooks."""

from django.urls import URLPattern, path

from customers.backoffice.programs import reference, tokens, webhooks

app_name = "programs"
HOOK = "webhooks/<uuid:public_id>/"
urlpatterns: list[URLPattern] = [
    path("", tokens.token_list, name="tokens"),
    path("new/", tokens.token_new, name="token_create"),
    path("reference/", reference.reference, name="reference"),
    path("<uuid:public_id>/revoke/", tokens.token_end, name="token_revoke"),
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook_create"),
    path(HOOK, webhooks.webhook, name="webhook"),
    path(f"{HOOK}edit/", webhooks.webhook_edit, name="webhook_edit"),
    path(f"{HOOK}test/", webhooks.webhook_try, name="webhook_test"),
    path(f"{HOOK}on/", webhooks.webhook_on, name="webhook_enable"),
    path(f"{HOOK}off/", webhooks.webhook_off, name="webhook_disable"),
    path(f"{HOOK}secret/", webhooks.webhook_secret, name="webhook_rotate"),
    path(f"{HOOK}delete/", webhooks.webhook_remove, name="webhook_delete"),
    path(f"{HOOK}messages/<uuid:message_id>/", webhooks.message, name="message"),
    path(f"{HOOK}messages/<uuid:message_id>/again/", webhooks.message_again, name="message_again"),
]
