"""Spans of time that a list is filtered by. The relative ones move with the day.

Windows are calendar arithmetic in the site's time zone, as they are in the rules of targets.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from config.kit import clock
from config.kit.pages import formats


class Op(TextChoices):
    LAST = "last", gettext_lazy("in the last…")
    OLDER = "older", gettext_lazy("more than… ago")
    TODAY = "today", gettext_lazy("today")
    YESTERDAY = "yesterday", gettext_lazy("yesterday")
    WEEK = "week", gettext_lazy("this week")
    MONTH = "month", gettext_lazy("this month")
    LAST_MONTH = "last_month", gettext_lazy("last month")
    YEAR = "year", gettext_lazy("this year")
    ON = "on", pgettext_lazy("day", "on…")
    BEFORE = "before", pgettext_lazy("day", "before…")
    AFTER = "after", pgettext_lazy("day", "after…")
    BETWEEN = "between", pgettext_lazy("days", "between…")
    EMPTY = "empty", gettext_lazy("is empty")
    FILLED = "filled", gettext_lazy("is not empty")


class Unit(TextChoices):
    DAYS = "", gettext_lazy("days")
    WEEKS = "weeks", gettext_lazy("weeks")
    MONTHS = "months", gettext_lazy("months")


@dataclass(frozen=True)
class Span:
    op: Op
    count: int = 0
    unit: Unit = Unit.DAYS
    first: date | None = None
    last: date | None = None

    def condition(self, column: str) -> Q:
        """What rows of this span satisfy; ``column`` holds an instant or nothing."""
        if self.op in (Op.EMPTY, Op.FILLED):
            return Q(**{f"{column}__isnull": self.op == Op.EMPTY})
        start, end = self.bounds()
        condition = Q()
        if start is not None:
            condition &= Q(**{f"{column}__gte": start})
        if end is not None:
            condition &= Q(**{f"{column}__lt": end})
        return condition

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """From an instant on, until an instant that is no longer in it; None is open."""
        now = clock.now().astimezone(clock.site_zone())
        if self.op == Op.LAST:
            return self._back(now), now + timedelta(minutes=1)
        if self.op == Op.OLDER:
            return None, self._back(now)
        first, last = self._days(now.date())
        return (
            _midnight(first) if first else None,
            _midnight(last + timedelta(days=1)) if last else None,
        )

    def _back(self, now: datetime) -> datetime:
        """This long ago, by the calendar of the site."""
        if self.unit == Unit.MONTHS:
            return datetime.combine(months_before(now.date(), self.count), now.timetz())
        days = self.count * 7 if self.unit == Unit.WEEKS else self.count
        return now - timedelta(days=days)

    def _days(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day, both included."""
        month = today.replace(day=1)
        one = timedelta(days=1)
        by_op: dict[Op, tuple[date | None, date | None]] = {
            Op.TODAY: (today, today),
            Op.YESTERDAY: (today - one, today - one),
            Op.WEEK: (today - timedelta(days=today.weekday()), today),
            Op.MONTH: (month, today),
            Op.LAST_MONTH: (months_before(month, 1), month - one),
            Op.YEAR: (today.replace(month=1, day=1), today),
            Op.ON: (self.first, self.first),
            Op.BEFORE: (None, self.first - one if self.first else None),
            Op.AFTER: (self.first + one if self.first else None, None),
            Op.BETWEEN: (self.first, self.last),
        }
        return by_op[self.op]

    def words(self) -> str:
        if self.op == Op.LAST:
            return _last_words(self.count, self.unit)
        if self.op == Op.OLDER:
            return _older_words(self.count, self.unit)
        if self.op == Op.ON:
            return _("on %(day)s") % {"day": formats.day(self.first)}
        if self.op == Op.BEFORE:
            return _("before %(day)s") % {"day": formats.day(self.first)}
        if self.op == Op.AFTER:
            return _("after %(day)s") % {"day": formats.day(self.first)}
        if self.op == Op.BETWEEN:
            return self._between_words()
        return str(self.op.label)

    def _between_words(self) -> str:
        if self.first is None:
            return _("up to %(end)s") % {"end": formats.day(self.last)}
        if self.last is None:
            return _("from %(start)s") % {"start": formats.day(self.first)}
        ends = {"start": formats.day(self.first), "end": formats.day(self.last)}
        return _("from %(start)s to %(end)s") % ends


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last one when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.site_zone())


def _last_words(count: int, unit: Unit) -> str:
    if unit == Unit.WEEKS:
        text = ngettext("in the last week", "in the last %(n)s weeks", count)
    elif unit == Unit.MONTHS:
        text = ngettext("in the last month", "in the last %(n)s months", count)
    else:
        text = ngettext("in the last day", "in the last %(n)s days", count)
    return text % {"n": formats.number(count)}


def _older_words(count: int, unit: Unit) -> str:
    if unit == Unit.WEEKS:
        text = ngettext("more than a week ago", "more than %(n)s weeks ago", count)
    elif unit == Unit.MONTHS:
        text = ngettext("more than a month ago", "more than %(n)s months ago", count)
    else:
        text = ngettext("more than a day ago", "more than %(n)s days ago", count)
    return text % {"n": formats.number(count)}
