"""Checks of single JSON values; each reports what is wrong and answers None then."""

import math
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from targets.rules.problems import Report

MOST_VALUES = 500
LONGEST_TEXT = 500
LARGEST = 10**15
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(3000, 12, 31)
UNITS = ("minutes", "hours", "days", "weeks", "months", "years")
DAY_UNITS = UNITS[2:]
# A hundred years of each: further back than any event, and safe arithmetic.
MOST_OF_UNIT = {
    "minutes": 52_560_000,
    "hours": 876_000,
    "days": 36_500,
    "weeks": 5_200,
    "months": 1_200,
    "years": 100,
}


def number(raw: Any, report: Report, *, whole: bool = False) -> int | float | None:
    """A finite number of a size that SQL can compare; ``whole`` asks for an integer."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        report.add(_("Write a number here."))
    elif not math.isfinite(raw) or abs(raw) > LARGEST:
        report.add(_("This number is too large."))
    elif whole and (raw != int(raw) or raw < 0):
        report.add(_("Write a whole number, 0 or more."))
    else:
        return int(raw) if raw == int(raw) else raw
    return None


def text(raw: Any, report: Report) -> str | None:
    """A text with something in it, that the database can hold."""
    if not isinstance(raw, str):
        report.add(_("Write a text here, in quotes."))
    elif not raw.strip():
        report.add(_("This text is empty."))
    elif len(raw) > LONGEST_TEXT:
        report.add(_("This text is longer than %(most)d characters.") % {"most": LONGEST_TEXT})
    elif not is_storable(raw):
        report.add(_("This text holds characters that cannot be stored."))
    else:
        return raw.strip()
    return None


def is_storable(raw: str) -> bool:
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\x00" not in raw


def day(raw: Any, report: Report) -> str | None:
    """A calendar day as ``YYYY-MM-DD``."""
    try:
        found = date.fromisoformat(raw) if isinstance(raw, str) and len(raw) == 10 else None
    except ValueError:
        found = None
    if found is None:
        report.add(_("Write a date as YYYY-MM-DD."))
    elif not FIRST_DAY <= found <= LAST_DAY:
        report.add(_("The date must lie between the years 1000 and 3000."))
    else:
        return found.isoformat()
    return None


def month_day(raw: Any, report: Report) -> str | None:
    """A day of any year as ``MM-DD``; 29 February is one."""
    try:
        if isinstance(raw, str) and len(raw) == 5:
            return date.fromisoformat(f"2000-{raw}").isoformat()[5:]
    except ValueError:
        pass
    report.add(_("Write a day of the year as MM-DD."))
    return None


def one_of(raw: Any, known: tuple[str, ...], report: Report) -> str | None:
    if isinstance(raw, str) and raw in known:
        return raw
    report.add(_("Use one of: %(known)s.") % {"known": ", ".join(known)})
    return None


def values(raw: Any, report: Report) -> list[Any] | None:
    """A list of 1 to 500 values; what stands in it is checked by the caller."""
    if not isinstance(raw, list):
        report.add(_("Write a list of values here."))
    elif not raw:
        report.add(_("This list is empty: name at least one value."))
    elif len(raw) > MOST_VALUES:
        report.add(_("This list has more than %(most)d values.") % {"most": MOST_VALUES})
    else:
        return raw
    return None


def mapping(raw: Any, report: Report, *, keys: tuple[str, ...]) -> dict[str, Any] | None:
    """An object with no other keys than these."""
    if not isinstance(raw, dict):
        report.add(_("Write an object with: %(keys)s.") % {"keys": ", ".join(keys)})
        return None
    strange = [key for key in raw if key not in keys]
    for key in strange:
        with report.inside(key):
            report.add(_("This key is unknown here."))
    return None if strange else raw


def span(
    raw: Any, report: Report, *, number_key: str, units: tuple[str, ...]
) -> dict[str, Any] | None:
    """A length of time: ``{"n": 30, "unit": "days"}`` (``last`` instead of ``n`` in windows)."""
    found = mapping(raw, report, keys=(number_key, "unit"))
    if found is None:
        return None
    with report.inside("unit"):
        unit = one_of(found.get("unit"), units, report)
    with report.inside(number_key):
        length = number(found.get(number_key), report, whole=True)
        if length is not None and unit and not 1 <= length <= MOST_OF_UNIT[unit]:
            report.add(
                _("Write a number from 1 to %(most)d.") % {"most": MOST_OF_UNIT[unit]},
            )
            return None
    if length is None or unit is None:
        return None
    return {number_key: length, "unit": unit}


def distinct(found: list[Any]) -> list[Any]:
    """Without repetitions, the first of each kept in place."""
    return list(dict.fromkeys(found))
