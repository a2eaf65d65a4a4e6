"""A list asks for the same permission as its page: kept views and columns are behind it too."""

from django.test import Client

from config.kit.access import PERMISSION_ATTRIBUTE
from config.kit.pages import IndexPage
from tests.architecture.test_urls import BACKOFFICE


def test_a_list_names_the_permission_of_its_page(ana_client: Client):
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
