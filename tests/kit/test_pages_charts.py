"""Charts and texts: what is drawn adds up, and is there to be read as well."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.template import engines
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from config.kit import clock
from config.kit.pages import Segment, cells, charts, formats

SVG = "http://www.w3.org/2000/svg"
values = st.lists(st.one_of(st.none(), st.integers(-5000, 500_000)), min_size=1, max_size=40)


def tree(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


@given(values)
def test_every_point_lies_on_the_canvas(points: list[int | None]):
    labels = [str(place) for place in range(len(points))]
    chart = charts.line(title="T", labels=labels, series=[charts.Series("S", points)])
    path = chart.svg.split(' d="')[1].split('"')[0].replace("h0.01", "")
    heights = [float(part.split()[1]) for part in path.replace("L", "M").split("M") if part.strip()]
    assert all(0 <= height <= 220 for height in heights)
    assert len(heights) == len([one for one in points if one is not None])


def test_a_gap_begins_a_new_stroke():
    chart = charts.line(
        title="T", labels=list("abcd"), series=[charts.Series("S", [1, None, 2, 3])]
    )
    path = chart.svg.split(' d="')[1].split('"')[0]
    assert [
        step[0] for step in path.replace("L", " L").replace("M", " M").split() if step[0] in "ML"
    ] == [
        "M",
        "M",
        "L",
    ]


def test_the_axis_begins_at_zero_and_has_few_round_steps():
    scale = charts.nice_scale([1200, 1431], from_zero=True, height=220)
    assert scale.ticks == [0, 500, 1000, 1500]


def test_at_most_six_labels_with_both_ends():
    labels = [f"day {place}" for place in range(90)]
    chart = charts.line(title="T", labels=labels, series=[charts.Series("S", [1] * 90)])
    texts = [one.text for one in tree(chart.svg).iter("text")]
    assert (len(texts) <= 6, texts[0], texts[-1]) == (True, "day 0", "day 89")


def test_a_chart_has_a_title_a_description_and_its_table():
    chart = charts.bars(
        title="Per day",
        description="Sent each day.",
        labels=["mon", "tue"],
        series=[charts.Series("Sent", [1200, None])],
    )
    root = tree(chart.svg)
    with override("es"):
        assert chart.table == [("mon", ["1.200"]), ("tue", ["–"])]
    assert (root.findtext("title"), root.findtext("desc")) == ("Per day", "Sent each day.")


def test_parts_of_a_stacked_bar_fill_it():
    parts = [
        Segment("a", 31_480),
        Segment("b", 12_604, "primary", True),
        Segment("c", 4_132, "slate"),
    ]
    root = tree(charts.stacked(parts, title="States"))
    ends = [
        float(part.get("x", "").rstrip("%")) + float(part.get("width", "").rstrip("%"))
        for part in root
    ]
    assert ends[-1] == pytest.approx(100, abs=0.2)


def test_text_of_people_stays_text_in_a_chart():
    chart = charts.line(title="<b>T</b>", labels=["<i>"], series=[charts.Series("<u>", [1])])
    assert "<b>" not in chart.svg
    assert "<i>" not in chart.svg


def test_nothing_in_a_chart_is_an_inline_style():
    chart = charts.line(
        title="T", labels=["a", "b"], series=[charts.Series("S", [1, 2], dashed=True)]
    )
    html = engines["django"].from_string("{% chart chart %}").render({"chart": chart})
    assert "style=" not in html


class TestFormats:
    @pytest.mark.parametrize(
        ("language", "number", "share"),
        [("es", "1.234.567", "2,3\xa0%"), ("en", "1,234,567", "2.3%")],
    )
    def test_numbers_follow_the_language(self, language: str, number: str, share: str):
        with override(language):
            assert (formats.number(1_234_567), formats.percent(0.0234)) == (number, share)

    def test_a_time_is_the_site_s(self):
        moment = clock.now().replace(2026, 11, 23, 17, 5, 0)
        with override("es"):
            assert formats.moment(moment) == "23-11-2026 14:05"

    @pytest.mark.parametrize(
        ("back", "text"),
        [
            (timedelta(seconds=12), "12 s ago"),
            (timedelta(minutes=14), "14 min ago"),
            (timedelta(hours=5), "5 h ago"),
            (timedelta(days=3), "3 days ago"),
            (timedelta(days=70), "2 months ago"),
            (timedelta(days=800), "2 years ago"),
            (timedelta(minutes=-5, seconds=-1), "in 5 min"),
        ],
    )
    def test_how_long_ago(self, back: timedelta, text: str):
        with override("en"):
            assert formats.ago(clock.now() - back) == text

    def test_days_ago_are_days_of_the_calendar(self, monkeypatch: pytest.MonkeyPatch):
        """At noon, two evenings ago is 40 hours away and yet two days ago."""
        noon = datetime(2026, 11, 29, 15, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: noon)
        with override("en"):
            said = [formats.ago(noon - timedelta(hours=hours)) for hours in (8, 16, 40, 64)]
        assert said == ["8 h ago", "yesterday", "2 days ago", "3 days ago"]


class TestCells:
    def test_the_type_decides_the_look(self):
        with override("en"):
            found = [
                cells.render(value) for value in (None, 12345, True, cells.Money(12990, "CLP"))
            ]
        assert found[:3] == [("–", False), ("12,345", True), ("Yes", False)]
        assert found[3][1] is True

    def test_names_of_people_stay_text(self):
        html, _is_number = cells.render(cells.Person("<script>", "a&b", "/x/?a=1&b=2"))
        assert "<script>" not in html
        assert 'href="/x/?a=1&amp;b=2"' in html

    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("Valentina Ríos Cárdenas", "VR"),
            ("Ñanculef", "Ñ"),
            ("", "?"),
            ("ana@correo.example", "AC"),
        ],
    )
    def test_initials(self, name: str, letters: str):
        assert cells.initials(name) == letters

    def test_a_name_keeps_its_colour(self):
        assert cells.avatar("Itziar Etxeberria") == cells.avatar("Itziar Etxeberria")
