"""A campaign to people who agreed, and a mail server that keeps what it gets."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from customers.models import Customer
from customers.services.consent import consent_record
from messaging.models import Campaign
from messaging.services.campaigns import CampaignValues, campaign_create
from targets.models import Target
from tests.messaging.sink import Sink

BODY = (
    "<html><body><p>Hola {{ customer.first_name | default: 'amiga' }}</p>"
    '<p><a href="https://quillay.example/mantas?a=1&amp;b=2">Mantas</a> '
    '<a href="https://quillay.example/greda">Greda</a></p></body></html>'
)
EVERYBODY = {"version": 1, "rule": {"all": []}}


@pytest.fixture
def committed(transactional_db: None) -> None:
    """For what has connections of its own."""


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with Sink() as running:
        settings.EMAIL = running.email_setting
        yield running


@pytest.fixture
def reader(make_customer: Callable[..., Customer]) -> Callable[..., Customer]:
    """Somebody who agreed to marketing mail."""

    def make(email: str, **values: Any) -> Customer:
        customer = make_customer(email, **values)
        consent_record(customer=customer, channel="email", value="granted", source="account")
        return customer

    return make


@pytest.fixture
def campaign(db: None) -> Callable[..., Campaign]:
    """``campaign(body=…, subject=…)``: a draft to everybody."""

    def make(**values: Any) -> Campaign:
        target, _made = Target.objects.get_or_create(
            slug="todos", defaults={"name": "Todos", "rule": EVERYBODY}
        )
        wanted = {
            "name": "Preventa",
            "subject": "Hola {{ customer.first_name }}",
            "body": BODY,
            "include": [target.pk],
            **values,
        }
        return campaign_create(by=None, values=CampaignValues(**wanted))

    return make
