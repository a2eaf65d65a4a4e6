"""The one list of the back office; an app fills it by a declaration."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.kit.pages import bulk, filters, formats
from config.kit.pages.filters import Chip
from config.kit.pages.keyset import Cursor, Keyset, Order, Page, Sort, cursor_read, cursor_write
from config.kit.pages.listing import BulkAction, Column, Row, Tab, View
from config.kit.pages.pieces import Action, EmptyState, Text, allowed
from config.kit.pages.selection import Selection
from config.kit.pages.state import CONTROL_KEYS, UrlState

M = TypeVar("M", bound=Model)
DENSITIES = ("comfortable", "compact")
TAB_COUNT_LIFE = 30


class IndexPage(Generic[M]):
    """A list with views, search, filters, sorts, columns, bulk actions and keyset paging.

    State is in the URL; the URL answers a page, or its ``#index`` part when htmx asks for that.
    """

    key: ClassVar[str]
    title: ClassVar[Text]
    permission: ClassVar[str] = ""
    search_label: ClassVar[Text] = ""
    filterset_class: ClassVar[Any] = None
    columns: ClassVar[Sequence[Column]]
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
    def shown_columns(self) -> list[Column]:
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

    @cached_property
    def rows(self) -> list[Row]:
        return [
            Row(
                str(getattr(row, self.id_field)),
                self.row_label(row) if self.allowed_bulk else "",
                [column.cell(row, self) for column in self.shown_columns],
            )
            for row in self.page.rows
        ]

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

    @property
    def count_text(self) -> str:
        if self.known_count is not None:
            return self.count_label(self.known_count)
        cap = self.search_cap if self.is_wide_search else self.count_cap
        return _("%(n)s+") % {"n": formats.number(cap)}

    def exact_count(self) -> int:
        return self.filtered.order_by().count()

    def tab_count(self, view: View) -> str:
        """How many a view holds, remembered for half a minute."""
        data = QueryDict(mutable=True)
        for key, values in view.lists().items():
            data.setlist(key, values)
        name = f"index:{self.key}:{view.key}:{getattr(self.user, 'pk', '')}"
        count = cache.get(name)
        if count is None:
            count = type(self)(self.request, params=data, user=self.user).exact_count()
            cache.set(name, count, TAB_COUNT_LIFE)
        return formats.number(count)

    # Pieces for the template

    def tabs(self, *, with_counts: bool = False) -> list[Tab]:
        return [
            Tab(
                view,
                self.url.with_(drop=[*self.explicit, "f", "q", "sort"], view=view.key),
                view is self.view,
                view is self.view and self.is_edited,
                self.tab_count(view) if with_counts and view.count else "",
            )
            for view in self.views
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        if self.bound_filterset is None:
            return []
        form = self.bound_filterset.form
        form.is_valid()
        made = (self._chip(form, name, value) for name, value in form.cleaned_data.items())
        return [chip for chip in made if chip]

    def _chip(self, form: BaseForm, name: str, value: Any) -> Chip | None:
        if filters.is_blank(value):
            return None
        bound, field = form[name], form.fields[name]
        text = self.filter_text(name, value, form) or filters.value_text(field, value)
        rest = {key: self.filter_data.getlist(key) for key in self.filter_data}
        for key in filters.url_names(bound):
            rest.pop(key, None)
        url = self.url.with_(drop=list(self.filter_data), f="1", **rest)
        return Chip(field.label or name, text, url, bound.id_for_label or bound.auto_id)

    @property
    def clear_url(self) -> str:
        return self.url.with_(drop=[*self.explicit, "q"], f="1")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.chips or self.filter_data)

    @cached_property
    def allowed_actions(self) -> list[Action | None]:
        return allowed(list(self.actions()), self.user)

    @cached_property
    def allowed_bulk(self) -> list[BulkAction]:
        can = getattr(self.user, "has_perm", lambda _permission: False)
        return [one for one in self.bulk_actions if not one.permission or can(one.permission)]

    def hidden_state(self) -> list[tuple[str, str]]:
        """What the search and filter form carries along."""
        kept = ("view", "sort", "columns", "density")
        state = [(key, value) for key in kept for value in self.params.getlist(key)]
        return [*state, ("f", "1")]

    def sort_links(self) -> list[tuple[Order, str, bool]]:
        orders = [sort.of(sort.descending) for sort in self.sorts]
        return [
            (order, self.url.with_(sort=order.token), order.sort is self.order.sort)
            for order in orders
        ]

    def headers(self) -> list[tuple[Column, str, str]]:
        """Column, the URL that sorts by it, and its ``aria-sort``."""
        made: list[tuple[Column, str, str]] = []
        by_key = {sort.key: sort for sort in self.sorts}
        for column in self.shown_columns:
            sort = by_key.get(column.sort)
            if sort is None:
                made.append((column, "", ""))
                continue
            is_on = sort is self.order.sort
            flipped = sort.of(not self.order.descending if is_on else sort.descending)
            direction = "descending" if self.order.descending else "ascending"
            made.append((column, self.url.with_(sort=flipped.token), direction if is_on else ""))
        return made

    def _turn(self, name: str, cursor: Cursor | None) -> str:
        if cursor is None:
            return ""
        return self.url.with_(**{name: cursor_write(cursor, scope=self.cursor_scope)})

    @property
    def next_url(self) -> str:
        return self._turn("after", self.page.last) if self.page.has_next else ""

    @property
    def previous_url(self) -> str:
        return self._turn("before", self.page.first) if self.page.has_previous else ""

    @property
    def first_url(self) -> str:
        return self.url.with_() if self.page.has_previous else ""

    @property
    def last_url(self) -> str:
        return self.url.with_(at="last") if self.page.has_next else ""

    @property
    def other_density_url(self) -> str:
        other = DENSITIES[1 - DENSITIES.index(self.density)]
        return self.url.with_(keep_place=True, density=other)

    @property
    def count_url(self) -> str:
        return self.url.with_(count="1")

    @property
    def tabs_url(self) -> str:
        return self.url.with_(tabs="1")

    @property
    def selection_query(self) -> str:
        return self.url.filters().urlencode()

    # Selections

    @classmethod
    def of_query(cls, query: str, *, user: Any = None) -> "IndexPage[M]":
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
        return rows.filter(**{f"{cls.id_field}__in": _valid_ids(rows.model, cls.id_field, selection.ids)})

    @staticmethod
    def url_with(path: str, **values: str | list[str]) -> str:
        """A link to the list at ``path`` with these filters."""
        return f"{path}?{urlencode({**values, 'f': '1'}, doseq=True)}"

    # Answers

    def response(self, extra: dict[str, Any] | None = None) -> HttpResponse:
        request = self._request()
        if request.method == "POST":
            return bulk.bulk_response(self, request)
        answer = self._answer(request, extra or {})
        patch_vary_headers(answer, ("HX-Request",))
        if self.params.get("density") in DENSITIES:
            answer.set_cookie("density", self.density, max_age=31_536_000, samesite="Lax")
        return answer

    def _request(self) -> HttpRequest:
        if self.request is None:
            raise ValueError("a list without a request can select rows, not answer")
        return self.request

    def _answer(self, request: HttpRequest, extra: dict[str, Any]) -> HttpResponse:
        context = {**extra, "index": self}
        if self.params.get("count") == "1":
            return render(request, "kit/index_count.html", {**context, "count": self.exact_count()})
        if self.params.get("tabs") == "1":
            context["tabs"] = self.tabs(with_counts=True)
            return render(request, "kit/index_tabs.html", context)
        target = getattr(getattr(request, "htmx", None), "target", None)
        if target in ("index", "index-results"):
            answer = render(request, "kit/index_list.html", {**context, "tabs": self.tabs()})
            answer["HX-Push-Url"] = self.canonical_url
            return answer
        if request.GET and self.canonical_url != request.get_full_path() and self._has_blanks():
            return HttpResponseRedirect(self.canonical_url)
        return render(request, self.template_name, {**context, "tabs": self.tabs()})

    def _has_blanks(self) -> bool:
        return any(not value for key in self.params for value in self.params.getlist(key))

    @property
    def canonical_url(self) -> str:
        """This URL without the empty fields that a form sends."""
        blank = [key for key in self.params if not any(self.params.getlist(key))]
        return self.url.with_(drop=blank, keep_place=True)


def _valid_ids(model: type[Model], name: str, ids: Sequence[str]) -> list[Any]:
    """The ids that can be ids of this model; a posted list may hold anything."""
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    valid = []
    for one in ids:
        with suppress(ValidationError):
            valid.append(field.to_python(one))
    return valid
