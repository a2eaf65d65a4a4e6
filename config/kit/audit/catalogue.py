"""The words of the audit trail: each app says what its actions and its things are called."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from config.kit.registry import Registry

Text = str | Promise

# action -> what happened, as a whole phrase ("Campaign created")
actions: Registry[Text] = Registry("audit actions")


def describe_actions(texts: Mapping[str, Text]) -> None:
    """Put the actions of an app into the catalogue, from its ``plugins.py``."""
    for action, text in texts.items():
        actions.register(action, text)


def action_text(action: str) -> str:
    """What happened; the bare name of an action that a later version of an app wrote."""
    return str(actions.get(action) or action)


def actions_like(text: str) -> list[str]:
    """The actions whose words contain this text."""
    wanted = text.casefold()
    return [action for action, words in actions.items() if wanted in str(words).casefold()]


@dataclass(frozen=True)
class Subject:
    """A thing that something happened to; no ``url`` for one that has no page or is gone."""

    title: str
    url: str = ""


def _no_subjects(ids: Iterable[int]) -> dict[int, Subject]:
    return {}


def _finds_none(text: str, limit: int) -> list[int]:
    return []


@dataclass(frozen=True, kw_only=True)
class SubjectKind:
    """What the app of a model tells about it.

    ``load(ids)`` reads many at once; ``find(text, limit)`` gives the ids of those that a search
    means; ``value(name, value)`` gives the label and the text of a field in before and after.
    """

    label: Text
    load: Callable[[Iterable[int]], dict[int, Subject]] = _no_subjects
    find: Callable[[str, int], list[int]] = _finds_none
    value: Callable[[str, Any], tuple[str, str]] | None = None


# model label ("customers.customer") -> its kind
subjects: Registry[SubjectKind] = Registry("audit subjects")


def kind_text(kind: str) -> str:
    known = subjects.get(kind)
    return str(known.label) if known else kind


def gone(kind: str, subject_id: int) -> Subject:
    """A thing that is no longer there."""
    values = {"kind": kind_text(kind), "number": subject_id}
    return Subject(_("%(kind)s %(number)s") % values)
