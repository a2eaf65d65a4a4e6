"""Whatever is sent to whatever address by whomever: an answer, never a 500.

Each address is filled with things that exist, things that do not, and nonsense. Fields are read
off the page and sent back with odd values, in odd encodings, with odd headers.
"""

import re
from collections import deque
from collections.abc import Sequence
from http.cookies import SimpleCookie
from typing import Any, TypeVar
from zlib import crc32

from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from tests.architecture.world import World, routes

NAME = re.compile(r'<(?:input|select|textarea)\b[^>]*?\sname="([^"]+)"')
LONG = "ñ" * 1_000
ODD_TEXTS = (
    "", "\x00", "a\x00b", "'\"`;--", "-1", "0", "1e999", "NaN", "9" * 40, "9" * 5_000, "²",
    "2026-02-30", "0001-01-01", "9999-12-31", "{{ 7|x }}{% if %}", "%s%n%(x)s", "\ufffd",
    "\u202e\uffff", "[]", '{"a":', "null", "=1+1", LONG, "٣", "../../etc/passwd",
    "a@" + "b" * 300 + ".cl", "true", "\r\nBcc: x@y.cl",
)  # fmt: skip
CONTROLS = ("q", "view", "sort", "after", "before", "at", "columns", "density", "f", "count",
            "tabs", "page", "next", "query", "as", "kind", "hours", "day", "since", "until")  # fmt: skip
ODD_SLOTS = ("x", "%00", "a%00b", "%ff", "%F0%9F%98%80", "-1", "9" * 30, "None", "a" * 500, "..;")
ODD_HEADERS = (
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "index\x00", "HTTP_HX_CURRENT_URL": "http://[x"},
    {"HTTP_ACCEPT_LANGUAGE": "zz-\xff;q=x,,es", "HTTP_USER_AGENT": "\x00ÿ" * 400},
    {"HTTP_COOKIE": "clientela=\x00; clientela_staff=x; language=../..; theme=%00; density=\xff"},
    {"HTTP_REFERER": "http://[::1", "HTTP_X_FORWARDED_FOR": "a, 999.1.1.1, ::g"},
    {"HTTP_RANGE": "bytes=9-1", "HTTP_IF_MODIFIED_SINCE": "yesterday", "HTTP_IF_NONE_MATCH": "*"},
)
ODD_BODIES = (
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"a=%ff%00&b", "application/x-www-form-urlencoded; charset=utf-7"),
    (b'{"a": 1e400', "application/json"),
    (b'--x\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\n\xff\r\n--x--',
     "multipart/form-data; boundary=x"),
    (b"--y\r\nbroken", "multipart/form-data; boundary=y"),
    (b"x", "multipart/form-data"),
)  # fmt: skip
METHODS = ("head", "options", "put", "delete")
KNOCKING = ("marketing", "sales", "support", "analyst", "auditor", "customer", "stranger")
AREAS = ("customers", "imports", "targets", "campaigns", "messages", "unsubscriptions")


T = TypeVar("T")


class Sender:
    """Sends requests, each in a savepoint and with the first cookies, and remembers each 500."""

    def __init__(self, client: Client, world: World) -> None:
        self.client = client
        self.client.raise_request_exception = False
        self.world = world
        self.cookies = client.cookies.output(header="", sep=";")
        self.sent = 0
        self.failures: set[str] = set()

    def send(self, method: str, url: str, **sent: Any) -> tuple[int, str]:
        """The status, and the page that came: empty for anything but a page."""
        self.client.cookies = SimpleCookie(self.cookies)
        point = transaction.savepoint()
        answer: Any = getattr(self.client, method)(url, **sent)
        if answer.streaming:
            deque(answer.streaming_content, maxlen=0)
        transaction.savepoint_rollback(point)
        self.sent += 1
        if answer.status_code >= 500:
            self.failures.add(f"{method} {url[:150]} {_short(sent)}: {_cause(answer)}")
        if answer.streaming or answer.status_code != 200:
            return answer.status_code, ""
        return 200, answer.content.decode("utf-8", "replace")

    def addresses(self, route: str, pattern: URLPattern) -> list[str]:
        """The route with what exists, with what does not, and with nonsense in its slots."""
        if not pattern.pattern.converters:
            return ["/" + route]
        real = [self._filled(route, number, "x") for number in range(len(self.world.uuids))]
        odd = [self._filled(route, 0, odd) for odd in ODD_SLOTS]
        return list(dict.fromkeys("/" + one for one in real + odd))

    def _filled(self, route: str, number: int, text: str) -> str:
        w = self.world
        route = re.sub(r"<uuid:\w+>", str(w.uuids[number]), route, count=1)
        route = re.sub(r"<uuid:\w+>", str(w.uuids[1]), route)
        route = re.sub(r"<int:\w+>", str(w.numbers[number % len(w.numbers)]), route)
        return re.sub(r"<(?:\w+:)?\w+>", text, route)


def _cause(answer: Any) -> str:
    kind, error, _trace = answer.exc_info or (None, answer.status_code, None)
    return f"{kind.__name__ if kind else ''} {error}"[:300]


def _short(sent: dict[str, Any]) -> str:
    data = sent.get("data", sent)
    values = data.values() if isinstance(data, dict) else [data]
    return str(sorted({str(one)[:60] for one in values}))[:200]


def doors(start: str) -> list[tuple[str, URLPattern]]:
    """The addresses under ``start``; those that end the session apart."""
    return [
        one for one in routes(start) if "logout" not in one[0] and not one[0].startswith("mailbox/")
    ]


def of_area(area: str) -> list[tuple[str, URLPattern]]:
    starts = tuple(f"backoffice/{one}/" for one in AREAS)
    if area in AREAS:
        return doors(f"backoffice/{area}/")
    if area == "house":
        return [one for one in doors("backoffice/") if not one[0].startswith(starts)]
    return [one for one in doors("") if not one[0].startswith("backoffice/")]


def everything(sender: Sender, route: str, pattern: URLPattern) -> None:
    """All that there is, at one address; odd bodies only where a form is taken."""
    addresses = sender.addresses(route, pattern)
    gets = {url: sender.send("get", url) for url in addresses}
    live = next((url for url, (_status, page) in gets.items() if page), addresses[0])
    takes = _taking(sender, [live, *addresses])
    names = _names(gets[live][1])
    for odd in ODD_TEXTS:
        _filled_in(sender, live, takes, dict.fromkeys(names, odd))
    _filled_in(sender, live, "", {name: ["\x00", "9" * 20, "x"] for name in names})
    for headers in ODD_HEADERS:
        sender.send("get", live, **headers)
    for body, kind in ODD_BODIES if takes else ():
        sender.send("post", takes, data=body, content_type=kind)
    for method in METHODS:
        sender.send(method, live)


def a_part(sender: Sender, route: str, pattern: URLPattern) -> None:
    """A page, a wrong address and a filled form; of the rest one that depends on the route."""
    start = crc32(route.encode())
    addresses = sender.addresses(route, pattern)
    live, page = _first_page(sender, addresses)
    wrong = _one_of(addresses, start)
    sender.send("get", wrong)
    takes = _taking(sender, [live, wrong])
    names = _names(page)
    sent = {name: _one_of(ODD_TEXTS, start * 7 + place) for place, name in enumerate(names)}
    _filled_in(sender, live, takes, sent)
    if takes and start % 2:
        body, kind = _one_of(ODD_BODIES, start)
        sender.send("post", takes, data=body, content_type=kind)
    elif start % 3:
        sender.send("get", live, **_one_of(ODD_HEADERS, start))
    else:
        sender.send(_one_of(METHODS, start), live)


def a_knock(sender: Sender, who: str, route: str, pattern: URLPattern) -> None:
    """One request with one odd value: what and where to depends on who sends it and on the route."""
    number = crc32(f"{who} {route}".encode())
    url = _one_of(sender.addresses(route, pattern), number)
    sent = dict.fromkeys(CONTROLS, _one_of(ODD_TEXTS, number))
    sender.send(_one_of(("get", "post"), number >> 8), url, data=sent)


def _one_of(things: Sequence[T], number: int) -> T:
    return things[number % len(things)]


def _first_page(sender: Sender, addresses: list[str]) -> tuple[str, str]:
    """The first address that shows a page, and the page; else the first address."""
    for url in addresses:
        status, page = sender.send("get", url)
        if page:
            return url, page
        if status == 405:
            break
    return addresses[0], ""


def _taking(sender: Sender, addresses: list[str]) -> str:
    """The first address that takes a form, or ""; all of them get one."""
    posts = {url: sender.send("post", url)[0] for url in dict.fromkeys(addresses)}
    return next((url for url, status in posts.items() if status not in (404, 405)), "")


def _names(page: str) -> list[str]:
    return list(dict.fromkeys([*CONTROLS, *NAME.findall(page)]))


def _filled_in(sender: Sender, live: str, takes: str, sent: dict[str, Any]) -> None:
    sender.send("get", live, data=sent)
    if takes:
        sender.send("post", takes, data=sent)
