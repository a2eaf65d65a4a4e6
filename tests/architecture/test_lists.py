"""What every list of the back office keeps to."""

import django_filters
from django.test import Client

from config.kit.access import PERMISSION_ATTRIBUTE
from config.kit.pages import IndexPage
from tests.architecture.test_urls import BACKOFFICE
from tests.architecture.world import routes


def test_a_list_names_the_permission_of_its_page(ana_client: Client):
    """Kept views and columns are behind the same permission as the page."""
    wrong, seen = {}, set()
    for url, pattern in BACKOFFICE:
        if pattern.pattern.converters:
            continue
        index = (getattr(ana_client.get(url), "context", None) or {}).get("index")
        if isinstance(index, IndexPage) and index.request and index.request.path == url:
            seen.add(index.key)
            permission = getattr(pattern.callback, PERMISSION_ATTRIBUTE)
            if permission != index.permission:
                wrong[url] = (permission, index.permission)
    assert wrong == {}
    assert {"customers", "tags", "categories", "targets", "campaigns", "messages"} <= seen


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
