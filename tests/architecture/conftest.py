"""A world with one of everything, and answers instead of errors."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer, User
from tests.architecture.world import World, build_world
from tests.conftest import make_staff


@pytest.fixture
def world(ana: User, make_customer: Callable[..., Customer]) -> World:
    return build_world(ana, make_customer("dora@correo.example", first_name="Dora"))


@pytest.fixture
def pages_for_errors(settings: Any) -> None:
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False


@pytest.fixture
def client_of(
    staff_client: Callable[[User], Client], carla_client: Client
) -> Callable[[str], Client]:
    """``client_of("sales")``: of somebody in this role, of a customer, or of a stranger."""

    def client(role: str) -> Client:
        others = {"customer": carla_client, "stranger": Client()}
        return others.get(role) or staff_client(make_staff(f"{role}@x.example", role, role))

    return client
