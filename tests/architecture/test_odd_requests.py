"""Whatever is sent to whatever address by whomever: an answer, never a 500.

All values at all addresses take minutes: ``manage.py test tests/architecture/odd_in_full.py``.
Here the owner and visitors send a part of them, every other role one to each address; which ones
is the same in every run.
"""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, path

from tests.architecture.odd import (
    AREAS,
    KNOCKING,
    Sender,
    a_knock,
    a_part,
    doors,
    of_area,
)
from tests.architecture.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("pages_for_errors")]


def _broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("division by zero")


urlpatterns = [*get_resolver().url_patterns, path("broken/", _broken)]


@pytest.mark.parametrize("area", [*AREAS, "house"])
def test_nothing_an_owner_sends_is_an_error_of_ours(area: str, world: World, ana_client: Client):
    sender = Sender(ana_client, world)
    for route, pattern in of_area(area):
        a_part(sender, route, pattern)
    assert sorted(sender.failures) == []
    assert sender.send("get", "/backoffice/")[0] == 200


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_nothing_a_visitor_sends_is_an_error_of_ours(
    who: str, world: World, client_of: Callable[[str], Client]
):
    sender = Sender(client_of(who), world)
    for route, pattern in of_area("storefront"):
        a_part(sender, route, pattern)
    assert sorted(sender.failures) == []


@pytest.mark.parametrize("role", KNOCKING)
def test_each_role_may_knock_at_every_door(
    role: str, world: World, client_of: Callable[[str], Client]
):
    sender = Sender(client_of(role), world)
    for route, pattern in doors(""):
        a_knock(sender, role, route, pattern)
    assert sorted(sender.failures) == []
    assert sender.send("get", "/backoffice/")[0] == (
        302 if role in ("customer", "stranger") else 200
    )


@pytest.mark.parametrize("purpose", ["o", "c", "u", "v"])
def test_tokens_of_mails_survive_every_kind_of_damage(purpose: str, world: World):
    sender = Sender(Client(), world)
    for text in ("x", "A" * 22, "A" * 44, "%00" * 9, "é" * 30, "=" * 30, "-_" * 40, "a" * 5000):
        for end in ("", ".gif"):
            for method in ("get", "post", "head"):
                sender.send(method, f"/m/{purpose}/{text}{end}")
    assert sorted(sender.failures) == []


@pytest.mark.urls(__name__)
def test_a_sender_remembers_an_error_of_ours(world: World):
    sender = Sender(Client(), world)
    sender.send("get", "/broken/", data={"q": "x"})
    assert sorted(sender.failures) == ["get /broken/ ['x']: ZeroDivisionError division by zero"]
