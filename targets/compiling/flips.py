"""When time alone can flip a truth: the instants at which an edge passes a person's moments. Pure.

1. Days of the site are walked one by one; a day before which nothing can happen is leapt over.
2. At a day's beginning an edge can jump (months end, the clocks change), forwards or back.
3. Within a day it moves as time does, unless clocks change on one of its two sides: then quarters
   of an hour are looked at one by one.

More instants may be told than flip a truth, never fewer: between two of them nothing changes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from targets.compiling.edges import Edge, Span
from targets.compiling.instant import AFTER_ALL, BEFORE_ALL, Instant, as_instant

TICK = timedelta(microseconds=1)
CELL = timedelta(minutes=15)
# Ends of months and changes of clocks move an edge back by less than this.
SLACK = timedelta(days=5)
ROUND = timedelta(days=400)
LAST_DAY = date(9990, 1, 1)
NOWHERE = (BEFORE_ALL, AFTER_ALL)


def crossings(edge: Edge, moments: Sequence[Any], start: Instant) -> set[datetime]:
    """After ``start``: the instants at which the edge comes to one of the moments, or leaves it."""
    if edge.find is None:
        raise ValueError("an edge that comes round has turns, not crossings")
    walk = Walk(place_finder(edge.find, edge.cast, start.zone), sorted(set(moments)), start)
    return {at for at in walk.run() if at > start.at}


def turnings(edge: Edge, moments: Sequence[Any], start: Instant, until: datetime) -> set[datetime]:
    """The same for an edge that comes round: beginnings of days up to ``until``."""
    found: set[datetime] = set()
    before = start
    while before.at < until and edge.turns:
        day = before.today + timedelta(days=1)
        after = Instant(datetime.fromisoformat(before.day_start(day)), start.zone)
        if any(_covers(span, moments) for span in edge.turns(before, after)):
            found.add(after.at)
        before = after
    return found


def _covers(span: Span, moments: Sequence[Any]) -> bool:
    low, high = min(span), max(span)
    return any(low <= one <= high for one in moments)


Place = Callable[[datetime], Any]


def place_finder(find: Callable[[Instant], Any], cast: str, zone: str) -> Place:
    """The edge's place as a value that compares with moments: texts for days, else instants."""

    @cache
    def place(at: datetime) -> Any:
        found = find(Instant(at, zone))
        is_day = cast != "timestamptz" or found in NOWHERE
        return found if is_day else datetime.fromisoformat(found)

    return place


class Walk:
    """``moments`` are sorted, of the kind that ``place`` answers."""

    def __init__(self, place: Place, moments: Sequence[Any], start: Instant) -> None:
        self.place = place
        self.moments = moments
        self.zone = ZoneInfo(start.zone)
        self.start = start

    def run(self) -> Iterator[datetime]:
        day = self.start.today
        last: Any = None
        while day < LAST_DAY:
            begins, ends = self._begin(day), self._begin(day + timedelta(days=1))
            first = self.place(begins)
            if first in NOWHERE:
                return
            if last is not None and self._between(last, first):
                yield begins
            yield from self._within(begins, ends)
            last = self.place(ends - TICK)
            if last in NOWHERE:
                return
            step = self._step(last)
            if step is None:
                return
            day += step
            if step > timedelta(days=1):
                last = None

    def _begin(self, day: date) -> datetime:
        return as_instant(datetime.combine(day, time()), self.zone)

    def _between(self, one: Any, other: Any) -> list[Any]:
        """The moments from one place to the other, both included."""
        low, high = (one, other) if one <= other else (other, one)
        return list(self.moments[bisect_left(self.moments, low) : bisect_right(self.moments, high)])

    def _within(self, begins: datetime, ends: datetime) -> Iterator[datetime]:
        first, last = self.place(begins), self.place(ends - TICK)
        if not isinstance(first, datetime):
            return
        if self._is_even(begins, ends):
            for moment in self._between(first, last):
                yield begins + (moment - first)
                yield begins + (moment - first) + TICK
        elif self._between(first - SLACK, last + SLACK):
            yield from self._by_cells(begins, ends)

    def _is_even(self, begins: datetime, ends: datetime) -> bool:
        """Neither side's clocks change in this day: the edge moves as time does."""
        end = ends - TICK
        is_moving_evenly = self.place(end) - self.place(begins) == end - begins
        offsets = {one.astimezone(self.zone).utcoffset() for one in (begins, end)}
        return is_moving_evenly and len(offsets) == 1

    def _by_cells(self, begins: datetime, ends: datetime) -> Iterator[datetime]:
        at = begins
        while at < ends:
            first, last = self.place(at), self.place(min(at + CELL, ends) - TICK)
            for moment in self._between(first, last):
                yield at + (moment - first)
                yield at + (moment - first) + TICK
            at = min(at + CELL, ends)
            if at < ends and self._between(last, self.place(at)):
                yield at

    def _step(self, last: Any) -> timedelta | None:
        """To the next day on which something can happen; None: nothing is ahead any more."""
        behind = bisect_left(self.moments, moved_by(last, -SLACK))
        if behind == len(self.moments):
            return None
        ahead = _distance(last, self.moments[behind])
        return max(timedelta(days=1), timedelta(days=(ahead - SLACK).days))


def moved_by(place: Any, by: timedelta) -> Any:
    """A place moved; what cannot be moved stays."""
    try:
        if isinstance(place, datetime):
            return place + by
        return (date.fromisoformat(place) + by).isoformat()
    except (OverflowError, ValueError):
        return place


def _distance(place: Any, moment: Any) -> timedelta:
    """From a place to a moment; nothing where either is no day."""
    try:
        if isinstance(place, datetime):
            return moment - place if isinstance(moment, datetime) else timedelta()
        return date.fromisoformat(moment) - date.fromisoformat(place)
    except (OverflowError, ValueError):
        return timedelta()
