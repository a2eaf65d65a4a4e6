"""Reading single cells: text marks, names, tags, dates with a time, yes and no."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.exporting.guard import unguarded
from customers.identity import fold
from customers.importing.given_names import GIVEN_NAMES
from customers.rules.profile import clean_day
from customers.rules.texts import one_line

FORMULA = re.compile(r"\s*(?:=|[+@-]\s*[A-Za-z_.]+\s*\(|@SUM)", re.IGNORECASE)
TIME = re.compile(
    r"^(.*?)[T ](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.(\d{1,6})\d*)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$"
)
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
FIGURES = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
WORD = re.compile(r'"((?:[^"]|"")*)"|([^,;|"]+)')
PARTICLES = frozenset("da das de del der di do dos e la las los mac san santa van von y".split())
YES = frozenset(
    "1 true t yes y si s x on verdadero acepta aceptado suscrito subscribed enabled opted_in "
    "confirmed active activo".split()
)
NO = frozenset("0 false f no n off falso none not_subscribed nonsubscribed null".split())
PENDING = frozenset({"pending", "pendiente"})
WITHDRAWN = frozenset(
    "unsubscribed unsubscribe cleaned baja desuscrito cancelado complained blocklisted withdrawn "
    "opted_out".split()
)
STATUSES = {
    "active": "activo activa active enabled habilitado vigente alta",
    "deactivated": "inactivo inactiva inactive deactivated suspendido deshabilitado",
    "disabled": "disabled bloqueado blocked banned",
}
STATUS_OF = {word: status for status, words in STATUSES.items() for word in words.split()}


def plain_cell(cell: str) -> str:
    """The cell without the apostrophe by which spreadsheets and exports mark a text."""
    return unguarded(cell) if cell[:1] == "'" else cell


def refuse_formula(text: str) -> None:
    """:raises DomainError: the text, not marked as one, is a formula of a spreadsheet."""
    if FORMULA.match(text):
        raise DomainError("formula", _("This is a formula of a spreadsheet, not a text."))


@lru_cache(maxsize=50_000)
def split_name(text: str) -> tuple[str, str, str]:
    """First name, last name and second last name of a whole name: the usual Spanish reading."""
    words = one_line(text).split(" ")
    given = 1
    while len(words) - given > 1 and fold(words[given]) in GIVEN_NAMES:
        given += 1
    surnames: list[str] = []
    is_open = False
    for word in words[given:]:
        if is_open:
            surnames[-1] += f" {word}"
        else:
            surnames.append(word)
        is_open = fold(word) in PARTICLES
    first = " ".join(words[:given])
    if len(surnames) == 2:
        return first, surnames[0], surnames[1]
    return first, " ".join(surnames), ""


@lru_cache(maxsize=20_000)
def split_words(text: str) -> tuple[str, ...]:
    """Tags of one cell: separated by ``,`` ``;`` or ``|``, quoted or not, each once."""
    found: dict[str, str] = {}
    for quoted, plain in WORD.findall(text):
        word = one_line(quoted.replace('""', '"') or plain)
        if word:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())


def read_instant(text: str, order: str, zone: ZoneInfo, field: str) -> datetime | None:
    """A day, or a day with a time, as an aware instant; without an offset it is the site's time.

    :raises DomainError: not a date, or an impossible one.
    """
    written = text.strip()
    found = TIME.match(written)
    day = _day(found[1] if found else written, order, field)
    if day is None:
        return None
    try:
        clock = _clock(found) if found else time()
    except ValueError as cause:
        raise DomainError("time_impossible", _("This time does not exist."), field=field) from cause
    offset = found[6] if found else None
    return datetime.combine(day, clock, _zone(offset) or zone).astimezone(UTC)


def _clock(found: re.Match[str]) -> time:
    fraction = (found[5] or "").ljust(6, "0")
    return time(int(found[2]), int(found[3]), int(found[4] or 0), int(fraction))


@lru_cache(maxsize=60_000)
def _day(text: str, order: str, field: str) -> date | None:
    return plain_day(text, order) or clean_day(text, order=order, field=field)


def plain_day(text: str, order: str) -> date | None:
    """A day in figures with its whole year, such as most are; None for whatever needs more care."""
    if found := ISO.fullmatch(text):
        year, month, day = found.group(1, 2, 3)
    elif (found := FIGURES.fullmatch(text)) and order != "ymd":
        year = found[3]
        month, day = (found[2], found[1]) if order == "dmy" else (found[1], found[2])
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _zone(offset: str | None) -> tzinfo | None:
    if not offset:
        return None
    return UTC if offset in {"Z", "UTC"} else datetime.strptime(offset, "%z").tzinfo


@lru_cache(maxsize=1000)
def read_answer(text: str, field: str) -> str:
    """``granted``, ``withdrawn``, ``pending``, or ``""`` where nothing was agreed to."""
    word = fold(text).replace(" ", "_")
    if not word or word in NO:
        return ""
    if word in PENDING:
        return "pending"
    if word in WITHDRAWN:
        return "withdrawn"
    if word in YES:
        return "granted"
    raise DomainError("answer_unknown", _("This is neither a yes nor a no."), field=field)


@lru_cache(maxsize=1000)
def read_status(text: str, field: str) -> str:
    word = fold(text)
    if not word:
        return ""
    if word not in STATUS_OF:
        raise DomainError("status_unknown", _("Use active or inactive."), field=field)
    return STATUS_OF[word]
