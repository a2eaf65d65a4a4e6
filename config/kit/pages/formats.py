"""Numbers and times as people read them: 1.234.567 · 2,3 % · 23-11-2026 14:05 · hace 14 min."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from config.kit import clock

NO_BREAK = "\xa0"
MINUTE, HOUR, DAY = 60, 3600, 86400
Number = int | float | Decimal


def _spanish() -> bool:
    return (get_language() or "").startswith("es")


def _localise(text: str) -> str:
    return text.translate(str.maketrans(",.", ".,")) if _spanish() else text


def number(value: Number | None, digits: int = 0) -> str:
    """``1.234.567`` in Spanish, ``1,234,567`` in English; a dash for None."""
    if value is None:
        return "–"
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return _localise(f"{exact:,f}").replace("-", "−")


def signed(value: Number) -> str:
    """``+312`` or ``−48``."""
    return f"+{number(value)}" if value > 0 else number(value)


def percent(ratio: Number | None, digits: int = 1) -> str:
    """A ratio (0.023) as ``2,3 %``."""
    if ratio is None:
        return "–"
    text = number(Decimal(str(ratio)) * 100, digits)
    return f"{text}{NO_BREAK}%" if _spanish() else f"{text}%"


def size(count: int) -> str:
    """Bytes as ``42 kB``."""
    units = ("B", "kB", "MB", "GB")
    value, step = float(count), 0
    while value >= 1000 and step < len(units) - 1:
        value, step = value / 1000, step + 1
    return f"{number(value, 1 if step > 0 and value < 10 else 0)}{NO_BREAK}{units[step]}"


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def moment(value: datetime | None) -> str:
    """``23-11-2026 14:05`` in the site's zone."""
    if value is None:
        return "–"
    local = _local(value)
    return f"{_day(local.date(), get_language())} {local:%H:%M}"


def day(value: date | datetime | None) -> str:
    if value is None:
        return "–"
    of_day = _local(value).date() if isinstance(value, datetime) else value
    return _day(of_day, get_language())


@lru_cache(maxsize=8192)
def _day(value: date, _language: str | None) -> str:
    """Kept, because a list writes hundreds of days of the same few years."""
    return date_format(value, "SHORT_DATE_FORMAT")


def weekday(value: date) -> str:
    """``lun 23-11`` or ``Mon 23 Nov``, for the axis of a chart."""
    return date_format(value, "D d-m").lower() if _spanish() else date_format(value, "D j M")


def hour(value: datetime | None) -> str:
    return _local(value).strftime("%H:%M") if value else "–"


def span(length: float) -> str:
    """A length of time in its largest unit, such as ``14 min``."""
    seconds = int(length)
    if seconds < MINUTE:
        return _("%(n)s s") % {"n": seconds}
    if seconds < HOUR:
        return _("%(n)s min") % {"n": seconds // MINUTE}
    if seconds < DAY:
        return _("%(n)s h") % {"n": seconds // HOUR}
    days = seconds // DAY
    if days < 60:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if days < 730:
        return ngettext("%(n)s month", "%(n)s months", days // 30) % {"n": days // 30}
    return ngettext("%(n)s year", "%(n)s years", days // 365) % {"n": days // 365}


def ago(value: datetime | None) -> str:
    """``hace 14 min``, ``ayer``, ``en 3 h``; empty for None. Days are counted by the calendar."""
    if value is None:
        return ""
    seconds = int((clock.now() - value).total_seconds())
    if seconds < 0:
        return _("in %(span)s") % {"span": span(-seconds)}
    nights = (clock.today() - _local(value).date()).days
    if seconds >= 6 * HOUR and nights == 1:
        return _("yesterday")
    return _("%(span)s ago") % {"span": span(max(seconds, nights * DAY) if nights > 1 else seconds)}


def near_day(value: datetime | None) -> str:
    """``hoy 13:57``, ``ayer 19:20`` or the day alone, for facts in a header."""
    if value is None:
        return "–"
    gap = (clock.today() - _local(value).date()).days
    if gap == 0:
        return _("today %(time)s") % {"time": hour(value)}
    if gap == 1:
        return _("yesterday %(time)s") % {"time": hour(value)}
    return day(value)


def long_day(value: date) -> str:
    """``Hoy, lunes 23-11-2026``, for the heads of a timeline."""
    weekday = date_format(value, "l").lower() if _spanish() else date_format(value, "l")
    gap = (clock.today() - value).days
    if gap == 0:
        return _("Today, %(weekday)s %(day)s") % {"weekday": weekday, "day": day(value)}
    if gap == 1:
        return _("Yesterday, %(weekday)s %(day)s") % {"weekday": weekday, "day": day(value)}
    return _("%(weekday)s %(day)s") % {"weekday": weekday.capitalize(), "day": day(value)}


def time_left(seconds: float) -> str:
    """``queda 1 min``: how long running work still takes."""
    return _("%(span)s left") % {"span": span(max(1.0, seconds))}
