"""Whom each channel may write to: exact, by the reasons of the gate, what nobody writes on apart."""

import json

import pytest
from django.urls import reverse

from customers.models import Customer, Suppression
from customers.selectors.gate import may_send_many
from customers.services.consent import Proof, consent_record
from messaging.services.audience import audience_count
from targets.reading import rule_from_json
from targets.registry import filters
from targets.selectors.reaching import Reach, company, reaches_of
from targets.services.picks import target_pick
from targets.services.refresh import target_refresh
from tests.targets.conftest import document

pytestmark = [pytest.mark.feature("TG00", "BX04"), pytest.mark.django_db]
WOMEN = {"filter": "gender", "op": "any", "value": ["female"]}
EVERYBODY = rule_from_json(document({"all": []}))


def agree(customer: Customer, channel: str, value: str = "granted") -> None:
    consent_record(
        customer=customer, channel=channel, value=value, source="import", proof=Proof(evidence="f")
    )


def make(name: str, email: str = "", **values: object) -> Customer:
    made = Customer(first_name=name, **values)
    made.set_email(email)
    made.save()
    return made


@pytest.fixture
def crowd(history) -> dict[str, Customer]:
    """Rayén may be mailed, Iker is deactivated, Nahuel never agreed; four more for each reason."""
    found = {
        **history,
        "ona": make("Ona", "ona@correo.example", phone="+34600000001"),
        "pau": make("Pau", "pau@correo"),
        "sol": make("Sol"),
        "uxue": make("Uxue", "uxue@correo.example"),
    }
    for name in ("ona", "pau", "sol", "uxue"):
        agree(found[name], "email")
    agree(found["ona"], "email", "withdrawn")
    Suppression.objects.create(address_key="uxue@correo.example", reason="hard_bounce")
    for name in ("ona", "sol", "iker"):
        agree(found[name], "sms")
    agree(found["rayen"], "sms", "withdrawn")
    agree(found["ona"], "post")
    return found


def test_every_channel_adds_up_and_says_why_not(crowd):
    found = company(EVERYBODY, total=7)
    assert found.total == 7
    assert {one.channel: one for one in found.reaches} == {
        "email": Reach(
            "email",
            1,
            {"no_consent": 1, "inactive": 1, "unsubscribed": 1, "invalid_address": 1,
             "no_address": 1, "suppressed": 1},
            is_sent=True,
        ),
        "sms": Reach(
            "sms",
            1,
            {"no_consent": 3, "inactive": 1, "unsubscribed": 1, "no_address": 1},
            is_sent=False,
        ),
        "whatsapp": Reach("whatsapp", 0, {"no_consent": 6, "inactive": 1}, is_sent=False),
        "post": Reach("post", 1, {"no_consent": 5, "inactive": 1}, is_sent=False),
    }  # fmt: skip
    assert {one.total for one in found.reaches} == {7}


def test_email_is_what_the_gate_and_a_campaign_would_say(crowd, make_target):
    everybody = make_target("todos", {"all": []})
    [email] = [one for one in reaches_of(everybody) if one.channel == "email"]
    campaign = audience_count(include=[everybody], exclude=[], purpose="marketing")
    assert (email.reachable, email.reasons) == (campaign.reachable, campaign.reasons)
    ids = [one.pk for one in crowd.values()]
    asked = may_send_many(ids, channel="email", purpose="marketing").values()
    # The gate knows no addresses that cannot exist.
    assert sum(one.allowed for one in asked) == email.reachable + email.reasons["invalid_address"]


def test_the_page_of_a_target_counts_its_people_as_they_stand(crowd, make_target, ana_client):
    target = make_target("vip", {"filter": "tags", "op": "any", "value": ["VIP"]})
    target_pick(target=target, customer=crowd["ona"], side="included")
    target_refresh(target=target)
    Customer.objects.filter(pk=crowd["iker"].pk).update(trashed_at=crowd["iker"].registered_at)
    page = ana_client.get(reverse("targets:panel", args=[target.public_id, "reach"]))
    shown = page.context["reach"]
    assert [(str(one.label), one.reach.reachable, one.reach.total) for one in shown.sent] == [
        ("E-mail", 1, 2)
    ]
    assert [(str(one.label), one.reach.reachable) for one in shown.asked] == [
        ("SMS", 1), ("WhatsApp", 0), ("Post", 1),
    ]  # fmt: skip
    assert [str(label) for label, _number in shown.sent[0].reasons] == ["They said no"]
    text = page.content.decode()
    assert "Have agreed, on channels that are not written on yet" in text
    overview = ana_client.get(reverse("targets:target", args=[target.public_id])).content.decode()
    assert f'hx-get="{reverse("targets:panel", args=[target.public_id, "reach"])}"' in overview


def test_the_builder_shows_it_and_an_estimate_where_it_takes_long(
    crowd, few_known, ana_client, monkeypatch
):
    url = reverse("targets:company")
    women = {"n-kind": "all", "node": "n0", "n0-leaf": json.dumps(WOMEN), "total": "1"}
    exact = ana_client.post(url, women)
    assert [one.reach.reachable for one in exact.context["reach"].sent] == [1]
    assert (exact.context["is_estimate"], exact.context["exact_follows"]) == (False, False)
    monkeypatch.setattr(filters["gender"], "compile", slow)
    first = ana_client.post(url, women)
    assert (first.context["is_estimate"], first.context["exact_follows"]) == (True, True)
    assert "≈ 1" in first.content.decode()
    then = ana_client.post(url, {**women, "exactly": "1"})
    assert (then.context["is_estimate"], then.context["exact_follows"]) == (False, False)
    assert "≈" not in then.content.decode()


def slow(leaves, scope):
    """The gender, answered after a moment unless it is asked of a sample."""
    wait = "" if scope.is_chosen else " AND (SELECT true FROM pg_sleep(0.5))"
    return [f"person.gender = 'female'{wait}" for _leaf in leaves]
