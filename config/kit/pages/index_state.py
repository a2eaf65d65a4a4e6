"""The state of a list: what an app declares, the URL says and the reader likes."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.utils.translation import ngettext

from config.kit.models import ListPreference
from config.kit.pages import cells, formats, saved_views
from config.kit.pages.keyset import Order, Sort
from config.kit.pages.listing import BulkAction, Column, View
from config.kit.pages.pieces import Action, EmptyState, Text
from config.kit.pages.state import UrlState, is_control

M = TypeVar("M", bound=Model)
DENSITIES = ("comfortable", "compact")


class IndexState(Generic[M]):
    """What an app declares, and the state that follows from it and the URL."""

    key: ClassVar[str]
    title: ClassVar[Text]
    permission: ClassVar[str] = ""
    search_label: ClassVar[Text] = ""
    search_hint: ClassVar[Text] = ""
    filterset_class: ClassVar[Any] = None
    columns: ClassVar[Sequence[Column[Any]]]
    sorts: ClassVar[Sequence[Sort]]
    views: ClassVar[Sequence[View]] = ()
    # The view with which the list opens for who chose none; empty: the one that hides nothing.
    first_view: ClassVar[str] = ""
    export_permission: ClassVar[str | None] = None
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    empty: ClassVar[EmptyState] = EmptyState("")
    id_field: ClassVar[str] = "pk"
    page_size: ClassVar[int] = 50
    count_cap: ClassVar[int] = 1_000
    search_cap: ClassVar[int] = 1_000
    # A search whose index names every hit first asks a sample whether they are many.
    guesses_hits: ClassVar[bool] = False
    template_name: ClassVar[str] = "kit/index.html"
    # Of what this list shows a part: its counts are remembered for that part alone.
    part: str = ""

    def __init__(
        self,
        request: HttpRequest | None = None,
        *,
        params: QueryDict | None = None,
        user: Any = None,
    ) -> None:
        self.request = request
        self.params = params if params is not None else request.GET if request else QueryDict()
        self.user = user if user is not None else getattr(request, "user", None)
        self.url = UrlState(self.params, request.path if request else "")

    # What an app declares

    def queryset(self) -> QuerySet[M]:
        raise NotImplementedError

    def search(self, rows: QuerySet[M], text: str) -> QuerySet[M]:
        return rows

    def load(self, rows: list[M]) -> None:
        """Fetch what the cells of one page need, for its rows only."""

    def actions(self) -> Sequence[Action]:
        return ()

    def count_label(self, count: int) -> str:
        text = formats.number(count)
        return ngettext("%(n)s row", "%(n)s rows", count) % {"n": text}

    def row_label(self, row: M) -> str:
        """What a row is called by the checkbox that selects it: by its title, where it has one."""
        title = next(
            (column.value_of(row) for column in self.columns if column.card == "title"), row
        )
        return str(title.title if isinstance(title, (cells.Person, cells.TwoLines)) else row)

    def record_url(self, row: M) -> str:
        """The page of a row from which one can step to the next; empty where there is none."""
        return ""

    def filter_text(self, name: str, value: Any, form: BaseForm) -> str | None:
        """Words of a chip for a value whose form field cannot say it; None: the usual ones."""
        return None

    def filter_name(self, key: str) -> str:
        """What a filter is called that this person does not have."""
        return key

    def filter_actions(self) -> Sequence[Action]:
        """Pages where more can be asked than in the fields of the filter panel."""
        return ()

    def applied_actions(self) -> Sequence[Action]:
        """What can be done with the filters that apply, beside their chips."""
        return ()

    def filter_edit_url(self, name: str) -> str:
        """The page where a filter's value is edited that has no visible field."""
        return ""

    def filterset(self, data: QueryDict, rows: QuerySet[M]) -> Any:
        """The bound FilterSet; None for a list without filters."""
        if self.filterset_class is None:
            return None
        return self.filterset_class(data, queryset=rows, request=self.request)

    # State

    @cached_property
    def text(self) -> str:
        return self.params.get("q", "").strip().replace("\x00", "")[:200]

    @cached_property
    def preference(self) -> ListPreference:
        return saved_views.preference_of(self.user, self.key)

    @cached_property
    def all_views(self) -> list[View]:
        """The views of the list and the kept ones, as this person orders them."""
        kept = [View.of(one) for one in saved_views.visible_views(self.user, self.key)]
        place = {key: number for number, key in enumerate(self.preference.view_order)}
        return sorted([*self.views, *kept], key=lambda view: place.get(view.key, len(place)))

    @cached_property
    def whole_view(self) -> View | None:
        """The view that leaves nothing out."""
        return next((view for view in self.views if not view.params), None)

    @cached_property
    def view(self) -> View | None:
        by_key = {view.key: view for view in self.all_views}
        wanted = self.params.get("view", "")
        if not (wanted or self.explicit or self.text or self.params.get("f") == "1"):
            wanted = self.preference.default_view or self.first_view
        return by_key.get(wanted, self.whole_view)

    @property
    def is_view_missing(self) -> bool:
        """Whether the URL names a view that this person cannot see."""
        wanted = self.params.get("view", "")
        return bool(wanted) and (self.view is None or self.view.key != wanted)

    @cached_property
    def explicit(self) -> QueryDict:
        """The filter values that stand in the URL themselves, blanks left out."""
        data = QueryDict(mutable=True)
        for key in self.params:
            values = [value for value in self.params.getlist(key) if value.strip()]
            if not is_control(key) and values:
                data.setlist(key, values)
        return data

    @cached_property
    def filter_data(self) -> QueryDict:
        """What the list is filtered by: the URL's values, else those of the view."""
        if self.explicit or self.params.get("f") == "1" or self.view is None:
            return self.explicit
        data = QueryDict(mutable=True)
        for key, values in self.view.lists().items():
            data.setlist(key, values)
        return data

    @cached_property
    def is_edited(self) -> bool:
        """Whether the list is no longer as its view says."""
        view = self.view
        if view is None:
            return False
        if dict(self.filter_data.lists()) != view.lists():
            return True
        if view.saved is None:
            return False
        columns = list(view.columns) or [one.key for one in self.columns if one.default]
        has_other_columns = "columns" in self.params and self.column_keys != columns
        return has_other_columns or (bool(view.sort) and self.order.token != view.sort)

    @cached_property
    def order(self) -> Order:
        wanted = self.params.get("sort") or (self.view.sort if self.view else "")
        by_key = {sort.key: sort for sort in self.sorts}
        sort = by_key.get(wanted.removeprefix("-"))
        if sort is None:
            return self.sorts[0].of(self.sorts[0].descending)
        return sort.of(wanted.startswith("-"))

    @cached_property
    def density(self) -> str:
        cookie = self.request.COOKIES.get("density", "") if self.request else ""
        wanted = self.params.get("density") or cookie
        return wanted if wanted in DENSITIES else DENSITIES[0]

    @cached_property
    def shown_columns(self) -> list[Column[Any]]:
        """The title's column, then the others in the order of the URL, the view or the person."""
        by_key = {one.key: one for one in self.columns}
        in_url = [key for part in self.params.getlist("columns") for key in part.split(",")]
        in_view = self.view.columns if self.view else ()
        for wanted in (in_url, in_view, self.preference.columns):
            chosen = [by_key[key] for key in dict.fromkeys(wanted) if key in by_key]
            if chosen:
                rest = [one for one in chosen if one is not self.title_column]
                return [self.title_column, *rest]
        return [one for one in self.columns if one.default]

    @property
    def title_column(self) -> Column[Any]:
        return next((one for one in self.columns if one.card == "title"), self.columns[0])

    @property
    def column_keys(self) -> list[str]:
        return [one.key for one in self.shown_columns]


def moved(keys: list[str], move: str) -> list[str]:
    """``up:key`` and ``down:key`` put a key one place to the front or to the back."""
    direction, _colon, key = move.partition(":")
    order = list(keys)
    if key not in order or direction not in ("up", "down"):
        return order
    place = order.index(key)
    other = place - 1 if direction == "up" else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order
