"""Handing messages over: at least once, in order per key, by retries over three days.

1. Claim what is due under a lease, committed before the first byte goes out: a killed worker's
   messages are due again when their lease ends. Of one key only the oldest is ever claimed; an
   address that failed last gets one message at a time, and rests in between.
2. Post, several at once, without the database.
3. Settle each: delivered, or due again later, or given up, which switches the webhook off.
"""

import json
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import connection, transaction

from config.kit import clock, http
from config.kit.api.models import Webhook, WebhookAttempt, WebhookMessage
from config.kit.api.services.webhooks import secrets_of, webhook_disable
from config.kit.api.signing import signature

LEASE = timedelta(seconds=90)
RETRIES = tuple(
    timedelta(seconds=one) for one in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
JITTER = 0.1
LONGEST_REST = 300
AT_ONCE = 8
MOST_PER_HOOK = 20
BODY_KEPT = 2_000
HEADERS_KEPT = 40
GONE = 410
CLAIM = """
WITH ready AS (
    SELECT message.id FROM api_webhookmessage AS message
    WHERE message.webhook_id = %(webhook)s AND message.state = 'pending'
        AND message.due_at <= %(now)s
        AND (message.lease_until IS NULL OR message.lease_until < %(now)s)
        AND NOT EXISTS (SELECT 1 FROM api_webhookmessage AS earlier
            WHERE earlier.webhook_id = message.webhook_id AND earlier.key = message.key
                AND earlier.state = 'pending' AND earlier.id < message.id)
    ORDER BY message.id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
UPDATE api_webhookmessage AS message SET lease_until = %(until)s, attempts = attempts + 1
FROM ready WHERE message.id = ready.id
RETURNING message.id, message.public_id::text, message.payload::text, message.attempts
"""


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A claimed message, ready to go out; ``attempt`` tells this claim from a later one."""

    pk: int
    attempt: int
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    at: datetime
    milliseconds: int
    status: int | None
    problem: str
    headers: dict[str, str]
    body: str

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def deliver() -> int:
    """One round over all webhooks; returns how many messages were tried."""
    now = clock.now()
    hooks = Webhook.objects.filter(disabled_at=None).exclude(resting_until__gt=now).order_by("id")
    parcels = [parcel for hook in hooks for parcel in _claimed(hook)]
    if not parcels:
        return 0
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="webhook") as pool:
        futures = {pool.submit(_post, one): one for one in parcels}
        for future in as_completed(futures):
            _settle(futures[future], future.result())
    return len(parcels)


def _claimed(hook: Webhook) -> list[Parcel]:
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "webhook": hook.pk,
                "now": now,
                "until": now + LEASE,
                "most": 1 if hook.failures else MOST_PER_HOOK,
            },
        )
        rows = cursor.fetchall()
    return list(_packed(hook, rows)) if rows else []


def _packed(hook: Webhook, rows: Iterable[tuple[int, str, str, int]]) -> Iterable[Parcel]:
    held = secrets_of(hook)
    timestamp = int(clock.now().timestamp())
    for pk, public_id, payload, attempt in rows:
        name = f"msg_{public_id}"
        body = json.dumps(json.loads(payload), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "content-type": "application/json",
            "user-agent": "Clientela-Webhooks/1",
            "webhook-id": name,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(held, name, timestamp, body),
        }
        yield Parcel(pk=pk, attempt=attempt, url=hook.url, body=body, headers=headers)


def _post(parcel: Parcel) -> Outcome:
    """Without the database: it runs in a thread."""
    at, start = clock.now(), monotonic()
    status, problem, headers, body = None, "", {}, ""
    try:
        answer = http.request(
            "POST",
            parcel.url,
            data=parcel.body,
            headers=parcel.headers,
            allow_local=settings.WEBHOOKS_ALLOW_LOCAL,
        )
        status, headers = answer.status, answer.headers
        body = answer.body[:BODY_KEPT].decode("utf-8", "replace").replace("\0", "")
    except (http.RequestRefused, http.RequestFailed) as refusal:
        problem = str(refusal)[:200]
    return Outcome(
        at=at,
        milliseconds=int((monotonic() - start) * 1000),
        status=status,
        problem=problem,
        headers=dict(list(headers.items())[:HEADERS_KEPT]),
        body=body,
    )


@transaction.atomic
def _settle(parcel: Parcel, outcome: Outcome) -> None:
    """Locks the webhook, then the message, as everybody does."""
    hook_id = WebhookMessage.objects.values_list("webhook_id", flat=True).filter(pk=parcel.pk)
    hook = Webhook.objects.select_for_update().filter(pk__in=hook_id).first()
    message = (
        WebhookMessage.objects.select_for_update()
        .filter(pk=parcel.pk, state=WebhookMessage.State.PENDING, attempts=parcel.attempt)
        .first()
    )
    if hook is None or message is None:
        return
    WebhookAttempt.objects.create(
        message=message,
        at=outcome.at,
        milliseconds=outcome.milliseconds,
        status=outcome.status,
        problem=outcome.problem,
        request_headers=parcel.headers,
        response_headers=outcome.headers,
        response_body=outcome.body,
    )
    message.lease_until = None
    if outcome.is_taken:
        _taken(hook, message)
    else:
        _refused(hook, message, is_gone=outcome.status == GONE)


def _taken(hook: Webhook, message: WebhookMessage) -> None:
    message.state, message.settled_at = WebhookMessage.State.DELIVERED, clock.now()
    message.save(update_fields=["state", "settled_at", "lease_until"])
    hook.failures, hook.resting_until, hook.delivered_at = 0, None, clock.now()
    hook.save(update_fields=["failures", "resting_until", "delivered_at"])


def _refused(hook: Webhook, message: WebhookMessage, *, is_gone: bool) -> None:
    now = clock.now()
    hook.failures += 1
    hook.resting_until = now + timedelta(seconds=min(2**hook.failures, LONGEST_REST))
    hook.save(update_fields=["failures", "resting_until"])
    is_last = message.attempts > len(RETRIES)
    if is_last:
        message.state, message.settled_at = WebhookMessage.State.FAILED, now
    else:
        wait = RETRIES[message.attempts - 1]
        message.due_at = now + wait * random.uniform(1, 1 + JITTER)  # noqa: S311  no secret
    message.save(update_fields=["state", "settled_at", "due_at", "lease_until"])
    if is_gone or is_last:
        reason = Webhook.Reason.GONE if is_gone else Webhook.Reason.EXHAUSTED
        webhook_disable(webhook=hook, reason=reason)
