"""A list as a file: its shown columns, for the rows of a selection, in the list's order."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.kit.pages import cells
from config.kit.pages.index import IndexPage
from config.kit.pages.keyset import Keyset, Page
from config.kit.pages.listing import Column
from config.kit.pages.pieces import Badge
from config.kit.pages.selection import Selection
from config.kit.spreadsheets import Line

CHUNK = 1000
TWO_PARTS = (cells.Person, cells.TwoLines, cells.Status)
Value = str | int | float | Decimal | datetime | date


def exported_columns(index: IndexPage[Any]) -> list[Column[Any]]:
    """The shown columns, without those that hold only buttons or drawings."""
    return [one for one in index.shown_columns if one.label and one.in_files]


def export_lines(
    index: IndexPage[Any], selection: Selection, tell: Callable[[int], None]
) -> Iterator[Line]:
    """The heads, then the rows; ``tell`` hears how many are done after each thousand.

    What stands on two lines in the list gets two columns, if its first thousand rows have any.
    """
    columns = exported_columns(index)
    wide: set[str] | None = None
    done = 0
    for rows in _chunks(index, selection):
        if wide is None:
            wide = {one.key for one in columns if _has_two_parts(one, rows)}
            yield _heads(columns, wide)
        for row in rows:
            yield [part for one in columns for part in _parts(one.value_of(row), one.key in wide)]
        done += len(rows)
        tell(done)
    if wide is None:
        yield _heads(columns, set())


def _heads(columns: list[Column[Any]], wide: set[str]) -> Line:
    line: Line = []
    for one in columns:
        line.append(str(one.label))
        if one.key in wide:
            line.append(_("%(column)s: detail") % {"column": one.label})
    return line


def _chunks(index: IndexPage[Any], selection: Selection) -> Iterator[list[Any]]:
    keyset = Keyset(index.rows_of(selection, user=index.user), index.order, size=CHUNK)
    page: Page[Any] = keyset.first()
    while page.rows:
        index.load(page.rows)
        yield page.rows
        if not page.has_next or page.last is None:
            return
        page = keyset.after(page.last)


def _has_two_parts(column: Column[Any], rows: list[Any]) -> bool:
    values = (column.value_of(row) for row in rows)
    return any(isinstance(value, TWO_PARTS) and value.detail for value in values)


def _parts(value: Any, is_wide: bool) -> list[Value]:
    if isinstance(value, (cells.Person, cells.TwoLines)):
        return [str(value.title), str(value.detail)] if is_wide else [str(value.title)]
    if isinstance(value, cells.Status):
        return [str(value.text), str(value.detail)] if is_wide else [str(value.text)]
    return [plain(value), ""] if is_wide else [plain(value)]


def plain(value: Any) -> Value:
    """What a cell holds, without its look: numbers and times stay what they are."""
    if isinstance(value, SafeString):
        return " ".join(strip_tags(value).split())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, (int, float, Decimal, date)):
        return value
    if isinstance(value, (cells.Money, cells.Bar)):
        return strip_tags(cells.render(value)[0]) if isinstance(value, cells.Money) else value.part
    if isinstance(value, cells.Percent):
        return "" if value.ratio is None else value.ratio
    if isinstance(value, cells.Tags):
        more = [f"+{value.more}"] if value.more else []
        return ", ".join([*(str(one.text) for one in value.tags), *more])
    if isinstance(value, Badge):
        return str(value.text)
    return "" if value is None else str(value)
