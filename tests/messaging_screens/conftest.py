"""Campaigns, people and deliveries for the tests of the screens."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from config.kit import clock
from customers.models import Customer, User
from customers.services.consent import consent_record
from messaging.models import Campaign, Delivery
from messaging.services.campaigns import CampaignValues, campaign_create
from messaging.services.counts import counts_renew
from targets.models import Target

BODY = (
    "<html><body><p>Hola {{ customer.first_name }}</p>"
    '<p><a href="https://quillay.example/mantas">Mantas</a></p>'
    '<p><a href="{{ unsubscribe_url }}">Baja</a></p></body></html>'
)
RULE_ALL = {"version": 1, "rule": {"all": []}}


@pytest.fixture
def emptied_ledgers(transactional_db: None) -> None:
    """For what has connections of its own."""


@pytest.fixture
def target(db: None) -> Target:
    """Everybody."""
    return Target.objects.create(slug="todos", name="Todos", rule=RULE_ALL)


@pytest.fixture
def draft(ana: User, target: Target) -> Campaign:
    values = CampaignValues(
        name="Preventa",
        subject="Hola {{ customer.first_name }}",
        preheader="Desde hoy",
        body=BODY,
        from_name="Casa Quillay",
        from_address="hola@quillay.example",
        include=[target.pk],
    )
    return campaign_create(by=ana, values=values)


@pytest.fixture
def reader(make_customer: Callable[..., Customer]) -> Callable[..., Customer]:
    """``reader("x@y.cl", first_name=…)``: somebody who agreed to marketing mail."""

    def make(email: str, **values: Any) -> Customer:
        customer = make_customer(email, **values)
        consent_record(customer=customer, channel="email", value="granted", source="account")
        return customer

    return make


@pytest.fixture
def sent(draft: Campaign, make_customer: Callable[..., Customer]) -> Callable[..., Campaign]:
    """``sent({"accepted": 3, "skipped:no_consent": 2})``: a campaign with such deliveries."""
    numbers = count(1)

    def make(wanted: dict[str, int], *, state: str = "finished") -> Campaign:
        now = clock.now()
        draft.frozen_at = draft.started_at = now
        draft.finished_at = now if state == "finished" else None
        draft.state = state
        draft.audience_count = sum(wanted.values())
        draft.save()
        for key, amount in wanted.items():
            name, _, reason = key.partition(":")
            for _n in range(amount):
                _deliver(draft, make_customer, next(numbers), name, reason)
        counts_renew(campaign=draft)
        return draft

    return make


def _deliver(
    campaign: Campaign,
    make_customer: Callable[..., Customer],
    number: int,
    state: str,
    reason: str,
) -> Delivery:
    customer = make_customer(
        f"p{number}@correo{number % 2}.example", first_name=f"Persona {number}"
    )
    is_sent = state in ("accepted", "rejected", "bounced")
    assert campaign.frozen_at is not None
    return Delivery.objects.create(
        created_at=campaign.frozen_at,
        campaign_id=campaign.pk,
        customer=customer,
        kind="campaign",
        state=state,
        reason=reason,
        address=customer.email,
        language="es",
        lease_id=1 if state == "in_flight" else None,
        sent_at=timezone.now() + timedelta(seconds=1) if is_sent else None,
        delivered_at=timezone.now() if state == "accepted" else None,
        reply="550 5.1.1 no such user" if state == "rejected" else "",
    )
