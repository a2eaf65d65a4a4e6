"""Before a campaign starts: person by person who would get it, and why the others would not."""

import pytest
from django.urls import reverse

from customers.models import Customer
from messaging.models import Campaign, Delivery
from messaging.selectors.reach import reach_page
from targets.models import Target

pytestmark = [pytest.mark.feature("BX04"), pytest.mark.django_db]


@pytest.fixture
def people(reader, make_customer):
    """Two who agreed, one who never did, one who is deactivated, one in the trash."""
    found = {
        "ana": reader("ana@correo.example", first_name="Anaís"),
        "bea": reader("bea@correo.example", first_name="Beatriz"),
        "no": make_customer("no@correo.example", first_name="Nicanor"),
        "off": reader("off@correo.example", first_name="Ofelia"),
        "gone": reader("gone@correo.example", first_name="Gonzalo"),
    }
    Customer.objects.filter(pk=found["off"].pk).update(status="deactivated")
    Customer.objects.filter(pk=found["gone"].pk).update(trashed_at=found["ana"].created_at)
    return found


def url(campaign: Campaign) -> str:
    return reverse("messaging:campaign-reach", args=[campaign.public_id])


def test_each_person_comes_once_with_the_reason_of_the_gate(draft, people):
    page = reach_page(draft)
    assert {one.person.first_name: one.reason for one in page.rows} == {
        "Anaís": "",
        "Beatriz": "",
        "Nicanor": "no_consent",
        "Ofelia": "inactive",
    }
    first = reach_page(draft, size=3)
    assert [one.person for one in first.rows] == [people["ana"], people["bea"], people["no"]]
    rest = reach_page(draft, size=3, after=first.after or 0)
    assert [one.person for one in rest.rows] == [people["off"]]
    assert rest.after is None
    assert [one.person for one in reach_page(draft, reason="").rows] == [
        people["ana"],
        people["bea"],
    ]


def test_the_page_adds_up_and_shows_one_part_alone(draft, people, ana_client):
    text = ana_client.get(url(draft)).content.decode()
    for number in ('All <span class="num">4</span>', 'Receive it <span class="num">2</span>'):
        assert number in text
    assert "Nicanor" in text
    assert "Gonzalo" not in text
    alone = ana_client.get(url(draft), {"who": "no_consent"}).content.decode()
    assert "Nicanor" in alone
    assert "Anaís" not in alone
    for junk in ({"who": "x"}, {"after": "9" * 30}, {"after": "-1"}):
        assert ana_client.get(url(draft), junk).status_code == 200
    assert not Delivery.objects.exists()
    step = reverse("messaging:campaign-edit", args=[draft.public_id, "audience"])
    assert url(draft) in ana_client.get(step).content.decode()


def test_a_rule_that_cannot_be_evaluated_is_told(draft, people, ana_client):
    rule = {"version": 1, "rule": {"filter": "category", "op": "any", "value": ["nada"]}}
    Target.objects.update(rule=rule)
    answer = ana_client.get(url(draft))
    assert answer.status_code == 200
    assert "nada" in answer.content.decode()


def test_once_it_has_started_its_people_are_those_of_the_report(draft, people, ana_client):
    Campaign.objects.update(state="finished", frozen_at=people["ana"].created_at)
    answer = ana_client.get(url(draft))
    assert answer.url == reverse("messaging:campaign-panel", args=[draft.public_id, "people"])
