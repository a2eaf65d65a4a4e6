"""Every door has a guard: the permission matrix, generated from the resolver."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.kit.access import PERMISSION_ATTRIBUTE
from customers.models import User
from tests.conftest import make_staff

SAMPLES: dict[str, Any] = {
    "int": 1,
    "str": "x",
    "slug": "x",
    "uuid": UUID("00000000-0000-4000-8000-000000000000"),
    "path": "x",
}
ROLES = ("owner", "marketing", "sales", "support", "analyst", "auditor")


def walk(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def address(route: str, pattern: URLPattern) -> str:
    """The route with a sample in each slot."""
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.replace("Converter", "").lower().replace("string", "str")
        sample = SAMPLES.get(kind, "x")
        for form in (f"<{kind}:{name}>", f"<{name}>"):
            route = route.replace(form, str(sample))
    return "/" + route


BACKOFFICE = [
    (address(route, pattern), pattern)
    for route, pattern in walk(get_resolver().url_patterns)
    if route.startswith("backoffice/")
]


def test_there_are_back_office_addresses_to_test():
    assert len(BACKOFFICE) > 30


@pytest.mark.parametrize(("url", "pattern"), BACKOFFICE, ids=[url for url, _ in BACKOFFICE])
def test_every_back_office_view_names_its_permission(url: str, pattern: URLPattern):
    assert hasattr(pattern.callback, PERMISSION_ATTRIBUTE)


def test_strangers_and_customers_get_no_further_than_the_log_in(db, carla_client: Client):
    for client in (Client(), carla_client):
        for url, pattern in BACKOFFICE:
            if getattr(pattern.callback, PERMISSION_ATTRIBUTE) is None:
                continue
            for method in (client.get, client.post):
                answer = method(url)
                assert answer.status_code == 405 or (
                    answer.status_code == 302 and "/backoffice/login/" in answer["Location"]
                ), (url, answer.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_permissions_say_and_never_an_error(
    db, role: str, staff_client: Callable[[User], Client]
):
    member = make_staff(f"{role}@casaquillay.example", role, role)
    client = staff_client(member)
    assert Group.objects.filter(name=role).exists()
    for url, pattern in BACKOFFICE:
        permission = getattr(pattern.callback, PERMISSION_ATTRIBUTE)
        status = client.get(url).status_code
        assert status < 500, url
        if permission and not member.has_perm(permission):
            assert status in {403, 405}, (url, status)
        elif permission is not None:
            assert status != 403 or "POST" in url, (url, status)
