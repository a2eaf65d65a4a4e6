"""The addresses of the back office and the rule at each of them, read off the resolver."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from config.kit.access import ANY_STAFF, PERMISSION_ATTRIBUTE

START = "backoffice/"
MISSING = "no rule"


@dataclass(frozen=True)
class Door:
    """``permission`` None: open to all (the log-in); ``""``: any member of staff."""

    route: str
    permission: str | None
    has_rule: bool

    @property
    def rule(self) -> str:
        if not self.has_rule:
            return MISSING
        if self.permission is None:
            return "public"
        return self.permission or "any staff"

    def opens_for(self, permissions: set[str]) -> bool:
        """Default deny: a door without a rule opens for nobody."""
        return self.has_rule and (
            self.permission in (None, ANY_STAFF) or self.permission in permissions
        )


def back_office_doors() -> list[Door]:
    return [
        Door(
            route,
            getattr(pattern.callback, PERMISSION_ATTRIBUTE, None),
            hasattr(pattern.callback, PERMISSION_ATTRIBUTE),
        )
        for route, pattern in _walk(get_resolver().url_patterns)
        if route.startswith(START)
    ]


def _walk(
    patterns: Sequence[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern
