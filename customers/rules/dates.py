"""Days as people write them: with dashes, dots or words, with or without a year."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import fold
from customers.rules.texts import one_line

OLDEST_YEAR = 1900
LEAP_YEAR = 2000
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]\d{2}:\d{2}.*)?")
ISO_NO_YEAR = re.compile(r"--(\d{1,2})-(\d{1,2})")
PARTS = re.compile(
    r"(\d{1,4})\s*[-/. ]\s*(\d{1,2})(?:\s*[-/. ]\s*(\d{2,4}))?(?:[t ]\d{1,2}:\d{2}.*)?"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
WORDS = re.compile(r"(\d{1,2})(?:\s+de)?\s+([a-z]+)\.?(?:,?\s+(?:de\s+|del\s+)?(\d{4}))?")
WORDS_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "ene enero jan january",
            "feb febrero february",
            "mar marzo march",
            "abr abril apr april",
            "may mayo",
            "jun junio june",
            "jul julio july",
            "ago agosto aug august",
            "sep sept septiembre setiembre september",
            "oct octubre october",
            "nov noviembre november",
            "dic diciembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Birthday:
    """Month and day; the year when it is known."""

    year: int | None
    month: int
    day: int

    @property
    def as_date(self) -> date | None:
        return date(self.year, self.month, self.day) if self.year else None


def clean_birthday(
    text: str, *, today: date, order: str = "dmy", field: str = "birthday"
) -> Birthday | None:
    """A birthday, or None for an empty text.

    ``order`` is ``dmy``, ``mdy`` or ``ymd`` and counts where all parts are numbers.

    :raises DomainError: not a date, a day that does not exist, in the future, or before 1900.
    """
    plain = fold(one_line(text))
    if not plain:
        return None
    year, month, day = _parts(plain, order, field)
    if year is not None and year < 100:
        year += 2000 if year + 2000 <= today.year else 1900
    _refuse_impossible(year, month, day, field)
    if year is not None:
        _refuse_out_of_life(date(year, month, day), today, field)
    return Birthday(year, month, day)


def clean_day(text: str, *, order: str = "dmy", field: str = "") -> date | None:
    """A day with its year, or None for an empty text; the past and the future are both fine."""
    plain = fold(one_line(text))
    if not plain:
        return None
    year, month, day = _parts(plain, order, field)
    if year is None:
        raise DomainError("date_without_year", _("The year is missing."), field=field)
    if year < 100:
        year += 2000 if year < 70 else 1900
    _refuse_impossible(year, month, day, field)
    return date(year, month, day)


def _parts(text: str, order: str, field: str) -> tuple[int | None, int, int]:
    for expression in (ISO, COMPACT):
        if found := expression.fullmatch(text):
            return int(found[1]), int(found[2]), int(found[3])
    if found := ISO_NO_YEAR.fullmatch(text):
        return None, int(found[1]), int(found[2])
    if found := PARTS.fullmatch(text):
        return _numbers(found[1], found[2], found[3], order, field)
    if (found := WORDS.fullmatch(text)) and found[2] in MONTHS:
        return _year(found[3]), MONTHS[found[2]], int(found[1])
    if (found := WORDS_FIRST.fullmatch(text)) and found[1] in MONTHS:
        return _year(found[3]), MONTHS[found[1]], int(found[2])
    raise DomainError("date_unreadable", _("This is not a date. Use day-month-year."), field=field)


def _year(text: str | None) -> int | None:
    return int(text) if text else None


def _numbers(
    first: str, second: str, third: str | None, order: str, field: str
) -> tuple[int | None, int, int]:
    if len(first) > 2 and third:
        return int(first), int(second), int(third)
    if len(first) > 2:
        raise DomainError(
            "date_unreadable", _("This is not a date. Use day-month-year."), field=field
        )
    if third is None:
        month, day = (second, first) if order == "dmy" else (first, second)
        return None, int(month), int(day)
    year, month, day = {
        "dmy": (third, second, first),
        "mdy": (third, first, second),
        "ymd": (first, second, third),
    }[order]
    return int(year), int(month), int(day)


def _refuse_impossible(year: int | None, month: int, day: int, field: str) -> None:
    if not 1 <= month <= 12:
        raise DomainError(
            "date_month",
            _("There is no month %(month)d. Use day-month-year.") % {"month": month},
            field=field,
        )
    try:
        date(year or LEAP_YEAR, month, day)
    except ValueError as cause:
        raise DomainError("date_impossible", _impossible(year, month, day), field=field) from cause


def _impossible(year: int | None, month: int, day: int) -> str:
    if year and month == 2 and day == 29:
        return _("February of %(year)d had no 29th.") % {"year": year}
    if not 1 <= day <= 31:
        return _("There is no day %(day)d. Use day-month-year.") % {"day": day}
    return {
        2: _("February has no day %(day)d. Use day-month-year."),
        4: _("April has no day %(day)d. Use day-month-year."),
        6: _("June has no day %(day)d. Use day-month-year."),
        9: _("September has no day %(day)d. Use day-month-year."),
        11: _("November has no day %(day)d. Use day-month-year."),
    }.get(month, _("This day does not exist. Use day-month-year.")) % {"day": day}


def _refuse_out_of_life(day: date, today: date, field: str) -> None:
    if day > today:
        raise DomainError("birthday_future", _("Nobody is born in the future."), field=field)
    if day.year < OLDEST_YEAR:
        raise DomainError(
            "birthday_too_old",
            _("Nobody alive was born in %(year)d.") % {"year": day.year},
            field=field,
        )
