"""What the apps offer to programs: scopes and routes."""

from dataclasses import dataclass

from django.utils.functional import Promise
from ninja import Router

from config.kit.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a token may be allowed; ``permission`` is what the person who allows it must hold."""

    label: str | Promise
    permission: str
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class WebhookEvent:
    """Something that webhooks can tell of; ``sample`` is the data of a test."""

    label: str | Promise
    sample: dict[str, object]
    order: int = 100


scopes: Registry[Scope] = Registry("api.scopes")
# path below /api/v1/ -> the routes
routers: Registry[Router] = Registry("api.routers")
# "customer.created" -> what it is
webhook_events: Registry[WebhookEvent] = Registry("api.webhook_events")


def scope_labels() -> list[tuple[str, str]]:
    """Every scope with its words, in order."""
    found = sorted(scopes.items(), key=lambda one: one[1].order)
    return [(key, str(scope.label)) for key, scope in found]


def webhook_event_labels() -> list[tuple[str, str]]:
    """Every event with its words, in order."""
    found = sorted(webhook_events.items(), key=lambda one: one[1].order)
    return [(key, str(event.label)) for key, event in found]
