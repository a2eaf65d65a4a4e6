"""Webhooks: made and changed by staff, switched off by failures; messages for them."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from config.kit import audit, clock, secrets, wakeups
from config.kit.api.models import Webhook, WebhookMessage
from config.kit.api.registry import webhook_events
from config.kit.api.signing import secret_make
from config.kit.errors import DomainError
from config.kit.notices import notice_give

BOTH_VALID = timedelta(hours=24)
KEPT = timedelta(days=30)
TEST = "webhook.test"
WAKE = "api.send_webhooks"
CHANGE = "api.change_webhook"
ENQUEUE = """
INSERT INTO api_webhookmessage
    (public_id, webhook_id, event, key, payload, state, attempts, due_at, created_at)
SELECT gen_random_uuid(), hook.id, %(event)s, told.key,
    jsonb_build_object('type', %(event)s::text, 'timestamp', %(now)s::text, 'data', told.data),
    'pending', 0, %(now)s::timestamptz, %(now)s::timestamptz
FROM api_webhook AS hook CROSS JOIN ({select}) AS told(key, data)
WHERE hook.disabled_at IS NULL AND hook.events ? %(event)s
"""


@transaction.atomic
def webhook_create(
    *,
    name: str,
    url: str,
    events: Iterable[str],
    by: Any = None,
    request: HttpRequest | None = None,
) -> tuple[Webhook, str]:
    """Make a webhook; its secret is returned this once.

    :raises DomainError: a part is missing, or the address is none that we may call.
    """
    hook = Webhook(created_by_id=by.pk if by else None)
    _assign(hook, name, url, events)
    text = secret_make()
    hook.secret = secrets.encrypt(text, place=_place(hook))
    hook.save()
    _audit("created", hook, by, request)
    return hook, text


@transaction.atomic
def webhook_update(
    *,
    webhook: Webhook,
    version: int,
    name: str,
    url: str,
    events: Iterable[str],
    by: Any = None,
    request: HttpRequest | None = None,
) -> Webhook:
    """Change its name, address and events.

    :raises DomainError: ``version_conflict``, or what ``webhook_create`` refuses.
    """
    held = _held(webhook)
    if held.version != version:
        raise DomainError("version_conflict", _("Somebody else changed this webhook meanwhile."))
    _assign(held, name, url, events)
    held.version += 1
    held.failures, held.resting_until = 0, None
    held.save()
    _audit("updated", held, by, request)
    return held


def _assign(hook: Webhook, name: str, url: str, events: Iterable[str]) -> None:
    hook.name, hook.url, hook.events = name.strip()[:80], url.strip(), sorted(set(events))
    if not hook.name:
        raise DomainError("webhook_without_name", _("Give the webhook a name."), field="name")
    if not hook.events or not all(one in webhook_events for one in hook.events):
        raise DomainError(
            "webhook_without_event", _("Choose at least one thing to be told."), field="events"
        )
    if not _is_address(hook.url):
        raise DomainError(
            "webhook_address",
            _("Write an https address without a user name, such as https://shop.example/hooks."),
            field="url",
        )


def _is_address(url: str) -> bool:
    """Its shape; where the name leads to is looked at before each call."""
    try:
        parts = urlsplit(url)
        known = parts.hostname and (parts.port or True)
    except ValueError:
        return False
    schemes = {"https", "http"} if settings.WEBHOOKS_ALLOW_LOCAL else {"https"}
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= 500
    return bool(known and plain and parts.scheme in schemes and not parts.username)


@transaction.atomic
def webhook_rotate(*, webhook: Webhook, by: Any = None, request: HttpRequest | None = None) -> str:
    """A new secret; for a day messages carry the signatures of both."""
    held = _held(webhook)
    held.previous_secret, held.previous_until = held.secret, clock.now() + BOTH_VALID
    text = secret_make()
    held.secret = secrets.encrypt(text, place=_place(held))
    held.version += 1
    held.save(update_fields=["secret", "previous_secret", "previous_until", "version"])
    _audit("rotated", held, by, request)
    return text


def secrets_of(webhook: Webhook) -> list[str]:
    """Those that sign now, the newest first."""
    held = [webhook.secret]
    if webhook.previous_until is not None and webhook.previous_until > clock.now():
        held.append(webhook.previous_secret)
    return [secrets.decrypt(one, place=_place(webhook)) for one in held]


@transaction.atomic
def webhook_enable(
    *, webhook: Webhook, by: Any = None, request: HttpRequest | None = None
) -> Webhook:
    """Send again; what waited goes out first."""
    held = _held(webhook)
    if held.disabled_at is not None:
        held.disabled_at, held.disabled_reason = None, ""
        held.failures, held.resting_until = 0, None
        held.save()
        WebhookMessage.objects.filter(webhook=held, state="pending").update(due_at=clock.now())
        _audit("enabled", held, by, request)
        wakeups.after_commit(WAKE)
    return held


@transaction.atomic
def webhook_disable(
    *,
    webhook: Webhook,
    reason: str = Webhook.Reason.STAFF,
    by: Any = None,
    request: HttpRequest | None = None,
) -> Webhook:
    """Send nothing more; when nobody of staff did it, they are told."""
    held = _held(webhook)
    if held.disabled_at is None:
        held.disabled_at, held.disabled_reason = clock.now(), reason
        held.save(update_fields=["disabled_at", "disabled_reason"])
        _audit("disabled", held, by, request)
        if reason != Webhook.Reason.STAFF:
            _tell_staff(held)
    return held


def _tell_staff(hook: Webhook) -> None:
    at = hook.disabled_at or clock.now()
    for user in get_user_model()._default_manager.filter(is_staff=True, is_active=True):
        if not user.has_perm(CHANGE):
            continue
        with override(getattr(user, "language", None) or settings.SITE_LANGUAGE):
            notice_give(
                user_id=user.pk,
                key=f"webhook:{hook.pk}:{at.timestamp():.0f}",
                title=_("The webhook “%(name)s” was switched off") % {"name": hook.name},
                detail=str(hook.get_disabled_reason_display()),
                url=reverse("programs:webhook", args=[hook.public_id]),
                icon="plug-connected-x",
                tone="warning",
            )


@transaction.atomic
def webhook_delete(*, webhook: Webhook, by: Any, request: HttpRequest | None = None) -> None:
    """Delete it with its messages."""
    held = _held(webhook)
    _audit("deleted", held, by, request)
    held.delete()


def webhook_enqueue(*, event: str, key: str, data: Mapping[str, Any]) -> int:
    """A message for each webhook that wants to hear of it; returns how many."""
    select = "SELECT %(key)s::text, %(data)s::jsonb"
    return webhook_enqueue_many(
        event=event,
        select=select,
        params={"key": key, "data": json.dumps(dict(data), cls=DjangoJSONEncoder)},
    )


def webhook_enqueue_many(*, event: str, select: str, params: Mapping[str, Any]) -> int:
    """The same for every row of a query of key (text) and data (jsonb), our own SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            ENQUEUE.format(select=select),
            {"event": event, "now": clock.now().isoformat(), **params},
        )
        made: int = cursor.rowcount
    if made:
        wakeups.after_commit(WAKE)
    return made


@transaction.atomic
def webhook_test_send(*, webhook: Webhook) -> WebhookMessage:
    """A message that tells of nothing, to see whether it arrives."""
    now = clock.now()
    message = WebhookMessage.objects.create(
        webhook=webhook,
        event=TEST,
        key=f"test:{now.timestamp()}",
        payload={"type": TEST, "timestamp": now.isoformat(), "data": {"webhook": webhook.name}},
    )
    wakeups.after_commit(WAKE)
    return message


@transaction.atomic
def message_send_again(*, message: WebhookMessage) -> WebhookMessage:
    """Once more from the first try on, under the same id, so that the receiver can know it."""
    held = WebhookMessage.objects.select_for_update().get(pk=message.pk)
    held.state, held.due_at, held.attempts = WebhookMessage.State.PENDING, clock.now(), 0
    held.settled_at = held.lease_until = None
    held.save(update_fields=["state", "due_at", "attempts", "settled_at", "lease_until"])
    Webhook.objects.filter(pk=held.webhook_id).update(resting_until=None)
    wakeups.after_commit(WAKE)
    return held


def messages_forget(*, older_than: timedelta = KEPT) -> int:
    """The log goes back thirty days; what still waits stays."""
    over = WebhookMessage.objects.exclude(state=WebhookMessage.State.PENDING)
    deleted, _by_model = over.filter(created_at__lt=clock.now() - older_than).delete()
    return deleted


def _held(webhook: Webhook) -> Webhook:
    return Webhook.objects.select_for_update().get(pk=webhook.pk)


def _place(webhook: Webhook) -> str:
    return f"api_webhook.{webhook.public_id}.secret"


def _audit(verb: str, hook: Webhook, by: Any, request: HttpRequest | None) -> None:
    audit.record(
        f"api.webhook.{verb}",
        actor=by,
        subject=hook,
        data={"name": hook.name, "url": hook.url, "events": hook.events},
        request=request,
    )
