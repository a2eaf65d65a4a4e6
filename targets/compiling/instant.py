"""The instant of an evaluation, and its neighbours in the site's calendar. Pure.

A wall clock's time that happens twice is the second one; one that never is counts from before the
clocks changed. PostgreSQL reads local times so.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

EXACT = {"minutes": 60, "hours": 3600}
DAYS = {"days": 1, "weeks": 7}
MONTHS = {"months": 1, "years": 12}
BEFORE_ALL, AFTER_ALL = "-infinity", "infinity"


@dataclass(frozen=True)
class Instant:
    """The instant *t* of an evaluation and the zone whose days count."""

    at: datetime
    zone: str

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def text(self) -> str:
        return self.at.isoformat()

    @cached_property
    def local(self) -> datetime:
        """What the clock on the site's wall shows."""
        return self.at.astimezone(self._zone).replace(tzinfo=None)

    @property
    def today(self) -> date:
        return self.local.date()

    def day_start(self, day: date) -> str:
        """The instant at which a day begins."""
        return as_instant(datetime.combine(day, time()), self._zone).isoformat()

    def moved(self, length: int, unit: str) -> str:
        """*t* moved by so many units (negative: back): exactly, or in the calendar."""
        try:
            if unit in EXACT:
                return (self.at + timedelta(seconds=EXACT[unit] * length)).isoformat()
            day = shifted(self.today, length, unit)
            return as_instant(datetime.combine(day, self.local.time()), self._zone).isoformat()
        except (OverflowError, ValueError):
            return BEFORE_ALL if length < 0 else AFTER_ALL

    def today_moved(self, length: int, unit: str) -> str:
        """The site's today moved by so many days, weeks, months or years (negative: back)."""
        try:
            return shifted(self.today, length, unit).isoformat()
        except (OverflowError, ValueError):
            return "0001-01-01" if length < 0 else "9999-12-31"


def shifted(day: date, length: int, unit: str) -> date:
    """Calendar arithmetic: the last day of a shorter month stands for the days it lacks."""
    if unit in DAYS:
        return day + timedelta(days=length * DAYS[unit])
    index = day.year * 12 + day.month - 1 + length * MONTHS[unit]
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def as_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the wall clock of a zone shows this."""
    second = local.replace(tzinfo=zone, fold=1)
    exists = second.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
    return (second if exists else local.replace(tzinfo=zone)).astimezone(UTC)
