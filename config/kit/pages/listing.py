"""What a list declares: columns, views, bulk actions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from config.kit.models import SavedView
from config.kit.pages import cells
from config.kit.pages.pieces import Text
from config.kit.pages.selection import Selection

if TYPE_CHECKING:
    from config.kit.pages.index_rows import IndexRows

R = TypeVar("R")
BulkHandler = Callable[[Selection, HttpRequest, dict[str, Any]], HttpResponse | None]


@dataclass(frozen=True)
class Column(Generic[R]):
    """``value`` is an attribute path (``a.b``) or a function of the row; its type decides the look.

    ``card`` is the cell's place below 768 px, where a row is a card.
    """

    key: str
    label: Text
    value: str | Callable[[R], Any]
    sort: str = ""
    align: Literal["", "end"] = ""
    default: bool = True
    card: Literal["title", "aside", "aside_small", "meta", "hidden"] = "meta"
    card_label: Text = ""
    template: str = ""
    in_files: bool = True

    @property
    def name(self) -> Text:
        return self.label or self.card_label or self.key

    def value_of(self, row: R) -> Any:
        if callable(self.value):
            return self.value(row)
        value: Any = row
        for name in self.value.split("."):
            value = getattr(value, name, None)
        return value

    def cell(self, row: R, index: "IndexRows[Any]") -> "Cell":
        value = self.value_of(row)
        url = index.row_url(row) if self.card == "title" else ""
        if url and isinstance(value, (cells.Person, cells.TwoLines)) and value.url:
            value = replace(value, url=url)
        if self.template:
            context = {"row": row, "value": value, "index": index, "url": url}
            return Cell(self, SafeString(render_to_string(self.template, context)), False, False)
        html, is_number = cells.render(value)
        return Cell(self, html, is_number, html == "–")


@dataclass(frozen=True)
class Cell:
    column: Column[Any]
    html: str
    is_number: bool
    is_empty: bool

    @property
    def classes(self) -> str:
        names = [f"card-{self.column.card}"]
        if self.is_number or self.column.align == "end":
            names.append("num")
        if self.is_empty:
            names.append("is-empty")
        return " ".join(names)

    @property
    def td(self) -> SafeString:
        """The whole cell: a page has hundreds, too many for a template."""
        label = self.column.card_label if self.column.label else ""
        before = format_html('<span class="card-label">{} </span>', label) if label else ""
        return SafeString(
            f'<td class="{self.classes}">{before}{conditional_escape(self.html)}</td>'
        )


@dataclass(frozen=True)
class Row:
    id: str
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class View:
    """A tab: a name for some filters, as they would stand in the URL."""

    key: str
    label: Text
    params: Mapping[str, str | list[str]] = field(default_factory=dict)
    sort: str = ""
    count: bool = True
    columns: Sequence[str] = ()
    saved: SavedView | None = None

    @classmethod
    def of(cls, saved: SavedView) -> "View":
        """The tab of a view that somebody keeps."""
        return cls(
            str(saved.public_id),
            saved.name,
            saved.params,
            saved.sort,
            columns=tuple(saved.columns),
            saved=saved,
        )

    @property
    def version(self) -> int:
        return self.saved.version if self.saved else 0

    def lists(self) -> dict[str, list[str]]:
        return {
            key: [value] if isinstance(value, str) else [str(one) for one in value]
            for key, value in self.params.items()
        }


@dataclass(frozen=True)
class Tab:
    view: View
    url: str
    is_active: bool
    is_edited: bool
    count: str = ""


@dataclass(frozen=True)
class BulkAction:
    """``handler(selection, request, data)``; ``data`` is the form's cleaned data or ``{}``.

    With ``form`` or ``confirm`` a page asks first; ``confirm(count)`` names the consequence.
    ``needs_proof``: who does it proves again who they are.
    """

    key: str
    label: Text
    icon: str
    permission: str
    handler: BulkHandler
    form: type[forms.BaseForm] | None = None
    confirm: Callable[[int], str] | None = None
    danger: bool = False
    needs_proof: bool = False

    @property
    def asks(self) -> bool:
        return self.form is not None or self.confirm is not None
