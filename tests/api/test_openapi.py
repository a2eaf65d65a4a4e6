"""The published description is valid, complete, and true."""

import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from config.kit.api.building import operations, scope_of
from config.kit.api.openapi import described, path_of

pytestmark = pytest.mark.feature("J22")


def test_it_is_published_and_valid(db: None):
    answer = Client().get("/api/v1/openapi.json")
    document = answer.json()
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_each_route_is_in_it_with_its_scope(db: None):
    document = described()
    for path, operation in operations():
        for method in operation.methods:
            entry = document["paths"][path_of(path)][method.lower()]
            assert entry["security"] == [{"BearerToken": [scope_of(operation)]}]
            assert "default" in entry["responses"]
            names = [one["name"] for one in entry["parameters"]]
            assert ("Idempotency-Key" in names) == (method != "GET"), path


def test_people_read_it_in_the_back_office(ana_client: Client, beto_client: Client):
    page = ana_client.get("/backoffice/programs/reference/").content.decode()
    for path, operation in operations():
        assert f'id="{operation.operation_id}"' in page
        assert path_of(path) in page
    assert beto_client.get("/backoffice/programs/reference/").status_code == 403


def test_what_stands_between_backticks_is_shown_as_code(ana_client: Client):
    page = ana_client.get("/backoffice/programs/reference/").content.decode()
    assert "<code>If-Match</code> carries the version" in page
    assert "`" not in page
