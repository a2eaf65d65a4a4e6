"""The list of customers for programs: the search, filters and order of the screen."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from config.kit.api.problems import Problems, Wrong
from config.kit.pages.keyset import Cursor, Keyset, Page, cursor_read, cursor_write
from customers.api.schemas import CustomerQuery
from customers.backoffice.index import CustomerIndex
from customers.models import Customer
from customers.selectors.portraits import categories_by_code, portraits_of, tags_by_name

AS_IT_IS = (
    "stage", "status", "verified", "last_login", "registered_after", "registered_before",
    "consent", "city", "source", "code", "place",
)  # fmt: skip


def page_of(request: HttpRequest, asked: CustomerQuery) -> dict[str, Any]:
    """
    :raises Problems: a filter that does not exist, or a value that it does not take.
    """
    index = CustomerIndex(params=_params(request, asked))
    _refuse(index)
    page = _page(index, asked)
    return {
        "items": portraits_of(page.rows),
        "next": _token(index, page.last if page.has_next else None),
        "previous": _token(index, page.first if page.has_previous else None),
        "count": index.exact_count() if asked.count else None,
    }


def _params(request: HttpRequest, asked: CustomerQuery) -> QueryDict:
    params = QueryDict(mutable=True)
    params.update({"f": "1", "q": asked.q, "sort": asked.sort})
    for name in AS_IT_IS:
        value = getattr(asked, name)
        params.setlist(name, value if isinstance(value, list) else [value] if value else [])
    params.setlist("tag", _ids("tag", asked.tag, tags_by_name([*asked.tag]), str.casefold))
    params.setlist("category", _ids("category", asked.category, categories_by_code(asked.category)))
    for name in set(request.GET) - set(CustomerQuery.model_fields):
        params.setlist(name, request.GET.getlist(name))
    return params


def _ids(name: str, wanted: list[str], found: Any, fold: Any = str) -> list[str]:
    wrongs = [
        Wrong(
            pointer=f"?{name}",
            code="unknown",
            detail=_("There is no “%(name)s”.") % {"name": one},
        )
        for one in wanted
        if fold(one) not in found
    ]
    if wrongs:
        raise Problems(wrongs)
    return [str(one.pk) for one in found.values()]


def _refuse(index: CustomerIndex) -> None:
    form = index.bound_filterset.form
    wrongs = [
        Wrong(pointer=f"?{name}", code="extra_forbidden", detail=_("There is no such filter."))
        for name in index.explicit
        if name not in form.fields and not name.startswith("registered_")
    ]
    wrongs += [
        Wrong(pointer=f"?{name}", code="invalid", detail=str(texts[0]))
        for name, texts in form.errors.items()
    ]
    if index.search_error:
        wrongs.append(Wrong(pointer="?q", code="search_unreadable", detail=index.search_error))
    if wrongs:
        raise Problems(wrongs)


def _page(index: CustomerIndex, asked: CustomerQuery) -> Page[Customer]:
    keyset = Keyset(index.filtered, index.order, size=asked.limit)
    for name, token, walk in (
        ("after", asked.after, keyset.after),
        ("before", asked.before, keyset.before),
    ):
        if token:
            cursor = cursor_read(token, scope=_scope(index))
            if cursor is None:
                detail = _("This cursor belongs to another list or order.")
                raise Problems([Wrong(pointer=f"?{name}", code="cursor_unknown", detail=detail)])
            return walk(cursor)
    return keyset.first()


def _token(index: CustomerIndex, cursor: Cursor | None) -> str | None:
    return cursor_write(cursor, scope=_scope(index)) if cursor else None


def _scope(index: CustomerIndex) -> str:
    return f"api:customers:{index.order.token}"
