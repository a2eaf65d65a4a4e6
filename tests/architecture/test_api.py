"""The door for programs: default deny, every route with its scope, no route beside the door."""

from collections.abc import Sequence

import pytest
from django.urls import URLPattern, reverse
from ninja.operation import Operation

from config.kit.api.building import api, operations, patterns, scope_of
from config.kit.api.door import BearerToken
from config.kit.api.registry import scopes

OPERATIONS = operations()


def test_there_are_routes_to_test():
    assert len(OPERATIONS) > 15


@pytest.mark.parametrize(("path", "operation"), OPERATIONS, ids=[path for path, _ in OPERATIONS])
def test_every_route_names_one_known_scope(path: str, operation: Operation):
    assert scope_of(operation) in scopes, path


def test_a_route_without_a_scope_of_its_own_is_closed():
    doors = api().auth
    assert isinstance(doors, Sequence)
    [outer] = doors
    assert isinstance(outer, BearerToken)
    assert outer.scope == ""
    assert "" not in scopes


def test_every_route_stands_behind_the_door_and_leads_nowhere_else():
    inside = [one for one in patterns() if one.name != "openapi"]
    assert all(getattr(one.callback, "csrf_exempt", False) for one in inside)
    assert {str(one.pattern) for one in inside if one.name} == {
        str(one.pattern)
        for one in api().urls[0]
        if isinstance(one, URLPattern) and one.name != "api-root"
    }
    assert [one.name for one in inside if one.name is None] == [None]


def test_every_scope_opens_something_and_stands_for_a_permission(db: None):
    from django.contrib.auth.models import Permission

    assert set(scopes) == {scope_of(operation) for _, operation in OPERATIONS}
    known = {
        f"{app}.{name}"
        for app, name in Permission.objects.values_list("content_type__app_label", "codename")
    }
    assert {scope.permission for scope in scopes.values()} <= known


def test_the_routes_are_where_programs_look_for_them():
    assert reverse("api:openapi") == "/api/v1/openapi.json"
