"""The state of a list as its URL says it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

POSITION_KEYS = frozenset({"after", "before", "at", "count", "tabs", "open"})
CONTROL_KEYS = POSITION_KEYS | {"view", "q", "sort", "columns", "density", "f"}
FIND = "find_"


def is_control(key: str) -> bool:
    """Whether a URL key is the list's own, not a filter's value."""
    return key in CONTROL_KEYS or key.startswith(FIND)


class UrlState:
    """Makes links that change one thing and keep the rest."""

    def __init__(self, params: QueryDict, path: str) -> None:
        self.path = path
        self.params = params

    def with_(self, *, drop: Iterable[str] = (), keep_place: bool = False, **changes: Any) -> str:
        return self.with_values(changes, drop=drop, keep_place=keep_place)

    def with_values(
        self, changes: Mapping[str, Any], *, drop: Iterable[str] = (), keep_place: bool = False
    ) -> str:
        """The URL with these values; None removes, a list sets several. Paging starts again."""
        copy = self.params.copy()
        gone = {*drop, *self.searches(), *(() if keep_place else POSITION_KEYS)}
        for key in gone:
            copy.pop(key, None)
        for key, value in changes.items():
            copy.pop(key, None)
            if isinstance(value, (list, tuple)):
                copy.setlist(key, [str(item) for item in value])
            elif value is not None:
                copy[key] = str(value)
        query = copy.urlencode()
        return f"{self.path}?{query}" if query else self.path

    def standing(self) -> QueryDict:
        """The state without the place in the list and the look of its rows."""
        copy = self.params.copy()
        for key in {*POSITION_KEYS, *self.searches(), "density"}:
            copy.pop(key, None)
        return copy

    def searches(self) -> list[str]:
        """What was looked for among the choices of filters."""
        return [key for key in self.params if key.startswith(FIND)]
