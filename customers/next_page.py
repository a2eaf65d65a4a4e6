"""Where to go after a log-in: only ever to a page of ours, in the part that was entered."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 2000


def next_page(request: HttpRequest, *, within: str, default: str) -> str:
    """The path in ``next`` if it lies within ``within``, else ``default``."""
    return safe_page(
        request.POST.get("next") or request.GET.get("next", ""), within=within, default=default
    )


def safe_page(target: str, *, within: str, default: str) -> str:
    """``target`` if it is a plain path below ``within``: no host, no scheme, no way out."""
    is_ours = (
        len(target) <= LONGEST
        and target.startswith(within)
        and ".." not in target
        and target.isprintable()
        and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    )
    return target if is_ours else default
