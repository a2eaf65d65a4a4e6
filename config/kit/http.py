"""The one helper for outgoing HTTP: timeouts, no redirects, no private addresses, pinned IP."""

import ipaddress
import socket
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, urlsplit

import requests
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

TIMEOUT = (5.0, 10.0)
LONGEST = 20.0
MAX_BYTES = 5 * 1024 * 1024


class RequestRefused(Exception):
    """The address is not one that we may call."""


class RequestFailed(Exception):
    """The other side did not answer properly; ``final`` says that trying again is no use."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class _PinnedAdapter(HTTPAdapter):
    """Connects to the address that was checked, with the name for TLS and Host."""

    def __init__(self, host: str, address: str) -> None:
        self._host, self._address = host, address
        super().__init__()

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):  # type: ignore[no-untyped-def]
        pool_params, tls = self.build_connection_pool_key_attributes(request, verify, cert)
        pool_params["host"] = self._address
        if pool_params["scheme"] == "https":
            tls.update(server_hostname=self._host, assert_hostname=self._host)
        return self.poolmanager.connection_from_host(**pool_params, pool_kwargs=tls)


def public_address(host: str, port: int, *, allow_local: bool = False) -> str:
    """One address of the host, if all of them are public; with ``allow_local`` this machine too.

    :raises RequestRefused: the name does not resolve, or to a private, local or special address.
    """
    try:
        found = {
            str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        }
    except (OSError, UnicodeError):
        raise RequestRefused(_("%(host)s cannot be found.") % {"host": host}) from None
    for address in found:
        ip = ipaddress.ip_address(address.split("%")[0])
        mapped = getattr(ip, "ipv4_mapped", None) or ip
        if allow_local and mapped.is_loopback:
            continue
        if not mapped.is_global or mapped.is_multicast:
            raise RequestRefused(_("%(host)s is not a public address.") % {"host": host})
    return sorted(found)[0]


def _read(raw: BaseHTTPResponse) -> bytes:
    """The body up to one byte more than is allowed; who drips it is cut off.

    :raises RequestFailed: it takes too long.
    """
    body, end = b"", monotonic() + LONGEST
    while len(body) <= MAX_BYTES:
        block = raw.read1(MAX_BYTES + 1 - len(body), decode_content=True)
        if not block:
            break
        body += block
        if monotonic() > end:
            raise RequestFailed(_("The answer takes too long."), final=False)
    return body


def _port(parts: SplitResult) -> int:
    """:raises RequestRefused: it is no port."""
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise RequestRefused(_("This port does not exist.")) from None


def _why(problem: Exception) -> str:
    """Why no answer came, in words where there are any: staff read it beside the try."""
    if isinstance(problem, requests.Timeout):
        return _("It did not answer in time.")
    if isinstance(problem, requests.exceptions.SSLError):
        return _("Its certificate does not hold.")
    if isinstance(problem, requests.ConnectionError):
        return _("No connection could be made.")
    return type(problem).__name__


def request(
    method: str,
    url: str,
    *,
    data: bytes | None = None,
    headers: dict[str, str] | None = None,
    allow_local: bool = False,
) -> Answer:
    """Call an https address of the outside world; with ``allow_local`` also this machine, by http.

    :raises RequestRefused: the URL is not https or not public.
    :raises RequestFailed: no proper answer within the limits.
    """
    parts = urlsplit(url)
    schemes = {"https", "http"} if allow_local else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.username:
        raise RequestRefused(_("Only https addresses without a user name are called."))
    port = _port(parts)
    address = public_address(parts.hostname, port, allow_local=allow_local)
    with requests.Session() as session:
        session.trust_env = False
        session.mount(f"{parts.scheme}://", _PinnedAdapter(parts.hostname, address))
        try:
            answer = session.request(
                method,
                url,
                data=data,
                headers={"Host": parts.netloc, **(headers or {})},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
            body = _read(answer.raw)
        except (requests.RequestException, HTTPError) as problem:
            raise RequestFailed(_why(problem), final=False) from problem
    if len(body) > MAX_BYTES:
        raise RequestFailed(_("The answer is too large."), final=True)
    return Answer(status=answer.status_code, headers=dict(answer.headers), body=body)
