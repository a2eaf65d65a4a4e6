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


scopes: Registry[Scope] = Registry("api.scopes")
# path below /api/v1/ -> the routes
routers: Registry[Router] = Registry("api.routers")


def scope_labels() -> list[tuple[str, str]]:
    """Every scope with its words, in order."""
    found = sorted(scopes.items(), key=lambda one: one[1].order)
    return [(key, str(scope.label)) for key, scope in found]
