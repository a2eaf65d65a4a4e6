"""Working days of a country: Monday to Friday without its national holidays (python-holidays)."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    """Empty for a country that the library does not know: weekends alone are free there."""
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def is_working(day: date, country: str) -> bool:
    return day.weekday() < 5 and day not in _holidays(country, day.year)


def next_working(day: date, country: str) -> date:
    """This day, or the first working one after it."""
    while not is_working(day, country):
        day += DAY
    return day


def working_days_after(day: date, count: int, country: str) -> date:
    """The ``count``-th working day after ``day``, which itself does not count."""
    for _turn in range(count):
        day = next_working(day + DAY, country)
    return day
