"""The rows of a list: what an app declares, narrowed and ordered as the URL says."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.utils.translation import ngettext

from config.kit.pages import formats
from config.kit.pages.keyset import Keyset, Order, Page, Sort, cursor_read
from config.kit.pages.listing import BulkAction, Column, View
from config.kit.pages.pieces import Action, EmptyState, Text
from config.kit.pages.selection import Selection
from config.kit.pages.state import CONTROL_KEYS, UrlState

M = TypeVar("M", bound=Model)
DENSITIES = ("comfortable", "compact")


class IndexRows(Generic[M]):
    """What an app declares, the state that the URL says, and the rows that follow from both."""

    key: ClassVar[str]
    title: ClassVar[Text]
    permission: ClassVar[str] = ""
    search_label: ClassVar[Text] = ""
    filterset_class: ClassVar[Any] = None
    columns: ClassVar[Sequence[Column[Any]]]
    sorts: ClassVar[Sequence[Sort]]
    views: ClassVar[Sequence[View]] = ()
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    empty: ClassVar[EmptyState] = EmptyState("")
    id_field: ClassVar[str] = "pk"
    page_size: ClassVar[int] = 50
    count_cap: ClassVar[int] = 10_000
    search_cap: ClassVar[int] = 1_000
    template_name: ClassVar[str] = "kit/index.html"

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
        self.is_wide_search = False
        self._found: int | None = None

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
        """What a row is called by the checkbox that selects it."""
        return str(row)

    def filter_text(self, name: str, value: Any, form: BaseForm) -> str | None:
        """Words of a chip for a value whose form field cannot say it; None: the usual ones."""
        return None

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
    def view(self) -> View | None:
        by_key = {view.key: view for view in self.views}
        wanted = by_key.get(self.params.get("view", ""))
        return wanted or next((view for view in self.views if not view.params), None)

    @cached_property
    def explicit(self) -> QueryDict:
        """The filter values that stand in the URL themselves, blanks left out."""
        data = QueryDict(mutable=True)
        for key in self.params:
            values = [value for value in self.params.getlist(key) if value.strip()]
            if key not in CONTROL_KEYS and values:
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
        """Whether the filters differ from those of the view."""
        return self.view is not None and dict(self.filter_data.lists()) != self.view.lists()

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
        wanted = {key for part in self.params.getlist("columns") for key in part.split(",")}
        chosen = [one for one in self.columns if one.key in wanted or one.card == "title"]
        return chosen if wanted else [one for one in self.columns if one.default]

    # Rows

    @cached_property
    def bound_filterset(self) -> Any:
        return self.filterset(self.filter_data, self.queryset())

    @cached_property
    def filtered(self) -> QuerySet[M]:
        """All rows that match the filters and the search, in no order."""
        rows = self.queryset()
        if self.bound_filterset is not None:
            names = set(self.bound_filterset.form.fields)
            clash = names & CONTROL_KEYS
            if clash:
                raise ImproperlyConfigured(f"{self.key}: filters cannot be called {clash}")
            self.bound_filterset.form.is_valid()
            rows = self._valid_part(rows)
        return self._searched(rows) if self.text else rows

    def _valid_part(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Apply every filter whose value is right; a wrong one shows its error in the panel."""
        filterset = self.bound_filterset
        for name, value in filterset.form.cleaned_data.items():
            rows = filterset.filters[name].filter(rows, value)
        return rows

    def _searched(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Few hits are named one by one and sorted; many are met by walking the sort index."""
        found = self.search(rows, self.text)
        ids = list(found.order_by().values_list("pk", flat=True)[: self.search_cap + 1])
        if len(ids) > self.search_cap:
            self.is_wide_search = True
            return found
        unique = set(ids)
        self._found = len(unique)
        return rows.filter(pk__in=unique)

    @cached_property
    def cursor_scope(self) -> str:
        return f"{self.key}:{self.order.token}"

    @cached_property
    def page(self) -> Page[M]:
        keyset = Keyset(self.filtered, self.order, size=self.page_size)
        page = self._page_of(keyset)
        self.load(page.rows)
        return page

    def _page_of(self, keyset: Keyset[M]) -> Page[M]:
        if self.params.get("at") == "last":
            return keyset.last()
        for name, walk in (("after", keyset.after), ("before", keyset.before)):
            cursor = cursor_read(self.params.get(name, ""), scope=self.cursor_scope)
            if cursor is not None:
                return walk(cursor)
        return keyset.first()

    # Counts

    @cached_property
    def known_count(self) -> int | None:
        """The exact number of rows that match, or None when it is above the cap."""
        rows = self.filtered
        if self._found is not None:
            return self._found
        if self.is_wide_search:
            return None
        page = self.page
        if not page.has_previous and not page.has_next:
            return len(page.rows)
        count = rows.order_by().values("pk")[: self.count_cap + 1].count()
        return count if count <= self.count_cap else None

    def exact_count(self) -> int:
        return self.filtered.order_by().count()

    # Selections

    @classmethod
    def of_query(cls, query: str, *, user: Any = None) -> Self:
        return cls(params=QueryDict(query), user=user)

    @classmethod
    def selected(cls, params: dict[str, Any], *, user: Any = None) -> QuerySet[M]:
        """The rows of a selection that stands in a job's params."""
        return cls.rows_of(Selection.from_params(params), user=user)

    @classmethod
    def rows_of(cls, selection: Selection, *, user: Any = None) -> QuerySet[M]:
        index = cls.of_query(selection.query if selection.covers_all else "", user=user)
        if selection.covers_all:
            return index.filtered
        rows = index.queryset()
        return rows.filter(
            **{f"{cls.id_field}__in": _valid_ids(rows.model, cls.id_field, selection.ids)}
        )


def _valid_ids(model: type[Model], name: str, ids: Sequence[str]) -> list[Any]:
    """The ids that can be ids of this model; a posted list may hold anything."""
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    valid = []
    for one in ids:
        with suppress(ValidationError):
            valid.append(field.to_python(one))
    return valid
