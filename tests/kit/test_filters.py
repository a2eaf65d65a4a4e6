"""Filters of lists: spans that move, ticks among many, and what they say in both languages."""

from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.forms import ChoiceField
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from config.kit import clock
from config.kit.models import Job
from config.kit.pages.filtering.fields import Picked, WhenField
from config.kit.pages.filtering.spans import Op, Span, Unit, months_before
from config.kit.translations import compile_all
from tests.kit.pages_site import SomeJobs

pytestmark = [pytest.mark.urls("tests.kit.pages_site"), pytest.mark.django_db]
URL = "/backoffice/test/jobs/"
SITE = ZoneInfo("America/Santiago")
NOON = datetime(2026, 3, 31, 12, 0, tzinfo=SITE)


@pytest.fixture
def noon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Tuesday 31 March 2026, noon in Santiago."""
    settings.SITE_TIME_ZONE = "America/Santiago"
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def found(query: str) -> set[str]:
    index = SomeJobs(params=QueryDict(f"f=1&{query}"))
    return set(index.filtered.values_list("title", flat=True))


@pytest.fixture
def started(noon: None) -> None:
    """Jobs that began long ago, in February, yesterday, an hour ago, and never."""
    at = {
        "long ago": NOON - timedelta(days=400),
        "february": datetime(2026, 2, 28, 23, 59, tzinfo=SITE),
        "yesterday": NOON - timedelta(days=1),
        "an hour ago": NOON - timedelta(hours=1),
        "never": None,
    }
    Job.objects.bulk_create(Job(kind="test", title=key, started_at=day) for key, day in at.items())


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("began=last&began_n=1", {"yesterday", "an hour ago"}),
        ("began=last&began_n=1&began_unit=months", {"february", "yesterday", "an hour ago"}),
        ("began=older&began_n=4&began_unit=weeks", {"long ago", "february"}),
        ("began=today", {"an hour ago"}),
        ("began=yesterday", {"yesterday"}),
        ("began=week", {"yesterday", "an hour ago"}),
        ("began=month", {"yesterday", "an hour ago"}),
        ("began=last_month", {"february"}),
        ("began=year", {"february", "yesterday", "an hour ago"}),
        ("began=on&began_after=2026-02-28", {"february"}),
        ("began=before&began_after=2026-02-28", {"long ago"}),
        ("began=after&began_after=2026-02-28", {"yesterday", "an hour ago"}),
        ("began=between&began_after=2026-02-28&began_before=2026-03-30", {"february", "yesterday"}),
        ("began_after=2026-03-31", {"an hour ago"}),
        ("began_before=2025-12-31", {"long ago"}),
        ("began=empty", {"never"}),
        ("began=filled", {"long ago", "february", "yesterday", "an hour ago"}),
    ],
)
def test_a_span_finds_exactly_its_rows(started: None, query: str, titles: set[str]):
    assert found(query) == titles


def test_a_relative_span_moves_with_the_day(started: None, monkeypatch: pytest.MonkeyPatch):
    assert found("began=today") == {"an hour ago"}
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=1))
    assert found("began=today") == set()
    assert found("began=yesterday") == {"an hour ago"}


def test_months_end_where_they_end():
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert months_before(date(2026, 1, 15), 13) == date(2024, 12, 15)


@pytest.fixture
def in_spanish(settings: Any) -> None:
    """The catalogue, which tests are without."""
    compile_all()
    settings.LOCALE_PATHS = [settings.LOCALE_DIR]


@pytest.mark.parametrize(
    ("span", "english", "spanish"),
    [
        (Span(Op.LAST, 1), "in the last day", "en el último día"),
        (Span(Op.LAST, 30), "in the last 30 days", "en los últimos 30 días"),
        (Span(Op.LAST, 2, Unit.WEEKS), "in the last 2 weeks", "en las últimas 2 semanas"),
        (Span(Op.OLDER, 90), "more than 90 days ago", "hace más de 90 días"),
        (Span(Op.OLDER, 1, Unit.MONTHS), "more than a month ago", "hace más de un mes"),
        (Span(Op.MONTH), "this month", "este mes"),
        (Span(Op.ON, first=date(2026, 3, 1)), "on 1 Mar 2026", "el 01-03-2026"),
        (Span(Op.BEFORE, first=date(2026, 3, 1)), "before 1 Mar 2026", "antes del 01-03-2026"),
        (Span(Op.EMPTY), "is empty", "está vacío"),
    ],
)
def test_a_span_says_what_it_is(in_spanish: None, span: Span, english: str, spanish: str):
    with translation.override("en"):
        assert span.words() == english
    with translation.override("es"):
        assert span.words() == spanish


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("began=last", "Say how many."),
        ("began=on", "Choose a day."),
        ("began=between", "Choose the first day, the last one or both."),
        ("began_after=2026-03-02&began_before=2026-03-01", "The first day comes after the last"),
        ("began=last&began_n=0", "greater than or equal to 1"),
        ("began=on&began_after=9999-12-31", "Choose a day between 1900 and 2199."),
        ("began=sometime", "Select a valid choice"),
    ],
)
def test_half_a_span_is_refused_in_the_open_panel(ana_client: Client, query: str, refusal: str):
    page = ana_client.get(f"{URL}?f=1&{query}").content.decode()
    panel = page.split('id="index-filter"')[1].split("</details>")[0]
    assert refusal in panel
    assert panel.split(">")[0].endswith(" open")


def test_parts_that_do_not_count_leave_the_address(ana_client: Client):
    answer = ana_client.get(f"{URL}?f=1&began=today&began_n=30&began_unit=weeks&began_after=x")
    assert answer.status_code == 302
    assert answer["Location"] == f"{URL}?f=1&began=today"


def test_the_chip_says_it_and_its_cross_removes_all_its_parts(ana_client: Client):
    page = ana_client.get(f"{URL}?f=1&began=last&began_n=3&state=queued&state=failed")
    text = page.content.decode()
    assert "Began: <b>in the last 3 days</b>" in text
    assert "State: <b>Queued or Failed</b>" in text
    crosses = [part.split('"')[0] for part in text.split('class="chip-x" href="')[1:]]
    assert {unescape(one).removeprefix(f"{URL}?") for one in crosses} == {
        "state=queued&state=failed&f=1",
        "began=last&began_n=3&f=1",
    }


@pytest.fixture
def many_kinds() -> list[Job]:
    return Job.objects.bulk_create(Job(kind="test", title=f"Kind {n:03}") for n in range(60))


def test_of_many_choices_some_are_shown_and_others_are_found(
    ana_client: Client, many_kinds: list[Job]
):
    last = many_kinds[-1]
    page = ana_client.get(f"{URL}?f=1&like={last.pk}&open=filter").content.decode()
    panel = page.split('id="choices-id_like"')[1].split("</ul>")[0]
    assert panel.count("<li>") == 41
    assert panel.index("Kind 059") < panel.index("Kind 000")
    assert "There are more" in panel
    found = ana_client.get(
        f"{URL}?f=1&like={last.pk}&find_like=kind+04", headers={"HX-Target": "choices-id_like"}
    ).content.decode()
    assert found.strip().startswith('<ul id="choices-id_like"')
    assert [f"Kind {n:03}" in found for n in (59, 40, 49, 0)] == [True, True, True, False]


def test_without_javascript_a_button_finds_and_the_panel_stays_open(
    ana_client: Client, many_kinds: list[Job]
):
    page = ana_client.get(f"{URL}?f=1&find_like=kind+05&open=filter&q=").content.decode()
    panel = page.split('id="index-filter"')[1].split("</details>")[0]
    assert panel.split(">")[0].endswith(" open")
    assert panel.count('name="like"') == 10
    assert "find_like=" not in page.split('<div class="dock">')[1].split("</form>")[0]


def test_choices_of_a_field_that_is_not_there_are_404(ana_client: Client):
    for name in ("choices-id_began", "choices-id_nothing", "choices-"):
        assert ana_client.get(URL, headers={"HX-Target": name}).status_code == 404


def test_a_huge_or_foreign_id_is_refused_like_any_other_choice(
    ana_client: Client, many_kinds: list[Job]
):
    for value in ("9" * 30, "x", "²"):
        page = ana_client.get(f"{URL}?f=1&like={value}").content.decode()
        assert "field-error" in page


def test_finding_costs_the_same_among_many(ana_client: Client, many_kinds: list[Job]):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ana_client.get(URL, headers={"HX-Target": "choices-id_like"})
        return len(asked)

    cost()
    few = cost()
    Job.objects.bulk_create(Job(kind="test", title=f"More {n}") for n in range(200))
    assert cost() == few


def test_none_and_any_widen_and_narrow():
    nothing = Picked(empty=True).condition("started_at")
    anything = Picked(filled=True).condition("started_at")
    one = Job.objects.create(kind="test", started_at=clock.now())
    two = Job.objects.create(kind="test")
    assert list(Job.objects.filter(nothing)) == [two]
    assert list(Job.objects.filter(anything)) == [one]
    assert Job.objects.filter(Picked(empty=True, filled=True).condition("started_at")).count() == 2


def test_what_always_has_a_day_does_not_offer_to_be_empty():
    offered = WhenField(is_nullable=False).fields[0]
    assert isinstance(offered, ChoiceField)
    assert not offered.valid_value("empty")
    assert offered.valid_value("today")


@pytest.mark.feature("M4")
def test_the_panels_come_when_they_are_about_to_open(ana_client: Client):
    page = ana_client.get(f"{URL}?f=1&began=today").content.decode()
    assert 'name="began_n"' not in page.split('id="index-filter"')[1].split("</details>")[0]
    assert f'hx-get="{URL}?f=1&amp;began=today&amp;open=filter"' in page
    told = {"HX-Request": "true", "HX-Target": "index-filter-panel"}
    panel = ana_client.get(f"{URL}?f=1&began=today&open=filter", headers=told).content.decode()
    assert panel.lstrip().startswith("<form")
    assert '<option value="today" selected>' in panel
    told["HX-Target"] = "index-columns-panel"
    columns = ana_client.get(f"{URL}?open=columns", headers=told).content.decode()
    assert columns.lstrip().startswith("<form")
    assert 'name="columns"' in columns
