"""What a list's column can hold; the value's type decides how it looks.

Written with ``format_html`` and not as templates: a page has hundreds of cells.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.kit.money import format_minor
from config.kit.pages import formats
from config.kit.pages.icons import icon
from config.kit.pages.pieces import Badge, Text, Tone

AVATAR_COLOURS = 6


@dataclass(frozen=True)
class Person:
    title: Text
    detail: Text = ""
    url: str = ""
    initials_of: Text = ""


@dataclass(frozen=True)
class TwoLines:
    title: Text
    detail: Text = ""
    url: str = ""
    detail_tone: Tone = ""


@dataclass(frozen=True)
class Status:
    """A dot and a word; the state of a thing in a table."""

    tone: Tone
    text: Text
    detail: Text = ""
    detail_tone: Tone = ""


@dataclass(frozen=True)
class Tag:
    text: Text
    tone: Tone = "slate"


@dataclass(frozen=True)
class Tags:
    tags: Sequence[Tag] = field(default_factory=tuple)
    more: int = 0


@dataclass(frozen=True)
class Money:
    amount: int
    currency: str


@dataclass(frozen=True)
class Percent:
    ratio: float | Decimal | None
    digits: int = 1


@dataclass(frozen=True)
class Bar:
    """A share of a whole, drawn."""

    part: int
    whole: int
    tone: Tone = "primary"


def initials(name: str) -> str:
    """Up to two letters: of the first and the second word."""
    words = [word for word in name.replace("@", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def avatar(name: str, size: int = 28) -> SafeString:
    """Initials on a soft colour that stays the same for a name."""
    colour = zlib.crc32(name.encode()) % AVATAR_COLOURS
    return format_html(
        '<span class="avatar avatar-{} avatar-{}" aria-hidden="true">{}</span>',
        size,
        colour,
        initials(name),
    )


def badge(tone: str, text: Text, icon_name: str = "") -> SafeString:
    mark = icon(icon_name) if icon_name else ""
    return format_html('<span class="badge badge-{}">{}{}</span>', tone or "neutral", mark, text)


def status(tone: str, text: Text) -> SafeString:
    tone = tone or "neutral"
    return format_html('<span class="status status-{} tone-{}">{}</span>', tone, tone, text)


def tag(text: Text, tone: str = "slate") -> SafeString:
    return format_html('<span class="tag tone-{}">{}</span>', tone or "slate", text)


def bar(part: int, whole: int, tone: str = "primary", label: str = "") -> SafeString:
    """One bar out of 100; the number stands beside it in the page."""
    share = max(0.0, min(100.0, 100 * part / whole)) if whole else 0.0
    return format_html(
        '<svg class="bar" role="img" aria-label="{}">'
        '<rect class="track" width="100%" height="100%"/>'
        '<rect class="fill-{}" width="{}%" height="100%"/></svg>',
        label or formats.percent(share / 100),
        tone or "primary",
        f"{share:.2f}",
    )


def _title(text: Text, url: str) -> SafeString:
    if url:
        return format_html('<a class="cell-title" href="{}">{}</a>', url, text)
    return format_html('<span class="cell-title">{}</span>', text)


def _detail(text: Text, tone: str = "") -> SafeString:
    return format_html('<span class="detail {}">{}</span>', tone, text) if text else SafeString("")


def _person(value: Person) -> SafeString:
    return format_html(
        '<span class="person">{}<span class="two">{}{}</span></span>',
        avatar(str(value.initials_of or value.title)),
        _title(value.title, value.url),
        _detail(value.detail),
    )


def _two_lines(value: TwoLines) -> SafeString:
    return format_html(
        '<span class="two">{}{}</span>',
        _title(value.title, value.url),
        _detail(value.detail, value.detail_tone),
    )


def _status(value: Status) -> SafeString:
    return format_html(
        '<span class="two">{}{}</span>',
        status(value.tone, value.text),
        _detail(value.detail, value.detail_tone),
    )


def _tags(value: Tags) -> SafeString:
    shown = format_html_join("", "{}", ((tag(one.text, one.tone),) for one in value.tags))
    more = format_html('<span class="tag tag-more">+{}</span>', value.more) if value.more else ""
    return format_html('<span class="tags">{}{}</span>', shown, more)


def _moment(value: datetime) -> SafeString:
    return format_html(
        '<time class="two" datetime="{}"><span class="exact tabular nowrap">{}</span>'
        '<span class="detail nowrap">{}</span></time>',
        value.isoformat(),
        formats.moment(value),
        formats.ago(value),
    )


def _text(value: Any) -> SafeString:
    return format_html('<span class="cell-text">{}</span>', value)


def _money(value: Money) -> str:
    return format_minor(value.amount, value.currency, get_language() or "es")


RENDERERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str], bool], ...] = (
    (Person, _person, False),
    (TwoLines, _two_lines, False),
    (Status, _status, False),
    (Badge, lambda value: badge(value.tone, value.text, value.icon), False),
    (Tags, _tags, False),
    (Money, _money, True),
    (Percent, lambda value: formats.percent(value.ratio, value.digits), True),
    (Bar, lambda value: bar(value.part, value.whole, value.tone), False),
    (SafeString, lambda value: value, False),
    (bool, lambda value: _("Yes") if value else _("No"), False),
    ((int, Decimal), formats.number, True),
    (float, lambda value: formats.number(value, 1), True),
    (datetime, _moment, False),
    (date, formats.day, False),
    ((str, Promise), _text, False),
)


def render(value: Any) -> tuple[str, bool]:
    """The cell's HTML and whether it stands on the right."""
    if value is None or value == "":
        return "–", False
    for kind, write, is_number in RENDERERS:
        if isinstance(value, kind):
            return write(value), is_number
    return _text(value), False
