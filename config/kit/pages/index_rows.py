"""The rows of a list, narrowed and ordered as its state says."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, Generic, Self

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from config.kit.pages.filtering.chips import url_names
from config.kit.pages.filtering.fields import AnyOfWidget
from config.kit.pages.index_state import IndexState, M
from config.kit.pages.keyset import Keyset, Page, cursor_read
from config.kit.pages.sampling import sought, walked
from config.kit.pages.selection import Selection
from config.kit.pages.state import CONTROL_KEYS, FIND
from config.kit.pages.step_tokens import step_token, with_step


class IndexRows(IndexState[M], Generic[M]):
    """The rows of a list, page by page, counted and selected."""

    def __init__(
        self,
        request: HttpRequest | None = None,
        *,
        params: QueryDict | None = None,
        user: Any = None,
    ) -> None:
        super().__init__(request, params=params, user=user)
        self.is_wide_search = False
        self._found: int | None = None

    @cached_property
    def bound_filterset(self) -> Any:
        filterset = self.filterset(self.filter_data, self.queryset())
        for name, field in filterset.form.fields.items() if filterset is not None else ():
            if isinstance(field.widget, AnyOfWidget):
                field.widget.find = self.params.get(f"{FIND}{name}", "").replace("\x00", "")[:100]
        return filterset

    @cached_property
    def filtered(self) -> QuerySet[M]:
        """All rows that match the filters and the search, in no order.

        A filter that cannot be applied leaves none: without it the list would hold more than was
        asked for, and a bulk action would reach them.
        """
        rows = self.queryset()
        if self.refused_filters:
            return rows.none()
        if self.bound_filterset is not None:
            names = set(self.bound_filterset.form.fields)
            clash = names & CONTROL_KEYS
            if clash:
                raise ImproperlyConfigured(f"{self.key}: filters cannot be called {clash}")
            rows = self._narrowed(rows)
        return self._searched(rows) if self.text else rows

    @cached_property
    def refused_filters(self) -> dict[str, list[str]]:
        """The filters that are asked for and cannot be applied: their names, with their URL keys.

        Their value is gone or has another form now, they are gone themselves, or they are not for
        this person. What no filter knows counts where filters are meant: in a view, or with ``f``.
        """
        form = self.bound_filterset.form if self.bound_filterset is not None else None
        keys = {bound.name: url_names(bound) for bound in form or ()}
        wrong = {name: form.fields[name] for name in form.errors if name in keys} if form else {}
        refused = {str(one.label or name): keys[name] for name, one in wrong.items()}
        known = {key for names in keys.values() for key in names}
        if self.params.get("f") == "1" or not self.explicit:
            gone = [key for key in self.filter_data if key not in known]
            refused |= {self.filter_name(key): [key] for key in gone}
        return refused

    def _narrowed(self, rows: QuerySet[M]) -> QuerySet[M]:
        filterset = self.bound_filterset
        for name, value in filterset.form.cleaned_data.items():
            rows = filterset.filters[name].filter(rows, value)
        return rows

    def _searched(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Few hits are named one by one and sorted; many are met by walking the sort index."""
        found = self.search(rows, self.text)
        held = sought(found, rows, cap=self.search_cap, guesses=self.guesses_hits)
        self.is_wide_search, self._found = held.is_wide, held.count
        return held.rows

    @cached_property
    def cursor_scope(self) -> str:
        return f"{self.key}:{self.order.token}"

    @cached_property
    def page(self) -> Page[M]:
        keyset = Keyset(self.filtered, self.order, size=self.page_size)
        ask = partial(self._page_of, keyset)
        page = walked(ask) if self.is_wide_search else ask()
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

    def row_url(self, row: M) -> str:
        """The page of a row, which knows the way to the next one."""
        url = self.record_url(row)
        return with_step(url, self._step) if url and self._step else url

    @cached_property
    def _step(self) -> str:
        return step_token(self.key, self.standing_query)

    @property
    def standing_query(self) -> str:
        """The list's state for a page that goes on with it."""
        data = self.url.standing()
        if self.view and not data.get("view"):
            data["view"] = self.view.key
        return data.urlencode()

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
        if selection.covers_all and index.refused_filters:
            raise DomainError(
                "filters_gone",
                _("A filter of the selection cannot be applied any more: %(names)s.")
                % {"names": ", ".join(index.refused_filters)},
            )
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
