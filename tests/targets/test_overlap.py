"""Two targets side by side: exact numbers, a picture that is true to them, a list for each part."""

import math
import re

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.backoffice.circles import circles, lens
from targets.selectors.overlap import Overlap, overlap

pytestmark = pytest.mark.feature("TG00")
NUMBERS = st.integers(0, 400_000)


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_areas_are_as_large_as_the_numbers(first, both, second):
    drawn = circles(first, both, second)
    if not first + both + second:
        assert drawn is None
        return
    assert drawn is not None
    a, b = drawn.first, drawn.second
    assert min(a.x - a.r, b.x - b.r) >= 0
    assert max(a.x + a.r, b.x + b.r) <= 560
    assert max(a.r, b.r) <= 130
    if min(first + both, second + both):
        scale = math.pi * max(a.r, b.r) ** 2 / (both + max(first, second))
        shared = lens(a.r, b.r, abs(b.x - a.x))
        assert math.isclose(shared / scale, both, abs_tol=0.02 * (both + max(first, second)))


@pytest.mark.django_db
def test_each_part_is_counted_and_opens_as_a_list(history, make_target, ana_client):
    vip = make_target("vip", {"filter": "tags", "op": "any", "value": ["VIP"]})
    women = make_target("mujeres", {"filter": "gender", "op": "any", "value": ["female"]})
    assert overlap(vip, women) == Overlap(first=1, both=1, second=0)
    page = ana_client.get(reverse("targets:compare"), {"a": "vip", "b": "mujeres"})
    html = page.content.decode()
    assert "1 person is in both" in html
    assert 'aria-label="1 only in Vip, 1 in both, 0 only in Mujeres."' in html
    urls = [part.url for part in page.context["parts"]]
    listed = [ana_client.get(url).content.decode() for url in urls]
    names = [set(re.findall(r"Rayén|Iker|Nahuel", text.split("<tbody")[1])) for text in listed[:2]]
    assert names == [{"Iker"}, {"Rayén"}]


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [{}, {"a": "vip"}, {"a": "vip", "b": "vip"}, {"b": "\0"}])
def test_what_cannot_be_compared_is_asked_for(history, make_target, ana_client, asked):
    make_target("vip", {"filter": "tags", "op": "any", "value": ["VIP"]})
    page = ana_client.get(reverse("targets:compare"), asked)
    assert page.status_code == 200
    assert "numbers" not in page.context
