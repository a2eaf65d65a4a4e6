"""The one helper for outgoing HTTP: timeouts, no redirects, no private addresses, pinned IP."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

TIMEOUT = (5.0, 10.0)
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


def public_address(host: str, port: int) -> str:
    """One address of the host, if all of them are public.

    :raises RequestRefused: the name does not resolve, or to a private, local or special address.
    """
    try:
        found = {
            str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        }
    except OSError:
        raise RequestRefused(f"{host} cannot be found.") from None
    for address in found:
        ip = ipaddress.ip_address(address.split("%")[0])
        mapped = getattr(ip, "ipv4_mapped", None) or ip
        if not mapped.is_global or mapped.is_multicast:
            raise RequestRefused(f"{host} is not a public address.")
    return sorted(found)[0]


def request(
    method: str,
    url: str,
    *,
    data: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Call an https address of the outside world.

    :raises RequestRefused: the URL is not https or not public.
    :raises RequestFailed: no proper answer within the limits.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise RequestRefused("Only https addresses without a user name are called.")
    address = public_address(parts.hostname, parts.port or 443)
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", _PinnedAdapter(parts.hostname, address))
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
            body = answer.raw.read(MAX_BYTES + 1, decode_content=True)
        except requests.RequestException as problem:
            raise RequestFailed(type(problem).__name__, final=False) from problem
    if len(body) > MAX_BYTES:
        raise RequestFailed("The answer is too large.", final=True)
    return Answer(status=answer.status_code, headers=dict(answer.headers), body=body)
