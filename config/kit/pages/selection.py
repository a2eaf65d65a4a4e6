"""What a bulk action works on: ticked rows, or all that match a filter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

MOST_TICKED = 1000


@dataclass(frozen=True)
class Selection:
    """``query`` is the list's filter as a query string; it counts when ``ids`` is empty."""

    ids: tuple[str, ...] = ()
    query: str = ""
    expected: int | None = None
    covers_all: bool = False

    @classmethod
    def from_request(cls, request: HttpRequest) -> "Selection":
        post = request.POST
        if post.get("select_all") == "1":
            expected = post.get("expected", "")
            return cls(
                query=post.get("query", ""),
                expected=int(expected) if expected.isdecimal() and len(expected) < 16 else None,
                covers_all=True,
            )
        return cls(ids=tuple(dict.fromkeys(post.getlist("ids")))[:MOST_TICKED])

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Selection":
        return cls(
            ids=tuple(params.get("ids", ())),
            query=params.get("query", ""),
            expected=params.get("expected"),
            covers_all=bool(params.get("covers_all")),
        )

    @property
    def is_empty(self) -> bool:
        return not self.ids and not self.covers_all

    def to_params(self) -> dict[str, Any]:
        """JSON for a job's params."""
        return {
            "ids": list(self.ids),
            "query": self.query,
            "expected": self.expected,
            "covers_all": self.covers_all,
        }

    def hidden_fields(self) -> list[tuple[str, str]]:
        """Name and value of the fields that carry the selection to the next page."""
        if not self.covers_all:
            return [("ids", one) for one in self.ids]
        expected = "" if self.expected is None else str(self.expected)
        return [("select_all", "1"), ("query", self.query), ("expected", expected)]
