"""The figures of the home page: counted by a worker, read by the page."""

from datetime import date, timedelta

import pytest
from django.test import Client

from config.kit import clock, daily, home
from config.kit.jobs.registry import JobKind, kinds
from config.kit.jobs.services import job_run_now, job_start
from config.kit.models import DailyCount, Notice
from config.kit.notices import notice_give, notices_read, unread_count
from customers.models import User

pytestmark = pytest.mark.django_db
Ranges = list[tuple[date, date]]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Ranges:
    """A metric with three a day; the ranges that were asked for."""
    asked: Ranges = []

    def count(first: date, last: date) -> dict[date, int]:
        asked.append((first, last))
        return {first + timedelta(days=n): 3 for n in range((last - first).days + 1)}

    monkeypatch.setitem(daily.metrics._values, "test.things", daily.DailyMetric(count=count))
    return asked


class TestDailyCounts:
    def test_days_that_nobody_counted_are_counted_at_the_first_reading(self, counted: Ranges):
        assert daily.series(["test.things"], days=5) == {"test.things": [3, 3, 3, 3, 3]}
        assert len(counted) == 1
        assert DailyCount.objects.filter(metric="test.things").count() == 5

    def test_the_second_reading_counts_nothing(self, counted: Ranges):
        daily.series(["test.things"], days=5)
        daily.series(["test.things"], days=5)
        assert len(counted) == 1

    def test_the_worker_counts_today_again(self, counted: Ranges):
        daily.series(["test.things"])
        DailyCount.objects.filter(metric="test.things").update(value=1)
        daily.counts_gather()
        assert daily.series(["test.things"], days=4) == {"test.things": [1, 1, 3, 3]}

    def test_a_change_needs_something_before(self):
        assert home.change([0] * 28 + [5] * 28) is None
        assert home.change([2] * 28 + [3] * 28) == 0.5

    def test_a_fall_is_bad_news_unless_less_is_better(self):
        assert home.Figure(label="", value="", change=-0.1).is_gain is False
        assert home.Figure(label="", value="", change=-0.1, is_good=False).is_gain is True


class TestNotices:
    def test_the_same_key_is_told_once(self, ana: User):
        for title in ("first", "second"):
            notice_give(user_id=ana.pk, key="job:1", title=title, url="/backoffice/")
        assert [one.title for one in Notice.objects.all()] == ["first"]
        assert unread_count(ana) == 1

    def test_reading_reads_one_s_own_only(self, ana: User, beto: User):
        for user in (ana, beto):
            notice_give(user_id=user.pk, key="k", title="t", url="/backoffice/")
        assert notices_read(user=ana) == 1
        assert (unread_count(ana), unread_count(beto)) == (0, 1)

    def test_who_asked_for_a_job_hears_how_it_ended(
        self, ana: User, monkeypatch: pytest.MonkeyPatch
    ):
        kind = JobKind(
            key="test.home",
            title="Export",
            run=lambda _run: None,
            queue="jobs",
            icon="clock",
            permission="",
            result_url=None,
        )
        monkeypatch.setitem(kinds._values, "test.home", kind)
        job = job_run_now(job=job_start(kind="test.home", params={}, by=ana))
        notice = Notice.objects.get(user=ana)
        assert notice.title == "Export"
        assert notice.url == f"/backoffice/jobs/{job.public_id}/"


def test_home_counts_the_people_of_the_period(ana_client: Client, carla: object):
    html = ana_client.get("/backoffice/").content.decode()
    assert clock.today().strftime("%d-%m-%Y") in html or str(clock.today().year) in html
    assert html.count('class="key-figure"') >= 4
