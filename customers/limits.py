"""How often one may try: per account and per place, counted before the work is done."""

from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import ratelimit
from config.kit.errors import DomainError
from config.kit.net import client_ip
from customers.identity import email_key, fold

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_PLACE = 100
LINKS = "password-link"


def account_key(address: str) -> str:
    """One budget for all spellings of an address: case, accents and width do not make a new one."""
    return fold(email_key(address))


def refuse_too_many(scope: str, subject: str, request: HttpRequest) -> None:
    """Count an attempt.

    :raises DomainError: ``too_many``, whether the account exists or not.
    """
    by_account = ratelimit.allow(f"{scope}-account", subject, limit=PER_ACCOUNT, per=WINDOW)
    if not (_allowed_from_here(scope, request) and by_account):
        raise _too_many()


def refuse_too_many_from_here(scope: str, request: HttpRequest) -> None:
    """Count an attempt that names no account.

    :raises DomainError: ``too_many``.
    """
    if not _allowed_from_here(scope, request):
        raise _too_many()


def are_links_spent(address: str) -> bool:
    """Whether links that set a password were asked for too often."""
    key = account_key(address)
    return ratelimit.is_spent(f"{LINKS}-account", key, limit=PER_ACCOUNT, per=WINDOW)


def links_give_back(address: str) -> bool:
    """Let this address ask for links again; False when it asked for none."""
    return ratelimit.clear(f"{LINKS}-account", account_key(address))


def place_of(request: HttpRequest) -> str:
    """The address of the visitor; of an IPv6 address the network of its line."""
    ip = client_ip(request)
    if ip is None:
        return "unknown"
    if ip_address(ip).version == 4:
        return ip
    return str(ip_network(f"{ip}/64", strict=False))


def _allowed_from_here(scope: str, request: HttpRequest) -> bool:
    return ratelimit.allow(f"{scope}-place", place_of(request), limit=PER_PLACE, per=WINDOW)


def _too_many() -> DomainError:
    return DomainError("too_many", _("Too many attempts. Wait 15 minutes and try again."))
