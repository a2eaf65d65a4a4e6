"""Instants as people and programs write them."""

from datetime import datetime

from config.kit import clock


def moment_from(text: str) -> datetime | None:
    """An ISO instant, in the site's zone where it names none; None for what is no instant."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found if found.tzinfo else found.replace(tzinfo=clock.site_zone())
    except ValueError:
        return None
