"""The one list of the back office; an app fills it by a declaration."""

from functools import cached_property
from typing import Any, Generic

from django.core.cache import cache
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from config.kit.pages import bulk, filters, formats
from config.kit.pages.filters import Chip
from config.kit.pages.index_rows import DENSITIES, IndexRows, M
from config.kit.pages.keyset import Cursor, Order, cursor_write
from config.kit.pages.listing import BulkAction, Column, Row, Tab, View
from config.kit.pages.pieces import Action, allowed
from config.kit.pages.state import POSITION_KEYS

TAB_COUNT_LIFE = 30


class IndexPage(IndexRows[M], Generic[M]):
    """A list with views, search, filters, sorts, columns, bulk actions and keyset paging.

    State is in the URL; the URL answers a page, or its ``#index`` part when htmx asks for that.
    """

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

    @property
    def count_text(self) -> str:
        if self.known_count is not None:
            return self.count_label(self.known_count)
        cap = self.search_cap if self.is_wide_search else self.count_cap
        return _("%(n)s+") % {"n": formats.number(cap)}

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
        url = self.url.with_values({**rest, "f": "1"}, drop=list(self.filter_data))
        return Chip(field.label or name, text, url, bound.id_for_label or bound.auto_id)

    @property
    def clear_url(self) -> str:
        return self.url.with_(drop=[*self.explicit, "q"], f="1")

    @property
    def without_search_url(self) -> str:
        return self.url.with_(drop=["q"])

    @property
    def view_url(self) -> str:
        """The view as it was before it was changed."""
        return self.url.with_(drop=[*self.explicit, "f", "q"])

    @property
    def title_column(self) -> Column[Any]:
        return next((one for one in self.columns if one.card == "title"), self.columns[0])

    @cached_property
    def number_columns(self) -> set[str]:
        """Columns whose head stands on the right because their cells do."""
        return {cell.column.key for row in self.rows for cell in row.cells if cell.is_number}

    @property
    def expected(self) -> str:
        return "" if self.known_count is None else str(self.known_count)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.chips or self.filter_data)

    @cached_property
    def allowed_actions(self) -> list[Action | None]:
        return allowed(list(self.actions()), self.user)

    @property
    def primary_actions(self) -> list[Action]:
        return [one for one in self.allowed_actions if one and one.style == "primary"]

    @property
    def other_actions(self) -> list[Action]:
        """They go into a menu on a phone."""
        return [one for one in self.allowed_actions if one and one.style != "primary"]

    @cached_property
    def allowed_bulk(self) -> list[BulkAction]:
        can = getattr(self.user, "has_perm", lambda _permission: False)
        return [one for one in self.bulk_actions if not one.permission or can(one.permission)]

    def hidden_state(self) -> list[tuple[str, str]]:
        """What the search and filter form carries along."""
        kept = ("view", "sort", "columns", "density")
        state = [(key, value) for key in kept for value in self.params.getlist(key)]
        return [*state, ("f", "1")]

    def column_state(self) -> list[tuple[str, str]]:
        """What the form of the column chooser carries along."""
        kept = [key for key in self.params if key not in POSITION_KEYS | {"columns"}]
        return [(key, value) for key in kept for value in self.params.getlist(key)]

    def sort_links(self) -> list[tuple[Order, str, bool]]:
        orders = [sort.of(sort.descending) for sort in self.sorts]
        return [
            (order, self.url.with_(sort=order.token), order.sort is self.order.sort)
            for order in orders
        ]

    def headers(self) -> list[tuple[Column[Any], str, str]]:
        """Column, the URL that sorts by it, and its ``aria-sort``."""
        made: list[tuple[Column[Any], str, str]] = []
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
        return self.url.with_values({name: cursor_write(cursor, scope=self.cursor_scope)})

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
            context["total"] = self.tab_count(View("", ""))
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
