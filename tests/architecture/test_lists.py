"""What every list of the back office keeps to."""

from typing import Any

import django_filters
import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.kit.access import PERMISSION_ATTRIBUTE
from config.kit.pages import IndexPage
from customers.models import User
from tests.architecture.list_cases import CASES, Maker
from tests.architecture.test_urls import BACKOFFICE
from tests.architecture.world import routes


def test_a_list_names_the_permission_of_its_page(ana_client: Client):
    """Kept views and columns are behind the same permission as the page."""
    wrong = {}
    for key, (url, permission) in shown_lists(ana_client).items():
        asked = IndexPage.known[key].permission
        if permission != asked:
            wrong[url] = (permission, asked)
    assert wrong == {}


def shown_lists(client: Client) -> dict[str, tuple[str, str]]:
    """The address and its permission by the key of the list that stands there."""
    found = {}
    for url, pattern in BACKOFFICE:
        if pattern.pattern.converters:
            continue
        index = (getattr(client.get(url), "context", None) or {}).get("index")
        if isinstance(index, IndexPage) and index.request and index.request.path == url:
            found[index.key] = (url, getattr(pattern.callback, PERMISSION_ATTRIBUTE))
    return found


def test_every_list_has_a_case_of_flat_queries(ana_client: Client):
    """A new list fails here until ``list_cases`` says how its rows are made."""
    shown = {key: url for key, (url, _permission) in shown_lists(ana_client).items()}
    assert shown == {key: url for key, (url, _make) in CASES.items()}


@pytest.mark.parametrize("key", sorted(CASES))
def test_a_full_page_asks_no_more_than_ten_rows(key: str, ana: User, ana_client: Client):
    url, make = CASES[key]
    maker = Maker(ana)
    for number in range(10):
        make(maker, number)
    few, shown = queries_of(ana_client, key, url)
    assert 10 <= shown < 50
    for number in range(10, 49):
        make(maker, number)
    many, shown = queries_of(ana_client, key, url)
    assert 49 <= shown <= 50
    assert many == few


def queries_of(client: Client, key: str, url: str) -> tuple[int, int]:
    """How many queries the list costs with all its columns, and how many rows it shows."""
    asked = {"columns": ",".join(one.key for one in IndexPage.known[key].columns)}
    client.get(url, asked)
    with CaptureQueriesContext(connection) as captured:
        answer: Any = client.get(url, asked)
    assert " object (" not in answer.content.decode(), "the box of a row is called by its class"
    return len(captured), len(answer.context["index"].rows)


# What a list leaves out, and why.
ELSEWHERE = {
    ("customers", "file"): "its export is one that can be imported again",
    ("trail", "file"): "its export carries the proof of the chain",
    ("webhook_messages", "file"): "it is the log of one webhook, and of what programs were told",
}


def product_lists() -> dict[str, type[IndexPage[Any]]]:
    assert routes("backoffice/")
    found = IndexPage.known.items()
    return {key: one for key, one in found if not one.__module__.startswith("tests.")}


def test_every_list_is_searched_filtered_sorted_and_taken_as_a_file():
    lacking = {
        (key, what)
        for key, one in product_lists().items()
        for what, has in {
            "search": bool(one.search_label),
            "filters": one.filterset_class is not None,
            "sorts": bool(one.sorts),
            "file": one.export_permission is not None,
            "empty": bool(one.empty.title and one.empty.text),
        }.items()
        if not has
    }
    assert lacking == set(ELSEWHERE)


def test_the_views_that_a_list_declares_can_be_applied(ana: User):
    refused = {}
    for key, one in product_lists().items():
        for view in one.views:
            params = QueryDict("f=1", mutable=True)
            for name, values in view.lists().items():
                params.setlist(name, values)
            if wrong := one(params=params, user=ana).refused_filters:
                refused[f"{key}: {view.key}"] = wrong
    assert refused == {}


def test_filters_by_a_column_of_the_row_itself_do_not_look_for_duplicates():
    """A DISTINCT over whole rows makes counting a million of them five times as slow."""
    assert routes("backoffice/")
    lists = [
        one
        for one in IndexPage.known.values()
        if one.filterset_class is not None and not one.__module__.startswith("tests.")
    ]
    assert len(lists) > 5
    found = [
        f"{one.key}: {name}"
        for one in lists
        for name, choice in one.filterset_class.base_filters.items()
        if isinstance(choice, django_filters.MultipleChoiceFilter)
        and choice.method is None
        and "__" not in choice.field_name
        and choice.distinct
    ]
    assert found == []
