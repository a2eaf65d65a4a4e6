"""What is wrong with a template, and where. Codes here; ``words`` has the sentences."""

import dataclasses
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """``field`` is a field of the campaign; ``line`` and ``column`` count from 1."""

    code: str
    field: str = "body"
    line: int | None = None
    column: int | None = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class TemplateRefused(Exception):
    """The template cannot be used, for these reasons."""

    def __init__(self, troubles: list[Trouble]) -> None:
        super().__init__(", ".join(trouble.code for trouble in troubles))
        self.troubles = troubles


def trouble_at(code: str, source: str, index: int, part: str = "body", **params: Any) -> Trouble:
    """A trouble at a place of the source, given as an offset."""
    index = max(0, min(index, len(source)))
    line = source.count("\n", 0, index) + 1
    column = index - (source.rfind("\n", 0, index) + 1) + 1
    return Trouble(code=code, field=part, line=line, column=column, params=params)
