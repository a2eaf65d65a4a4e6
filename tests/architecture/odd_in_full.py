"""Every odd value at every address, by an owner and by visitors; by name, for it takes minutes."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.architecture.odd import AREAS, Sender, everything, of_area
from tests.architecture.world import World

pytestmark = [pytest.mark.timeout(7200), pytest.mark.usefixtures("pages_for_errors")]


@pytest.mark.parametrize("area", [*AREAS, "house"])
def test_nothing_an_owner_sends_is_an_error_of_ours(area: str, world: World, ana_client: Client):
    sender = Sender(ana_client, world)
    for route, pattern in of_area(area):
        everything(sender, route, pattern)
    assert sorted(sender.failures) == []
    assert sender.send("get", "/backoffice/")[0] == 200


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_nothing_a_visitor_sends_is_an_error_of_ours(
    who: str, world: World, client_of: Callable[[str], Client]
):
    sender = Sender(client_of(who), world)
    for route, pattern in of_area("storefront"):
        everything(sender, route, pattern)
    assert sorted(sender.failures) == []
