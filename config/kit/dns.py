"""Whether a domain takes mail, as its name servers say: asked with a short limit, kept a while."""

import hashlib
from typing import Final, Literal

import dns.exception
import dns.resolver
from django.conf import settings
from django.core.cache import cache

Answer = Literal["yes", "no", "unknown"]
LIMIT_SECONDS: Final = 1.5
KEPT: Final[dict[str, int]] = {"yes": 3600, "no": 600, "unknown": 60}


def takes_mail(domain: str) -> Answer:
    """``no`` only when the domain does not exist or says so; silence is ``unknown``."""
    key = f"dns-mail:{hashlib.sha256(domain.encode()).hexdigest()}"
    held: Answer | None = cache.get(key)
    if held is None:
        held = _ask(domain)
        cache.set(key, held, KEPT[held])
    return held


def _ask(domain: str) -> Answer:
    try:
        found = _resolver().resolve(domain, "MX", lifetime=LIMIT_SECONDS)
    except dns.resolver.NXDOMAIN:
        return "no"
    except dns.resolver.NoAnswer:
        return _has_address(domain)
    except (dns.exception.DNSException, ValueError, OSError):
        return "unknown"
    # A single "." says that no mail is taken (RFC 7505).
    return "no" if [str(one.exchange) for one in found] == ["."] else "yes"


def _has_address(domain: str) -> Answer:
    """Without MX, mail goes to the domain's own address (RFC 5321)."""
    for kind in ("A", "AAAA"):
        try:
            _resolver().resolve(domain, kind, lifetime=LIMIT_SECONDS)
        except dns.resolver.NoAnswer:
            continue
        except (dns.exception.DNSException, ValueError, OSError):
            return "unknown"
        return "yes"
    return "no"


def _resolver() -> dns.resolver.Resolver:
    """The machine's own, or the name servers (``address:port``) that the setting names."""
    if not settings.DNS_SERVERS:
        return dns.resolver.Resolver()
    made = dns.resolver.Resolver(configure=False)
    made.nameservers = [_server(one) for one in settings.DNS_SERVERS]
    return made


def _server(text: str) -> dns.nameserver.Nameserver:
    host, _colon, port = text.rpartition(":")
    return dns.nameserver.Do53Nameserver(host or text, int(port) if host else 53)
