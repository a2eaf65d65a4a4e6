"""A world with one of everything, and answers instead of errors."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, User
from tests.architecture.world import World, build_world


@pytest.fixture
def world(ana: User, make_customer: Callable[..., Customer]) -> World:
    return build_world(ana, make_customer("dora@correo.example", first_name="Dora"))


@pytest.fixture
def pages_for_errors(settings: Any) -> None:
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
