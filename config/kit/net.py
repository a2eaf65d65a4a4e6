"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """The visitor's address; the last hop of X-Forwarded-For only behind our own proxy."""
    candidate = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        candidate = request.META.get("HTTP_X_FORWARDED_FOR", candidate).split(",")[-1].strip()
    try:
        return str(ip_address(candidate))
    except ValueError:
        return None
