"""The small things that pages are made of, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
Tone = Literal[
    "ok", "warning", "danger", "info", "primary", "copper", "plum", "olive", "slate", "neutral", ""
]


@dataclass(frozen=True)
class Link:
    label: Text
    url: str


@dataclass(frozen=True)
class Action:
    """A button or menu entry. ``method="post"`` makes a form of its own with ``fields``.

    ``confirm`` opens the page at ``url`` in the dialog, which must name the consequence.
    """

    label: Text
    url: str
    icon: str = ""
    style: Literal["primary", "secondary", "ghost", "danger"] = "secondary"
    method: Literal["get", "post"] = "get"
    permission: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    dialog: bool = False
    disabled: Text = ""


@dataclass(frozen=True)
class Badge:
    tone: Tone
    text: Text
    icon: str = ""


@dataclass(frozen=True)
class Copy:
    """A text with a button that copies it."""

    text: str
    icon: str = ""
    label: Text = ""


@dataclass(frozen=True)
class Fact:
    label: Text
    value: Text
    url: str = ""
    tone: Tone = ""


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar."""

    label: Text
    value: int
    tone: Tone = "primary"
    hatched: bool = False


@dataclass(frozen=True)
class Change:
    label: Text
    before: Text = ""
    after: Text = ""


@dataclass(frozen=True)
class TimelineEntry:
    """``title`` may be the result of ``format_html``; ``body`` is what a person said.

    ``link`` stands behind ``detail``.
    """

    at: datetime
    icon: str
    title: Text
    detail: Text = ""
    tone: Tone = ""
    body: str = ""
    badges: Sequence[Badge] = ()
    actions: Sequence[Action] = ()
    changes: Sequence[Change] = ()
    key: str = ""
    link: Link | None = None


@dataclass(frozen=True)
class TimelineDay:
    day: date
    entries: list[TimelineEntry]


@dataclass(frozen=True)
class EmptyState:
    """What a list says before it has anything: what this is for, and the way to begin."""

    title: Text
    text: Text = ""
    icon: str = ""
    actions: Sequence[Action] = ()


def allowed(actions: Sequence[Action | None], user: Any) -> list[Action | None]:
    """The actions that this person may take; rules (None) do not double or dangle."""
    kept: list[Action | None] = []
    for action in actions:
        if action is None:
            if kept and kept[-1] is not None:
                kept.append(None)
        elif not action.permission or user.has_perm(action.permission):
            kept.append(action)
    return kept[:-1] if kept and kept[-1] is None else kept
