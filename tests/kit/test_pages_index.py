"""The list: its state is in the URL, it needs no JavaScript, and it costs the same when long."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit import clock
from config.kit.models import Job
from config.kit.pages import index_chrome, sampling
from tests.kit.pages_site import SomeJobs

pytestmark = [pytest.mark.urls("tests.kit.pages_site"), pytest.mark.django_db]
URL = "/backoffice/test/jobs/"
Make = Callable[..., list[Job]]


@pytest.fixture
def make_jobs() -> Make:
    def make(count: int, **values: object) -> list[Job]:
        start = clock.now() - timedelta(days=1)
        return Job.objects.bulk_create(
            Job(
                kind="test",
                created_at=start + timedelta(minutes=n),
                done=n,
                **{"title": f"Job {n:02}", **values},
            )
            for n in range(count)
        )

    return make


def titles(html: str) -> list[str]:
    return [part.split("<")[0] for part in html.split('class="cell-title" href="/x/">')[1:]]


def get(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def link(html: str, rel: str) -> str:
    """The address of the pager's link."""
    tag = html.split(f'rel="{rel}"')[1]
    return tag.split('href="')[1].split('"')[0].replace("&amp;", "&")


def test_pages_follow_by_plain_links(ana_client: Client, make_jobs: Make):
    make_jobs(6)
    first = get(ana_client, URL)
    second = get(ana_client, link(first, "next"))
    assert titles(first) == ["Job 05", "Job 04", "Job 03", "Job 02"]
    assert titles(second) == ["Job 01", "Job 00"]


def test_the_way_back_leads_to_the_same_rows(ana_client: Client, make_jobs: Make):
    make_jobs(9)
    first = get(ana_client, URL)
    second = get(ana_client, link(first, "next"))
    third = get(ana_client, link(second, "next"))
    assert titles(get(ana_client, link(third, "prev"))) == titles(second)


def test_the_last_page_is_reached_directly(ana_client: Client, make_jobs: Make):
    make_jobs(9)
    assert titles(get(ana_client, f"{URL}?at=last")) == ["Job 03", "Job 02", "Job 01", "Job 00"]


def test_a_cursor_nobody_gave_shows_the_first_page(ana_client: Client, make_jobs: Make):
    make_jobs(5)
    assert titles(get(ana_client, f"{URL}?after=made-up"))[0] == "Job 04"


def test_a_form_without_javascript_filters_and_searches(ana_client: Client, make_jobs: Make):
    make_jobs(3)
    make_jobs(2, title="Broken", state="failed")
    html = get(ana_client, f"{URL}?f=1&q=bro&state=failed")
    assert titles(html) == ["Broken", "Broken"]
    assert "State: <b>Failed</b>" in html


def test_empty_fields_of_a_form_leave_the_address(ana_client: Client, make_jobs: Make):
    make_jobs(1)
    answer = ana_client.get(f"{URL}?f=1&q=&done_min=&done_max=&state=queued")
    assert answer.status_code == 302
    assert answer["Location"] == f"{URL}?f=1&state=queued"


def test_a_range_is_one_chip_and_its_cross_removes_both_ends(ana_client: Client, make_jobs: Make):
    make_jobs(6)
    html = get(ana_client, f"{URL}?f=1&done_min=1&done_max=3")
    assert titles(html) == ["Job 03", "Job 02", "Job 01"]
    assert "Done: <b>from 1 to 3</b>" in html
    cross = html.split('class="chip-x" href="')[1].split('"')[0]
    assert cross == f"{URL}?f=1"


def test_a_view_is_filters_and_order_under_a_name(ana_client: Client, make_jobs: Make):
    make_jobs(2)
    make_jobs(2, state="failed")
    html = get(ana_client, f"{URL}?view=failed")
    assert titles(html) == ["Job 00", "Job 01"]
    assert 'class="edited"' not in html


def test_a_changed_view_says_so_and_can_be_put_back(ana_client: Client, make_jobs: Make):
    make_jobs(2, state="failed")
    html = get(ana_client, f"{URL}?view=failed&f=1&state=queued")
    assert 'class="edited"' in html
    assert f'href="{URL}?view=failed"' in html


def test_a_view_can_be_emptied_of_its_filters(ana_client: Client, make_jobs: Make):
    make_jobs(2)
    assert len(titles(get(ana_client, f"{URL}?view=failed&f=1"))) == 2


def test_a_head_sorts_and_turns_round(ana_client: Client, make_jobs: Make):
    make_jobs(3)
    html = get(ana_client, f"{URL}?sort=done")
    assert titles(html) == ["Job 00", "Job 01", "Job 02"]
    assert 'aria-sort="ascending"' in html
    assert f'href="{URL}?sort=-done"' in html


def test_columns_are_chosen_in_the_address_and_the_title_stays(ana_client: Client, make_jobs: Make):
    make_jobs(1)
    html = get(ana_client, f"{URL}?columns=kind")
    head = html.split("<thead>")[1].split("</thead>")[0]
    assert ["Title" in head, "Kind" in head, "State" in head] == [True, True, False]


def test_htmx_gets_the_part_and_others_the_page(ana_client: Client, make_jobs: Make):
    make_jobs(1)
    part = get(ana_client, URL, **{"HX-Request": "true", "HX-Target": "index"})
    page = get(ana_client, URL)
    assert part.startswith('<div id="index"')
    assert page.startswith("<!doctype html>")


def test_caches_keep_part_and_page_apart(ana_client: Client):
    assert "HX-Request" in ana_client.get(URL)["Vary"]


def test_the_part_pushes_an_address_without_empty_fields(ana_client: Client, make_jobs: Make):
    make_jobs(1)
    headers = {"HX-Request": "true", "HX-Target": "index"}
    answer = ana_client.get(f"{URL}?f=1&q=&state=queued", headers=headers)
    assert answer["HX-Push-Url"] == f"{URL}?f=1&state=queued"


def test_a_long_list_costs_as_many_queries_as_a_short_one(ana_client: Client, make_jobs: Make):
    make_jobs(1)
    ana_client.get(URL)
    with CaptureQueriesContext(connection) as short:
        ana_client.get(URL)
    make_jobs(3)
    with CaptureQueriesContext(connection) as longer:
        ana_client.get(URL)
    assert len(longer) == len(short)


class TestCounts:
    def test_up_to_the_cap_the_count_is_exact(self, ana_client: Client, make_jobs: Make):
        make_jobs(6)
        assert "6 rows" in get(ana_client, URL)

    def test_above_the_cap_it_says_so_and_the_number_follows(
        self, ana_client: Client, make_jobs: Make, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(SomeJobs, "count_cap", 5)
        make_jobs(6)
        html = get(ana_client, URL)
        assert "5+" in html
        assert f'hx-get="{URL}?count=1"' in html
        assert "6 rows" in get(ana_client, f"{URL}?count=1")

    def test_a_search_with_many_hits_walks_the_order(
        self, ana_client: Client, make_jobs: Make, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(SomeJobs, "search_cap", 5)
        make_jobs(7)
        html = get(ana_client, f"{URL}?q=job")
        assert titles(html)[0] == "Job 06"
        assert "5+" in html
        assert "count=1" not in html

    def test_a_frequent_word_is_told_by_a_sample_before_its_hits_are_named(
        self,
        ana_client: Client,
        make_jobs: Make,
        monkeypatch: pytest.MonkeyPatch,
    ):
        make_jobs(30)
        make_jobs(2, title="Rare")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE kit_job")
        monkeypatch.setattr(sampling, "LARGE_TABLE", 10)
        monkeypatch.setattr(SomeJobs, "guesses_hits", True)
        monkeypatch.setattr(SomeJobs, "search_cap", 2)
        with CaptureQueriesContext(connection) as frequent:
            assert "2+" in get(ana_client, f"{URL}?q=job")
        with CaptureQueriesContext(connection) as rare:
            assert "2 rows" in get(ana_client, f"{URL}?q=rare")
        naming = 'SELECT "kit_job"."id" AS "pk"'
        assert not [one for one in frequent if one["sql"].startswith(naming)]
        assert [one for one in rare if one["sql"].startswith(naming)]

    def test_a_search_with_few_hits_knows_their_number(self, ana_client: Client, make_jobs: Make):
        make_jobs(7)
        assert "7 rows" in get(ana_client, f"{URL}?q=job")

    def test_tabs_get_their_numbers_after_the_page(self, ana_client: Client, make_jobs: Make):
        make_jobs(2)
        make_jobs(3, state="failed")
        html = get(ana_client, f"{URL}?tabs=1")
        assert html.count('class="count num"') == 3
        assert ">3</span>" in html

    def test_a_tab_counts_what_was_made_a_moment_ago(
        self, ana_client: Client, make_jobs: Make, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(index_chrome, "TAB_COUNT_DEAR", 60)
        make_jobs(2)
        get(ana_client, f"{URL}?tabs=1")
        make_jobs(1)
        assert ">3</span>" in get(ana_client, f"{URL}?tabs=1")

    def test_one_row_is_not_spoken_of_as_many(self, ana_client: Client, make_jobs: Make):
        make_jobs(1)
        assert "select the one that matches" in get(ana_client, URL)
        make_jobs(1)
        assert "select the 2 that match" in get(ana_client, URL)


class TestEmpty:
    def test_a_list_with_nothing_says_how_to_begin(self, ana_client: Client):
        html = get(ana_client, URL)
        assert "Nothing was asked for" in html
        assert 'href="/x/"' in html

    def test_a_search_without_hits_names_the_words(self, ana_client: Client, make_jobs: Make):
        make_jobs(1)
        html = get(ana_client, f"{URL}?q=<zz>")
        assert "Nothing matches “&lt;zz&gt;”" in html

    def test_filters_without_rows_offer_to_clear_them(self, ana_client: Client, make_jobs: Make):
        make_jobs(1)
        html = get(ana_client, f"{URL}?f=1&state=failed")
        assert "1 filter is on" in html
        assert f'href="{URL}?f=1"' in html


def test_a_list_without_a_request_gives_its_rows(make_jobs: Make):
    make_jobs(3)
    make_jobs(1, state="failed")
    index = SomeJobs(params=QueryDict("f=1&state=failed"))
    assert index.filtered.count() == 1


def test_a_text_that_no_database_takes_finds_nothing(ana_client: Client, make_jobs: Make):
    make_jobs(1)
    assert "Nothing matches" in get(ana_client, f"{URL}?q=a%00b")
