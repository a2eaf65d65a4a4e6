"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

THEMES = {"light", "dark"}


def site(request: HttpRequest) -> dict[str, Any]:
    """``site_name``, ``site_url``, ``theme`` (``light``, ``dark`` or empty: as the system),
    ``environment`` (empty in production), ``has_letter_keys`` (single letters act as keys).
    """
    labels = {"development": _("Development"), "test": _("Test")}
    theme = request.COOKIES.get("theme", "")
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "theme": theme if theme in THEMES else "",
        "environment": labels.get(settings.ENVIRONMENT, ""),
        "has_letter_keys": request.COOKIES.get("letter_keys") != "off",
    }
