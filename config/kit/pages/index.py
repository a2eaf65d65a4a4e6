"""The one list of the back office; an app fills it by a declaration."""

from typing import Any, ClassVar, Generic

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_resolver
from django.utils.cache import patch_vary_headers

from config.kit.pages import bulk
from config.kit.pages.filtering.fields import AnyOfWidget
from config.kit.pages.index_chrome import IndexChrome
from config.kit.pages.index_state import DENSITIES, M

CHOICES = "choices-"
# What htmx asks for when a menu is about to open -> its template
PANELS = {
    "index-filter-panel": "kit/index_filter_form.html",
    "index-columns-panel": "kit/index_columns.html",
}


class IndexPage(IndexChrome[M], Generic[M]):
    """A list with views, search, filters, sorts, columns, bulk actions and keyset paging.

    State is in the URL; the URL answers a page, or its ``#index`` part when htmx asks for that.
    """

    known: ClassVar[dict[str, type["IndexPage[Any]"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "key" in vars(cls):
            IndexPage.known[cls.key] = cls

    @classmethod
    def of_key(cls, key: str) -> type["IndexPage[Any]"] | None:
        """The list of this key; lists are known once the URLs that show them are."""
        if key not in cls.known:
            get_resolver().url_patterns  # noqa: B018
        return cls.known.get(key)

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
            context["total"] = self.total_text
            return render(request, "kit/index_tabs.html", context)
        target = getattr(getattr(request, "htmx", None), "target", None)
        if target and target.startswith(CHOICES):
            return self._choices(request, target.removeprefix(CHOICES))
        if target in PANELS:
            return render(request, PANELS[target], context)
        if target in ("index", "index-results"):
            answer = render(request, "kit/index_list.html", {**context, "tabs": self.tabs()})
            answer["HX-Push-Url"] = self.canonical_url
            return answer
        if self.needless and self.params.get("open") != "filter":
            return HttpResponseRedirect(self.canonical_url)
        return render(request, self.template_name, {**context, "tabs": self.tabs()})

    def _choices(self, request: HttpRequest, field_id: str) -> HttpResponse:
        """The choices of one filter that a search in its box finds."""
        prefix, _line, name = field_id.partition("_")
        field = self.bound_filterset.form.fields.get(name) if self.bound_filterset else None
        if field is None or not isinstance(field.widget, AnyOfWidget):
            raise Http404
        values = self.filter_data.getlist(name)
        context = field.widget.get_context(name, values, {"id": f"{prefix}_{name}"})
        return render(request, "kit/filters/any_of_list.html", context)
