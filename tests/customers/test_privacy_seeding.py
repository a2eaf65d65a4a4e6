"""The desk of the demo company has requests in every state."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils.translation import override

from config.kit import clock
from customers.models import Activity, Customer, PrivacyRequest, PrivacyStep
from customers.privacy.seeding import requests_seed

pytestmark = [pytest.mark.django_db, pytest.mark.feature("J24")]
Make = Callable[..., Customer]


@pytest.fixture
def people(make_customer: Make) -> list[Customer]:
    countries = ("CL", "ES", "AR", "CL")
    return [make_customer(f"p{n}@x.cl", country=one) for n, one in enumerate(countries)]


# A Saturday, and the first day of the law of Chile with another span.
@pytest.mark.parametrize("day", [(2026, 11, 28), (2026, 12, 1), (2027, 3, 31)])
def test_one_is_near_its_last_day_and_one_is_answered(
    people: list[Customer], day: tuple[int, int, int]
) -> None:
    at = datetime(*day, 12, tzinfo=ZoneInfo("America/Santiago"))
    with time_machine.travel(at), override("es"):
        assert requests_seed() == 4
        today = clock.today()
    erasure, access, wrong, answered = PrivacyRequest.objects.order_by("pk")
    assert [one.customer for one in (erasure, access, wrong, answered)] == people
    assert timedelta(1) <= erasure.due_on - today <= timedelta(5)
    assert (erasure.right, erasure.state, erasure.identity) == ("erasure", "open", "proved")
    assert (access.law, access.identity, access.received_on) == (
        "eu",
        "pending",
        today - timedelta(6),
    )
    assert (wrong.law, wrong.state) == ("ar", "waiting")
    assert (answered.state, answered.answer != "", answered.answer_is_mailed) == (
        "granted",
        True,
        True,
    )
    assert answered.closed_at is not None
    verbs = PrivacyStep.objects.filter(request=answered).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["received", "copied", "granted"]
    assert Activity.objects.filter(kind="privacy_request").count() == 8


def test_the_desk_shows_them(people: list[Customer], ana_client: Client) -> None:
    requests_seed()
    for one in PrivacyRequest.objects.all():
        answer = ana_client.get(f"/backoffice/customers/requests/{one.public_id}/")
        assert answer.status_code == 200
        assert one.details in answer.content.decode()


def test_a_company_without_people_has_none() -> None:
    assert requests_seed() == 0
