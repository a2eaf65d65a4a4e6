"""The one clock: times are aware UTC, days are the site's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now().astimezone(UTC)


def site_zone() -> ZoneInfo:
    return ZoneInfo(settings.SITE_TIME_ZONE)


def span_of(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first instant of a day of the site to the last of another, the end excluded."""
    zone = site_zone()
    return (
        datetime.combine(first, time.min, tzinfo=zone),
        datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone),
    )


def today() -> date:
    """The site's calendar day."""
    return now().astimezone(site_zone()).date()
