"""Two people edited one thing: what goes together by itself, and what somebody must choose.

The form of a shared row posts back, as ``version``, what it showed. The service that saves it
refuses with ``version_conflict`` when the row shows something else by now.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.http import QueryDict
from django.utils.translation import gettext as _

from config.kit.pages.forms import Conflict

# What a form shows, by field: a text, a truth, or a list of texts.
Shown = Mapping[str, Any]


@dataclass(frozen=True)
class Race:
    """What was posted with the other's changes in it, and the fields that both changed."""

    data: QueryDict
    conflicts: list[Conflict]


def shown_text(shown: Shown) -> str:
    return json.dumps(shown, ensure_ascii=False)


def shown_read(text: str) -> dict[str, Any]:
    """Empty when it is not readable."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def race(form: BaseForm, data: QueryDict, *, base: Shown, theirs: Shown) -> Race:
    """Compare what the form showed, what was posted, and what the row shows now."""
    merged, conflicts = data.copy(), []
    for name in (one for one, field in form.fields.items() if one in theirs and not field.disabled):
        was, now = _plain(base.get(name)), _plain(theirs[name])
        if was == now:
            continue
        yours = _posted(form, data, name)
        if isinstance(now, list):
            merged.setlist(name, _both(was or [], yours, now))
        elif name in base and yours == was:
            merged[name] = _sent(now)
        elif yours != now:
            conflicts.append(_conflict(form, name, was, yours, now))
    return Race(merged, conflicts)


def _posted(form: BaseForm, data: QueryDict, name: str) -> Any:
    value = form.fields[name].widget.value_from_datadict(data, {}, name)
    return _plain("" if value is None else value)


def _plain(value: Any) -> Any:
    """A text without what a browser adds to it."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _both(was: list[str], yours: list[str], theirs: list[str]) -> list[str]:
    """What each of the two added to a set, without what either took out."""
    kept = [one for one in theirs if one in yours or one not in was]
    return kept + [one for one in yours if one not in was and one not in kept]


def _sent(value: Any) -> str:
    """The value as the form reads it from one posted text."""
    if isinstance(value, bool):
        return "on" if value else ""
    return str(value)


def _conflict(form: BaseForm, name: str, base: Any, yours: Any, theirs: Any) -> Conflict:
    field = form.fields[name]
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}

    def words(value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return choices.get(value, str("" if value is None else value))

    return Conflict(
        name,
        field.label or name,
        words(base),
        words(yours),
        words(theirs),
        yours_value=_sent(yours),
        theirs_value=_sent(theirs),
    )
