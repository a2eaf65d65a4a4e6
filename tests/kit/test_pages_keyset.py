"""Walking a list by its sort key: every row once, both ways, whatever is null or equal."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Lower
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from config.kit.models import Job
from config.kit.pages.keyset import (
    Cursor,
    Keyset,
    Order,
    Sort,
    cursor_read,
    cursor_write,
    is_nullable,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
TITLE = Sort("title", "Title", "title")
FOLDED = Sort("folded", "Folded", Lower("title"))
STARTED = Sort("started", "Started", "started_at")
TOTAL = Sort("total", "Total", "total")

rows_of_jobs = st.lists(
    st.tuples(
        st.sampled_from(["a", "A", "b", "ñ", "Zz", ""]),
        st.one_of(st.none(), st.integers(0, 3)),
        st.one_of(st.none(), st.integers(-2, 2)),
    ),
    max_size=14,
)


def make_jobs(rows: Iterable[tuple[str, int | None, int | None]]) -> None:
    Job.objects.bulk_create(
        Job(
            kind="test",
            title=title,
            started_at=None if days is None else START + timedelta(days=days, microseconds=7),
            total=total,
        )
        for title, days, total in rows
    )


def walk(order: Order, size: int, *, forward: bool) -> list[int]:
    """All ids in the order of the list, page by page from one end to the other."""
    keyset = Keyset(Job.objects.filter(kind="test"), order, size=size)
    page = keyset.first() if forward else keyset.last()
    found: list[int] = []
    while True:
        ids = [job.pk for job in page.rows]
        found = found + ids if forward else ids + found
        edge = page.last if forward else page.first
        if not (page.has_next if forward else page.has_previous) or edge is None:
            return found
        page = keyset.after(edge) if forward else keyset.before(edge)


def expected(order: Order) -> list[int]:
    """The same order, made by Python: values first, rows without one last."""

    def value_of(job: Job) -> Any:
        value = getattr(
            job, {"folded": "title", "started": "started_at"}.get(order.sort.key, order.sort.key)
        )
        return value.lower() if order.sort.key == "folded" else value

    jobs = list(Job.objects.filter(kind="test"))
    filled = [job for job in jobs if value_of(job) is not None]
    empty = [job for job in jobs if value_of(job) is None]
    filled.sort(key=lambda job: (value_of(job), job.pk), reverse=order.descending)
    empty.sort(key=lambda job: job.pk, reverse=order.descending)
    return [job.pk for job in filled + empty]


def edge(cursor: Cursor | None) -> Cursor:
    assert cursor is not None
    return cursor


@pytest.mark.slow
class EveryRowOnce(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(
        rows=rows_of_jobs,
        size=st.integers(1, 5),
        sort=st.sampled_from([TITLE, FOLDED, STARTED, TOTAL]),
        descending=st.booleans(),
        forward=st.booleans(),
    )
    def test_walking_meets_every_row_once_and_in_order(self, rows, size, sort, descending, forward):
        Job.objects.all().delete()
        make_jobs(rows)
        order = sort.of(descending)
        found = walk(order, size, forward=forward)
        if forward or len(rows) % size == 0:
            assert found == expected(order)
        else:
            # The walk back ends on a full first page, which shares rows with the page before it.
            assert list(dict.fromkeys(found)) == expected(order)


@pytest.fixture
def nine_jobs(db: None) -> list[int]:
    make_jobs([("b", 1, None), ("a", None, 1), ("a", 2, 2)] * 3)
    return expected(STARTED.of(True))


def test_a_full_page_before_the_cursor_is_that_page(nine_jobs: list[int]):
    keyset = Keyset(Job.objects.all(), STARTED.of(True), size=2)
    second = keyset.after(edge(keyset.first().last))
    third = keyset.after(edge(second.last))
    assert [job.pk for job in keyset.before(edge(third.first)).rows] == nine_jobs[2:4]


def test_the_last_page_takes_no_more_queries_than_the_first(nine_jobs: list[int]):
    keyset = Keyset(Job.objects.all(), TITLE.of(False), size=4)
    with CaptureQueriesContext(connection) as first:
        keyset.first()
    with CaptureQueriesContext(connection) as last:
        keyset.last()
    assert (len(first), len(last)) == (1, 1)


def test_no_page_is_reached_by_counting_rows_off(nine_jobs: list[int]):
    keyset = Keyset(Job.objects.all(), STARTED.of(False), size=2)
    with CaptureQueriesContext(connection) as queries:
        keyset.after(edge(keyset.first().last))
        keyset.last()
    assert not [query for query in queries if "OFFSET" in query["sql"]]


def test_a_row_that_vanishes_does_not_shift_the_next_page(nine_jobs: list[int]):
    keyset = Keyset(Job.objects.all(), STARTED.of(True), size=3)
    first = keyset.first()
    Job.objects.filter(pk=nine_jobs[0]).delete()
    assert [job.pk for job in keyset.after(edge(first.last)).rows] == nine_jobs[3:6]


@pytest.mark.parametrize(
    "value", [None, "ñandú", 7, START, START.date(), True], ids=lambda value: type(value).__name__
)
def test_a_cursor_comes_back_as_it_went(value: Any):
    cursor = Cursor(value, 12)
    assert cursor_read(cursor_write(cursor, scope="a:b"), scope="a:b") == cursor


def test_a_cursor_of_another_order_is_refused():
    token = cursor_write(Cursor("x", 1), scope="jobs:title")
    assert cursor_read(token, scope="jobs:-title") is None


def test_a_forged_cursor_is_refused():
    token = cursor_write(Cursor("x", 1), scope="jobs:title")
    assert cursor_read(token[:-2] + "zz", scope="jobs:title") is None


def test_only_fields_that_can_be_null_get_a_second_segment():
    found = [is_nullable(Job, sort) for sort in (TITLE, STARTED, FOLDED)]
    assert found == [False, True, True]
