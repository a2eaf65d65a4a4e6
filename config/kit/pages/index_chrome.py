"""What a list shows around its rows: tabs, chips, heads, pager, and the links of all of them."""

import copy
from collections.abc import Callable
from functools import cached_property
from time import monotonic
from typing import Any, Generic, Self

from django.core.cache import cache
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from config.kit.pages import formats, saved_views
from config.kit.pages.filtering import chips
from config.kit.pages.filtering.chips import Chip
from config.kit.pages.index_rows import IndexRows
from config.kit.pages.index_state import DENSITIES, M
from config.kit.pages.keyset import Cursor, Order, cursor_write
from config.kit.pages.listing import BulkAction, Column, Row, Tab, View
from config.kit.pages.pieces import Action, Link, allowed

TAB_COUNT_LIFE = 30
TAB_COUNT_CAP = 100_000
# Seconds. What was counted faster is counted anew: a number that lags behind the list looks wrong.
TAB_COUNT_DEAR = 0.05
CHIP_IDS = "chip_%s"
VIEW_STATE = ("f", "q", "sort", "columns")


class IndexChrome(IndexRows[M], Generic[M]):
    """The pieces that the list's templates put together."""

    @cached_property
    def rows(self) -> list[Row]:
        return [
            Row(
                str(getattr(row, self.id_field)),
                self.row_label(row) if self.has_picks else "",
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
        """How many a view holds, up to a cap; a slow count is remembered for half a minute."""
        count = self._remembered(view, lambda rows: rows[: TAB_COUNT_CAP + 1].count())
        if count > TAB_COUNT_CAP:
            return _("%(n)s+") % {"n": formats.number(TAB_COUNT_CAP)}
        return formats.number(count)

    @property
    def total_text(self) -> str:
        """How many there are of all, exactly."""
        return formats.number(self._remembered(View("", ""), lambda rows: rows.count()))

    def _remembered(self, view: View, count: Callable[[QuerySet[Any]], int]) -> int:
        whose = getattr(self.user, "pk", "")
        name = f"index:{self.key}:{self.part}:{view.key}:{view.version}:{whose}"
        found: int | None = cache.get(name)
        if found is None:
            data = QueryDict("f=1", mutable=True)
            for key, values in view.lists().items():
                data.setlist(key, values)
            started = monotonic()
            found = count(self.narrowed(data).filtered.order_by().values("pk"))
            if monotonic() - started > TAB_COUNT_DEAR:
                cache.set(name, found, TAB_COUNT_LIFE)
        return found

    def narrowed(self, params: QueryDict) -> Self:
        """The same list with other filters."""
        return type(self)(self.request, params=params, user=self.user)

    # Views

    def tabs(self, *, with_counts: bool = False) -> list[Tab]:
        return [
            Tab(
                view,
                self.url.with_(drop=[*self.explicit, *VIEW_STATE], view=view.key),
                view is self.view,
                view is self.view and self.is_edited,
                self.tab_count(view) if with_counts and view.count else "",
            )
            for view in self.all_views
        ]

    @property
    def can_keep_views(self) -> bool:
        return self.request is not None and getattr(self.user, "pk", None) is not None

    @property
    def can_save_view(self) -> bool:
        """Whether the open view, which was changed here, may be replaced by what one sees."""
        saved = self.view.saved if self.view else None
        return self.is_edited and saved is not None and saved_views.may_change(self.user, saved)

    def _kept_url(self, name: str, *args: Any) -> str:
        """A page about this list, which knows the list's state and the way back."""
        query = urlencode({"state": self.standing_query, "next": self.canonical_url})
        return f"{reverse(f'lists:{name}', args=[self.key, *args])}?{query}"

    @property
    def save_as_url(self) -> str:
        return self._kept_url("view_new")

    @property
    def manage_views_url(self) -> str:
        return self._kept_url("views")

    @property
    def save_view_url(self) -> str:
        saved = self.view.saved if self.view else None
        return self._kept_url("view_save", saved.public_id) if saved else ""

    @property
    def columns_url(self) -> str:
        return reverse("lists:columns", args=[self.key])

    def filter_lists(self) -> dict[str, list[str]]:
        return {key: self.filter_data.getlist(key) for key in self.filter_data}

    def column_choices(self) -> list[tuple[Column[Any], bool]]:
        """All columns but the title's: the shown ones in their order, then the others."""
        shown = [one for one in self.shown_columns if one is not self.title_column]
        hidden = [one for one in self.columns if one not in self.shown_columns]
        return [*((one, True) for one in shown), *((one, False) for one in hidden)]

    @property
    def elsewhere(self) -> Link | None:
        """Where a search without hits would find something after all."""
        return None

    # Filters

    @cached_property
    def chips(self) -> list[Chip]:
        if self.bound_filterset is None:
            return []
        form = self.bound_filterset.form
        form.is_valid()
        made = (self._chip(form, name, value) for name, value in form.cleaned_data.items())
        return [chip for chip in made if chip]

    def _chip(self, form: BaseForm, name: str, value: Any) -> Chip | None:
        if chips.is_blank(value):
            return None
        bound, field = self._chip_form[name], form.fields[name]
        text = self.filter_text(name, value, form) or chips.value_text(field, value)
        rest = self.filter_lists()
        for key in chips.url_names(bound):
            rest.pop(key, None)
        url = self.url.with_values({**rest, "f": "1"}, drop=list(self.filter_data))
        kept = [(key, one) for key, values in rest.items() for one in values]
        state, edit_url = [*self.filter_state(), *kept], self.filter_edit_url(name)
        return Chip(field.label or name, text, url, bound, state, edit_url)

    @cached_property
    def _chip_form(self) -> BaseForm:
        """The filter form once more, under other ids, for the fields in the chips."""
        form: BaseForm = copy.copy(self.bound_filterset.form)
        vars(form)["_bound_fields_cache"] = {}
        form.auto_id = CHIP_IDS
        return form

    @property
    def has_wrong_filter(self) -> bool:
        return self.bound_filterset is not None and bool(self.bound_filterset.form.errors)

    @property
    def without_refused_url(self) -> str:
        """The list with those of its filters that can be applied."""
        gone = {key for keys in self.refused_filters.values() for key in keys}
        rest = {key: one for key, one in self.filter_lists().items() if key not in gone}
        return self.url.with_values({**rest, "f": "1"}, drop=list(self.filter_data))

    @property
    def clear_url(self) -> str:
        """The list as it opens: no filter, no search, no chosen view.

        Where the list opens with filters and nothing else was chosen, every row.
        """
        if self.filter_data and not (self.explicit or self.text or self.params.get("view")):
            return self.everything_url
        return self.url.with_(drop=[*self.explicit, *VIEW_STATE, "view", "q"])

    @property
    def everything_url(self) -> str:
        """Every row: what the person's own first view would leave out is there too."""
        drop = [*self.explicit, *VIEW_STATE, "view", "q"]
        if self.whole_view is None:
            return self.url.with_(drop=drop, f="1")
        return self.url.with_(drop=drop, view=self.whole_view.key)

    @property
    def without_search_url(self) -> str:
        return self.url.with_(drop=["q"])

    @property
    def view_url(self) -> str:
        """The view as it was before it was changed."""
        key = self.view.key if self.view else None
        return self.url.with_(drop=[*self.explicit, *VIEW_STATE], view=key)

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
        export: list[Action] = []
        if self.export_url and (self.rows or self.is_narrowed):
            verb = pgettext("verb", "Export")
            export = [Action(verb, self.export_url, icon="file-export")]
        return allowed([*export, *self.actions()], self.user)

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

    @property
    def export_url(self) -> str:
        """Where the list becomes a file; empty for who may not."""
        if self.export_permission is None or not self.can_keep_views:
            return ""
        can = getattr(self.user, "has_perm", lambda _permission: False)
        return self._kept_url("export") if can(self.export_permission) else ""

    @cached_property
    def has_picks(self) -> bool:
        """Whether there is anything to do with ticked rows."""
        return bool(self.allowed_bulk or self.export_url)

    def search_state(self) -> list[tuple[str, str]]:
        """What the search form carries: the filters that apply, not those of the panel's draft."""
        applied = [(key, one) for key, values in self.filter_lists().items() for one in values]
        return [*self.filter_state(with_search=False), *applied]

    def filter_state(self, *, with_search: bool = True) -> list[tuple[str, str]]:
        """What the form of the filter panel carries along."""
        kept = ("view", "sort", "columns", "q") if with_search else ("view", "sort", "columns")
        state = [(key, value) for key in kept for value in self.params.getlist(key)]
        return [*state, ("f", "1")]

    @property
    def is_choosing_columns(self) -> bool:
        return self.params.get("open") == "columns"

    @property
    def search_everything_url(self) -> str:
        """The same words without any filter."""
        return self.url.with_(drop=[*self.explicit, "view", "sort", "columns"], f="1")

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
    def filter_panel_url(self) -> str:
        return self.url.with_(open="filter")

    @property
    def columns_panel_url(self) -> str:
        return self.url.with_(open="columns", keep_place=True)

    @property
    def selection_query(self) -> str:
        """The filters and the search as they are now, whatever becomes of the view."""
        data = self.filter_data.copy()
        if self.text:
            data["q"] = self.text
        data["f"] = "1"
        return data.urlencode()

    @staticmethod
    def url_with(path: str, **values: str | list[str]) -> str:
        """A link to the list at ``path`` with these filters."""
        return f"{path}?{urlencode({**values, 'f': '1'}, doseq=True)}"

    @property
    def canonical_url(self) -> str:
        """This URL without what a form sends for nothing."""
        return self.url.with_(drop=[*self.needless, "open"], keep_place=True)

    @cached_property
    def needless(self) -> list[str]:
        """Empty fields, and parts of filters that do not count."""
        blank = [key for key in self.params if not any(self.params.getlist(key))]
        if self.bound_filterset is None:
            return blank
        return [*blank, *chips.idle_names(self.bound_filterset.form, self.params)]

    @property
    def is_filtering(self) -> bool:
        """Whether the filter panel stands open: something is wrong in it, or a choice is sought.

        What is wrong in a view was not typed just now; the list says it instead.
        """
        is_typed = self.has_wrong_filter and bool(self.explicit)
        return is_typed or self.params.get("open") == "filter"
