"""``bench pages``: the lists of the back office at their size, beside a page without a query.

Each page goes through Django's handler with all middleware, as a member of staff sees it.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.forms import BoundField
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from config.kit import benching, clock
from config.kit.benching import MeasuredList
from config.kit.benchmarks import bare_urls
from config.kit.management.commands.seed import seed
from config.kit.pages import IndexPage
from config.kit.pages.filtering.chips import url_names
from config.kit.pages.filtering.fields import PartsWidget, WhenField
from config.kit.pages.keyset import KEY, Cursor, Keyset, cursor_write
from customers.models import Activity, Customer, User
from customers.selectors.timeline import TimelineFilter, cursor_after, timeline_of
from customers.services.activity import ActivityRow, activity_record_many
from customers.sessions import BACKOFFICE, SessionStore

ROUNDS: Final = 12
FEW_ROUNDS: Final = 1
WORTH_MEASURING: Final = 10_000
PATIENCE_SECONDS: Final = 8.0
MOST_CHOICES: Final = 6
MANY_ACTIVITIES: Final = 10_000
Page = tuple[str, str]


def bench_pages(size: int) -> dict[str, Any]:
    """Milliseconds and queries of every page of every list, and of the record of a busy person."""
    people = Customer.objects.live().count()
    if people < size:
        seed(customers=size - people, months=12)
    for one in benching.lists.values():
        if one.prepare:
            import_string(one.prepare)(size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rounds = ROUNDS if size >= WORTH_MEASURING else FEW_ROUNDS
    with staff() as user, Reader(user, rounds) as reader:
        reader.read("bare", bare_urls.BARE)
        for key, one in benching.lists.items():
            for name, path in pages_of(one, user):
                reader.read(f"{key}_{name}", path)
        for name, path in other_pages():
            reader.read(name, path)
        return {"customers": max(size, people), **reader.figures()}


@contextmanager
def staff() -> Iterator[User]:
    """An owner for the time of the measurement."""
    email = f"bench.{time.time_ns()}@staff.example"
    user = User.objects.create(email=email, name="Bench", is_staff=True)
    user.groups.add(Group.objects.get(name="owner"))
    try:
        yield user
    finally:
        user.delete()


def _p95(values: list[float]) -> float:
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


@dataclass
class Sample:
    """What was measured of one page: the whole, the part in Python, the part in the database."""

    milliseconds: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    queries: int = 0

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        return _p95(self.milliseconds)


class Reader(BaseHandler):
    """Asks for pages in this process, and keeps what they took."""

    def __init__(self, user: User, rounds: int) -> None:
        super().__init__()
        self.load_middleware()
        self.user = user
        self.rounds = rounds
        self.samples: dict[str, Sample] = {}
        self._queries, self._waited = 0, 0.0

    def __enter__(self) -> "Reader":
        session = SessionStore(scope=BACKOFFICE)
        session["_auth_user_id"] = str(self.user.pk)
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session["_auth_user_hash"] = self.user.get_session_auth_hash()
        session["staff_verified"] = True
        session.save()
        self.session = session
        return self

    def __exit__(self, *_problem: object) -> None:
        self.session.delete()

    @cached_property
    def factory(self) -> RequestFactory:
        made = RequestFactory(SERVER_NAME=settings.ALLOWED_HOSTS[0])
        made.cookies[settings.STAFF_SESSION_COOKIE_NAME] = self.session.session_key or ""
        return made

    def read(self, name: str, path: str) -> None:
        """The first of several rounds warms up; a slow page gets fewer of them."""
        sample = self.samples[name] = Sample()
        began = time.perf_counter()
        for _round in range(self.rounds):
            self._once(name, path, sample)
            if len(sample.milliseconds) > 3 and time.perf_counter() - began > PATIENCE_SECONDS:
                break
        if len(sample.milliseconds) > 1:
            for measured in (sample.milliseconds, sample.python, sample.database):
                del measured[0]

    def _once(self, name: str, path: str, sample: Sample) -> None:
        request = self.factory.get(path)
        request.urlconf = bare_urls.__name__
        self._queries, self._waited = 0, 0.0
        began, busy = time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(self._count):
            answer = self.get_response(request)
        sample.milliseconds.append((time.perf_counter() - began) * 1000)
        sample.python.append((time.thread_time() - busy) * 1000)
        sample.database.append(self._waited * 1000)
        sample.queries = self._queries
        if answer.status_code != 200:
            raise RuntimeError(f"{name}: {path} answered {answer.status_code}")

    def _count(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self._queries += 1
            self._waited += time.perf_counter() - began

    def figures(self) -> dict[str, Any]:
        bare = self.samples.pop("bare")
        figures: dict[str, Any] = {}
        for name, sample in self.samples.items():
            figures[f"{name}_p50_ms"] = round(sample.p50, 1)
            figures[f"{name}_p95_ms"] = round(sample.p95, 1)
            figures[f"{name}_python_ms"] = round(statistics.median(sample.python), 1)
            figures[f"{name}_database_ms"] = round(statistics.median(sample.database), 1)
            figures[f"{name}_queries"] = sample.queries
        every = [took for one in self.samples.values() for took in one.milliseconds]
        worst = max(self.samples, key=lambda name: self.samples[name].p95)
        middle = statistics.median(every)
        return {
            "pages": len(self.samples),
            "p50_ms": round(middle, 1),
            "p50_ms_yardstick": round(bare.p50, 1),
            "p95_ms": round(_p95(every), 1),
            "p95_ms_yardstick": round(bare.p95, 1),
            "ratio": round(middle / bare.p50, 2),
            "over_150_ms_pages": sum(one.p95 > 150 for one in self.samples.values()),
            "slowest_page": worst,
            "slowest_p95_ms": round(self.samples[worst].p95, 1),
            **figures,
        }


def pages_of(one: MeasuredList, user: User) -> Iterator[Page]:
    """First, middle and last page in each order; each search; each value of each filter."""
    path = reverse(one.url_name)
    index = import_string(one.index)(params=QueryDict(), user=user)
    for sort in index.sorts:
        for order in (sort.of(True), sort.of(False)):
            name = f"by_{sort.key}_{'down' if order.descending else 'up'}"
            asked = {"sort": order.token}
            yield f"{name}_first", _url(path, asked)
            middle = _middle(type(index)(params=_query(asked), user=user))
            if middle:
                yield f"{name}_middle", _url(path, {**asked, "after": middle})
                yield f"{name}_last", _url(path, {**asked, "at": "last"})
    for name, text in one.searches.items():
        yield f"search_{name}", _url(path, {"q": text})
        yield f"search_{name}_last", _url(path, {"q": text, "at": "last"})
    for name, asked in _filters(index, one):
        yield f"filter_{name}", _url(path, {**asked, "f": "1"})


def _url(path: str, asked: dict[str, str]) -> str:
    return f"{path}?{urlencode(asked)}"


def _query(asked: dict[str, str]) -> QueryDict:
    return QueryDict(urlencode(asked))


def _middle(index: IndexPage[Any]) -> str:
    """The cursor half-way; empty when all fits on a page."""
    count = index.exact_count()
    if count <= index.page_size * 3:
        return ""
    keyset = Keyset(index.filtered, index.order, size=1)
    rows = keyset.rows.filter(**{f"{KEY}__isnull": False}).order_by(KEY, "pk")
    row = rows[rows.count() // 2]
    return cursor_write(Cursor(getattr(row, KEY), row.pk), scope=index.cursor_scope)


def _filters(index: IndexPage[Any], one: MeasuredList) -> Iterator[tuple[str, dict[str, str]]]:
    if index.bound_filterset is None:
        return
    for bound in index.bound_filterset.form:
        is_parted = isinstance(bound.field.widget, PartsWidget)
        key = bound.html_name if is_parted else url_names(bound)[0]
        if isinstance(bound.field, WhenField) and bound.name not in one.values:
            yield f"{key}_last_month", {key: "last", f"{key}_n": "30"}
            yield f"{key}_older", {key: "older", f"{key}_n": "90"}
            continue
        for number, value in enumerate(_values(bound, one)):
            label = "".join(sign if sign.isalnum() else "_" for sign in value.lower())
            yield f"{key}_{label or number}", {key: value}


def _values(bound: BoundField, one: MeasuredList) -> list[str]:
    """Those given by hand; some choices, from both ends of a long list; else the last month."""
    if bound.name in one.values:
        return list(one.values[bound.name])
    choices = getattr(bound.field, "choices", None)
    if choices is None:
        return [f"{clock.now() - timedelta(days=30):%Y-%m-%d}"]
    keys = [str(key) for key, _label in choices if str(key)]
    if len(keys) > MOST_CHOICES:
        keys = keys[: MOST_CHOICES // 2] + keys[-MOST_CHOICES // 2 :]
    return keys


def other_pages() -> Iterator[Page]:
    """The home page, the global search, and records: of a new person, and of the one with the
    longest past, whose timeline is read from its start, its middle and its end.
    """
    yield "home", reverse("kit:home")
    yield "global_search", _url(reverse("kit:search"), {"q": "ximena gonz"})
    quiet = Customer.objects.live().order_by("login_count", "id")[0]
    yield "record_quiet", reverse("customers:record", args=[quiet.public_id])
    busy = _busy_person()
    url = reverse("customers:record", args=[busy.public_id])
    yield "record", url
    yield "record_visits", _url(url, {"kind": "visits"})
    yield "record_further", _url(url, {"after": timeline_of(busy, TimelineFilter()).cursor})
    rows = Activity.objects.filter(customer_id=busy.pk).order_by("-occurred_at", "-id")
    for name, place in (("middle", rows.count() // 2), ("last", rows.count() - 10)):
        yield f"record_{name}", _url(url, {"after": cursor_after(rows[place])})


def _busy_person() -> Customer:
    person = Customer.objects.live().order_by("-login_count", "-id")[0]
    missing = MANY_ACTIVITIES - Activity.objects.filter(customer_id=person.pk).count()
    now = clock.now()
    activity_record_many(
        rows=[
            ActivityRow(customer_id=person.pk, kind="page_view", at=now - timedelta(minutes=40 * n))
            for n in range(missing)
        ]
    )
    return person
