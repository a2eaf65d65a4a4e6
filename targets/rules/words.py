"""Rules in words. A phrase is a sentence part whose values are marked, for the builder's tokens."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SLOT = re.compile(r"%\((\w+)\)s")
MOST_NAMED = 12


@dataclass(frozen=True)
class Piece:
    text: str
    is_value: bool = False


@dataclass(frozen=True)
class Phrase:
    pieces: tuple[Piece, ...]

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def phrase(template: str, **values: str) -> Phrase:
    """Fill a translated template; what was filled in is marked, empty values leave no gap."""
    pieces: list[Piece] = []
    for index, part in enumerate(SLOT.split(template)):
        text = values[part] if index % 2 else part
        if not index % 2 and pieces and pieces[-1].text.endswith(" "):
            text = text.lstrip(" ") or ""
        if text:
            pieces.append(Piece(text, bool(index % 2)))
    return Phrase(_without_loose_ends(pieces))


def _without_loose_ends(pieces: list[Piece]) -> tuple[Piece, ...]:
    kept = [piece for piece in pieces if piece.text]
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept and kept[-1].text != kept[-1].text.rstrip():
        kept[-1] = Piece(kept[-1].text.rstrip(), kept[-1].is_value)
    return tuple(kept)


def shown_number(value: float) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def shown_day(value: str) -> str:
    return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")


def shown_month_day(value: str) -> str:
    return date_format(date.fromisoformat(f"2000-{value}"), "MONTH_DAY_FORMAT")


def either(values: list[str]) -> str:
    """a, b or c."""
    return _listed(values, _("%(first)s or %(last)s"))


def both(values: list[str]) -> str:
    """a, b and c."""
    return _listed(values, _("%(first)s and %(last)s"))


def neither(values: list[str]) -> str:
    """a, b nor c."""
    return _listed(values, _("%(first)s nor %(last)s"))


def _listed(values: list[str], template: str) -> str:
    if len(values) > MOST_NAMED:
        rest = len(values) - MOST_NAMED + 1
        more = ngettext("%(number)d more", "%(number)d more", rest) % {"number": rest}
        values = [*values[: MOST_NAMED - 1], more]
    if len(values) == 1:
        return values[0]
    return template % {"first": ", ".join(values[:-1]), "last": values[-1]}


def number_words(op: str, value: Any) -> str:
    """ "at least 2", "between 18 and 65"."""
    if op == "between":
        return _("between %(low)s and %(high)s") % {
            "low": shown_number(value[0]),
            "high": shown_number(value[1]),
        }
    if op in ("any", "none"):
        shown = [shown_number(one) for one in value]
        return either(shown) if op == "any" else _("none of: %(list)s") % {"list": both(shown)}
    templates = {
        "lt": _("less than %(n)s"),
        "lte": _("at most %(n)s"),
        "gt": _("more than %(n)s"),
        "gte": _("at least %(n)s"),
        "eq": _("exactly %(n)s"),
        "ne": _("not exactly %(n)s"),
    }
    return templates[op] % {"n": shown_number(value)}


def span_words(length: int, unit: str) -> str:
    """ "30 days"."""
    templates = {
        "minutes": ngettext("%(n)s minute", "%(n)s minutes", length),
        "hours": ngettext("%(n)s hour", "%(n)s hours", length),
        "days": ngettext("%(n)s day", "%(n)s days", length),
        "weeks": ngettext("%(n)s week", "%(n)s weeks", length),
        "months": ngettext("%(n)s month", "%(n)s months", length),
        "years": ngettext("%(n)s year", "%(n)s years", length),
    }
    return templates[unit] % {"n": shown_number(length)}


def window_words(window: dict[str, Any] | None) -> str:
    """ "in the last 30 days"; empty for all time."""
    if not window:
        return ""
    if "last" in window:
        return _("in the last %(span)s") % {"span": span_words(window["last"], window["unit"])}
    if "from" not in window:
        return _("up to %(day)s") % {"day": shown_day(window["to"])}
    if "to" not in window:
        return _("since %(day)s") % {"day": shown_day(window["from"])}
    return _("from %(first)s to %(last)s") % {
        "first": shown_day(window["from"]),
        "last": shown_day(window["to"]),
    }


def times_words(count: dict[str, Any] | None) -> str:
    """ "at least 2 times"; empty for once or more."""
    if not count:
        return ""
    if count["op"] == "eq" and count["value"] == 1:
        return _("exactly once")
    return _("%(number)s times") % {"number": number_words(count["op"], count["value"])}


def date_words(op: str, value: Any) -> str:
    """ "before 1 March 2026", "in the last 30 days"."""
    if op == "between":
        return _("between %(first)s and %(last)s") % {
            "first": shown_day(value[0]),
            "last": shown_day(value[1]),
        }
    if op in ("last", "next"):
        shown = span_words(value["n"], value["unit"])
        if op == "last":
            return _("in the last %(span)s") % {"span": shown}
        return _("in the next %(span)s") % {"span": shown}
    templates = {
        "on": _("on %(day)s"),
        "before": _("before %(day)s"),
        "after": _("after %(day)s"),
    }
    return templates[op] % {"day": shown_day(value)}


def text_words(op: str, value: Any) -> str:
    """ "contains «x»": what a text does."""
    if op in ("any", "none"):
        quoted = [_("“%(text)s”") % {"text": one} for one in value]
        if op == "any":
            return _("is %(list)s") % {"list": either(quoted)}
        return _("is not %(list)s") % {"list": neither(quoted)}
    templates = {
        "is": _("is “%(text)s”"),
        "is_not": _("is not “%(text)s”"),
        "contains": _("contains “%(text)s”"),
        "starts_with": _("starts with “%(text)s”"),
    }
    return templates[op] % {"text": value}
