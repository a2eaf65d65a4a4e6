"""The controls of an open condition in the builder, and how their values come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from django.utils.functional import Promise


@dataclass(frozen=True)
class Choice:
    value: str
    label: str | Promise


@dataclass(frozen=True)
class Input:
    """``redraws``: another choice asks for other controls. ``name`` is unique in the form."""

    name: str
    kind: Literal["select", "number", "text", "date", "month_day", "lines", "multi"]
    label: str | Promise
    value: Any = ""
    choices: Sequence[Choice] = ()
    redraws: bool = False
    before: str | Promise = ""


class FormData(Protocol):
    """The posted form (a QueryDict)."""

    def get(self, key: str, default: str, /) -> Any: ...

    def getlist(self, key: str, /) -> list[Any]: ...


def posted_number(data: FormData, name: str) -> Any:
    """A number as JSON holds it; what is no number comes back as it was typed, None for nothing."""
    typed = str(data.get(name, "")).strip()
    if not typed:
        return None
    try:
        return int(typed)
    except ValueError:
        pass
    try:
        return float(typed)
    except ValueError:
        return typed


def posted_lines(data: FormData, name: str) -> list[str]:
    """One value a line."""
    return [line.strip() for line in str(data.get(name, "")).splitlines() if line.strip()]


def shown(value: Any) -> str:
    """A JSON value in an ``<input>``."""
    if value is None or isinstance(value, dict | list | bool):
        return ""
    return str(value)


def item(value: Any, index: int) -> Any:
    """A place of a list, or nothing."""
    return value[index] if isinstance(value, list) and len(value) > index else None
