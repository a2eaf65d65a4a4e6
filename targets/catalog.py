"""What a rule may name (custom fields, categories, targets, …), looked up once per request."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Catalog:
    """A memo of look-ups. ``own_slug`` is the target being saved, for the refusal of cycles."""

    def __init__(self, *, own_slug: str = "") -> None:
        self.own_slug = own_slug
        self._found: dict[str, Any] = {}

    def load(self, name: str, find: Callable[[], T]) -> T:
        """The result of ``find``, looked up on first use."""
        if name not in self._found:
            self._found[name] = find()
        found: T = self._found[name]
        return found
