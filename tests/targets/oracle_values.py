"""What the judge does with single values: numbers, days, instants and texts, in plain Python."""

import unicodedata
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Santiago")


def compare(value: float, op: str, asked: Any) -> bool:
    if op == "between":
        return bool(asked[0] <= value <= asked[1])
    if op in ("any", "none"):
        return (value in asked) == (op == "any")
    signs: dict[str, bool] = {
        "lt": value < asked,
        "lte": value <= asked,
        "gt": value > asked,
        "gte": value >= asked,
        "eq": value == asked,
        "ne": value != asked,
    }
    return signs[op]


def age(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    had = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had else 1)


def is_birthday(born: tuple[int, int], day: date) -> bool:
    if born == (2, 29) and monthrange(day.year, 2)[1] == 28:
        return (day.month, day.day) == (3, 1)
    return (day.month, day.day) == born


def shift(day: date, length: int, unit: str) -> date:
    """Calendar arithmetic: the last day of a shorter month stands for its missing days."""
    if unit == "days":
        return day + timedelta(days=length)
    if unit == "weeks":
        return day + timedelta(weeks=length)
    months = length * 12 if unit == "years" else length
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def as_instant(local: datetime) -> datetime:
    """A wall clock's time; one that happens twice is the second, one that never is before."""
    early = local.replace(tzinfo=ZONE, fold=0)
    late = local.replace(tzinfo=ZONE, fold=1)
    exists = early.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) == local
    return (late if exists else early).astimezone(UTC)


def midnight(day: date) -> datetime:
    return as_instant(datetime.combine(day, time()))


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).lower()
