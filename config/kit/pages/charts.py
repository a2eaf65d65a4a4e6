"""Charts as SVG made by the server: no script, no style attribute, and always the table.

Horizontal places are percentages, heights are pixels; the lines live in a stretched inner SVG whose
strokes do not scale.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.kit.pages import formats
from config.kit.pages.pieces import Segment, Text, Tone

Value = float | int | None
WIDTH = 1000
TOP, BOTTOM = 8, 24
MOST_LABELS = 6
THIN = SafeString(' class="thin"')


def integer(value: float) -> str:
    return formats.number(value)


@dataclass(frozen=True)
class Series:
    """``None`` is a gap in a line."""

    label: Text
    values: Sequence[Value]
    tone: Tone = "primary"
    dashed: bool = False


@dataclass(frozen=True)
class Mark:
    """A vertical line with a word, at the position of a label."""

    index: int
    label: Text


@dataclass(frozen=True)
class Chart:
    title: Text
    description: Text
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Literal["line", "bars"]
    format: Callable[[float], str]
    svg: SafeString
    y_axis: SafeString
    note: Text = ""

    @property
    def table(self) -> list[tuple[str, list[str]]]:
        """A row for each label: its text and the value of each series."""
        return [
            (label, [self._cell(one.values, place) for one in self.series])
            for place, label in enumerate(self.labels)
        ]

    def _cell(self, values: Sequence[Value], place: int) -> str:
        value = values[place] if place < len(values) else None
        return "–" if value is None else self.format(value)

    @property
    def is_dashed(self) -> bool:
        """Something is compared: the legend shows strokes, not squares."""
        return any(one.dashed for one in self.series)

    @property
    def is_bars(self) -> bool:
        return self.kind == "bars"


@dataclass(frozen=True)
class Scale:
    low: float
    high: float
    step: float
    height: int

    def y(self, value: float) -> float:
        span = self.high - self.low or 1
        room = self.height - TOP - BOTTOM
        return round(TOP + room * (self.high - value) / span, 2)

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * place for place in range(count + 1)]


def nice_scale(values: Sequence[float], *, from_zero: bool, height: int) -> Scale:
    """Three or four steps of 1, 2, 2.5 or 5 times a power of ten, around the values."""
    low = min(values, default=0.0)
    high = max(values, default=0.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + 1
    rough = (high - low) / 3
    power = 10 ** math.floor(math.log10(rough))
    whole = all(float(value).is_integer() for value in values)
    steps = [factor * power for factor in (1, 2, 2.5, 5, 10)]
    step = next((one for one in steps if one >= rough), steps[-1])
    if whole:
        step = max(1.0, math.ceil(step))
    return Scale(math.floor(low / step) * step, math.ceil(high / step) * step, step, height)


def line(
    *,
    title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    description: Text = "",
    height: int = 220,
    format: Callable[[float], str] = integer,
    from_zero: bool = True,
    marks: Sequence[Mark] = (),
    note: Text = "",
    label_every: int = 0,
) -> Chart:
    """Straight lines, one for each series; ``label_every`` 7 names each week of days."""
    scale = nice_scale(_all(series), from_zero=from_zero, height=height)
    body = format_html_join("", "{}", ((_path(one, scale),) for one in series))
    inner = format_html(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" width="100%" height="{}">{}</svg>',
        WIDTH,
        height,
        height,
        body,
    )
    places = [_along(place, len(labels)) for place in range(len(labels))]
    return _chart(
        "line",
        title,
        description,
        labels,
        series,
        format,
        scale,
        places,
        inner,
        marks,
        note,
        label_every,
    )


def bars(
    *,
    title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    description: Text = "",
    height: int = 220,
    format: Callable[[float], str] = integer,
    note: Text = "",
) -> Chart:
    """Bars side by side for each label; values below zero hang down."""
    scale = nice_scale(_all(series), from_zero=True, height=height)
    slot = 100 / max(1, len(labels))
    width = slot * 0.7 / max(1, len(series))
    drawn = (
        _bar(one.tone, place * slot + slot * 0.15 + width * order, width, value, scale)
        for order, one in enumerate(series)
        for place, value in enumerate(one.values)
        if value
    )
    body = format_html_join("", "{}", ((one,) for one in drawn))
    places = [place * slot + slot / 2 for place in range(len(labels))]
    return _chart("bars", title, description, labels, series, format, scale, places, body, (), note)


def _all(series: Sequence[Series]) -> list[float]:
    return [float(value) for one in series for value in one.values if value is not None]


def _along(place: int, count: int) -> float:
    return 100 * place / (count - 1) if count > 1 else 50.0


def _path(series: Series, scale: Scale) -> SafeString:
    """Move and line commands; a None ends one stroke and the next value begins another."""
    commands, pen = [], "M"
    for place, value in enumerate(series.values):
        if value is None:
            pen = "M"
            continue
        x = _along(place, len(series.values)) * WIDTH / 100
        commands.append(f"{pen}{x:.1f} {scale.y(value)}")
        pen = "L"
    if len(commands) == 1:
        commands.append("h0.01")
    return format_html(
        '<path class="line stroke-{}{}" d="{}"/>',
        series.tone or "primary",
        " line-dashed" if series.dashed else "",
        " ".join(commands),
    )


def _bar(tone: str, x: float, width: float, value: float, scale: Scale) -> SafeString:
    top, bottom = scale.y(max(value, 0)), scale.y(min(value, 0))
    return format_html(
        '<rect class="fill-{}" x="{}%" y="{}" width="{}%" height="{}" rx="1"/>',
        tone or "primary",
        f"{x:.2f}",
        top,
        f"{width:.2f}",
        f"{max(1.0, bottom - top):.2f}",
    )


def _chart(
    kind: Literal["line", "bars"],
    title: Text,
    description: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    format: Callable[[float], str],
    scale: Scale,
    places: Sequence[float],
    body: SafeString,
    marks: Sequence[Mark],
    note: Text,
    label_every: int = 0,
) -> Chart:
    svg = format_html(
        '<svg class="plot" role="img" width="100%" height="{}">'
        "<title>{}</title><desc>{}</desc>{}{}{}{}</svg>",
        scale.height,
        title,
        description or title,
        _grid(scale),
        body,
        _x_axis(labels, places, scale.height, label_every),
        _marks(marks, places, scale.height),
    )
    axis = format_html(
        '<svg class="y-axis" aria-hidden="true" width="48" height="{}">{}</svg>',
        scale.height,
        format_html_join(
            "",
            '<text x="40" y="{}" text-anchor="end">{}</text>',
            ((scale.y(tick) + 4, format(tick)) for tick in scale.ticks),
        ),
    )
    return Chart(title, description, labels, series, kind, format, svg, axis, note)


def _grid(scale: Scale) -> SafeString:
    return format_html_join(
        "",
        '<line class="grid{}" x1="0" x2="100%" y1="{}" y2="{}"/>',
        ((" zero" if tick == 0 else "", scale.y(tick), scale.y(tick)) for tick in scale.ticks),
    )


def _x_axis(
    labels: Sequence[str], places: Sequence[float], height: int, every: int = 0
) -> SafeString:
    """At most six labels, the first and the last among them."""
    count = len(labels)
    if not count:
        return SafeString("")
    step = every or max(1, math.ceil((count - 1) / (MOST_LABELS - 1)))
    room = (step + 1) // 2 if every else step
    shown = [place for place in range(0, count, step) if place == 0 or count - 1 - place >= room]
    if count > 1 and shown[-1] != count - 1:
        shown.append(count - 1)
    return format_html_join(
        "",
        '<text{} x="{}%" y="{}" text-anchor="{}">{}</text>',
        (
            (
                THIN if _is_thin(order, len(shown)) else "",
                f"{places[one]:.2f}",
                height - 4,
                _anchor(places[one]),
                labels[one],
            )
            for order, one in enumerate(shown)
        ),
    )


def _is_thin(order: int, count: int) -> bool:
    """Every second label goes where the screen is narrow; the ends stay apart."""
    return 0 < order < count - 1 and (order % 2 == 1 or order == count - 2)


def _anchor(place: float) -> str:
    """Texts at the edges stay inside."""
    return "start" if place < 4 else "end" if place > 96 else "middle"


def _marks(marks: Sequence[Mark], places: Sequence[float], height: int) -> SafeString:
    return format_html_join(
        "",
        '<line class="mark" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
        '<text x="{0}%" y="{3}" dx="{4}" text-anchor="{5}">{6}</text>',
        (
            (
                f"{places[one.index]:.2f}",
                TOP,
                height - BOTTOM,
                TOP + 12,
                -4 if places[one.index] > 80 else 4,
                "end" if places[one.index] > 80 else "start",
                one.label,
            )
            for one in marks
        ),
    )


def sparkline(values: Sequence[Value], *, tone: Tone = "slate", title: Text = "") -> SafeString:
    """A line of 64 by 18 pixels beside a number that says the same."""
    scale = nice_scale(_all([Series("", values)]), from_zero=False, height=TOP + BOTTOM + 16)
    return format_html(
        '<svg class="sparkline" viewBox="0 {} {} 18" preserveAspectRatio="none" {}>{}</svg>',
        TOP - 1,
        WIDTH,
        format_html('role="img" aria-label="{}"', title)
        if title
        else SafeString('aria-hidden="true"'),
        _path(Series("", values, tone), scale),
    )


def stacked(segments: Sequence[Segment], *, title: Text, height: int = 10) -> SafeString:
    """Parts of a whole in one bar, with a hair between them; hatched ones are not certain yet."""
    whole = sum(one.value for one in segments)
    x = 0.0
    parts: list[SafeString] = []
    for one in segments:
        share = 100 * one.value / whole if whole else 0.0
        if share:
            parts.append(_part(one, x, share, height))
        x += share
    return format_html(
        '<svg class="stacked" role="img" aria-label="{}" width="100%" height="{}">{}</svg>',
        title,
        height,
        format_html_join("", "{}", ((one,) for one in parts)),
    )


def _part(one: Segment, x: float, share: float, height: int) -> SafeString:
    width = max(0.25, share - 0.15)
    if not one.hatched:
        return format_html(
            '<rect class="fill-{}" x="{}%" width="{}%" height="{}" rx="2"><title>{}</title></rect>',
            one.tone,
            f"{x:.3f}",
            f"{width:.3f}",
            height,
            one.label,
        )
    return format_html(
        '<svg x="{}%" width="{}%" height="{}"><title>{}</title>'
        '<defs><pattern id="hatch-{}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)">'
        '<line class="hatch-line stroke-{}" x1="3" y1="0" x2="3" y2="6"/></pattern></defs>'
        '<rect class="outline stroke-{}" x="0.5" y="0.5" width="100%" height="{}"/>'
        '<rect fill="url(#hatch-{})" width="100%" height="{}"/></svg>',
        f"{x:.3f}",
        f"{width:.3f}",
        height,
        one.label,
        one.tone,
        one.tone,
        one.tone,
        height - 1,
        one.tone,
        height,
    )
