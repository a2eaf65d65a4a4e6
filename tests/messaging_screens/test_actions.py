"""Test, send, schedule, pause, go on, cancel, copy, delete: what each asks, and who may."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from config.kit import clock
from customers.models import Customer
from messaging.models import Campaign, Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.feature("MS01")]
Reader = Callable[..., Customer]
Sent = Callable[..., Campaign]


def url(campaign: Campaign, name: str, **query: str) -> str:
    path = reverse(f"messaging:campaign-{name}", args=[campaign.public_id])
    return f"{path}?{urlencode(query)}" if query else path


def state(campaign: Campaign) -> str:
    return Campaign.objects.get(pk=campaign.pk).state


def test_sending_names_the_number_and_needs_a_yes(
    ana_client: Client, draft: Campaign, reader: Reader
) -> None:
    for number in range(3):
        reader(f"p{number}@correo.example")

    asked = ana_client.post(url(draft, "send"))
    assert "Send to 3 people" in asked.content.decode()
    assert state(draft) == "draft"

    answer = ana_client.post(url(draft, "send"), {"confirmed": "1", "expected": "3"})
    assert answer.headers["Location"] == reverse("messaging:campaign", args=[draft.public_id])
    assert state(draft) == "sending"
    assert Delivery.objects.filter(campaign_id=draft.pk, state="pending").count() == 3


def test_a_number_that_changed_meanwhile_is_asked_again(
    ana_client: Client, draft: Campaign, reader: Reader
) -> None:
    reader("p1@correo.example")
    ana_client.get(url(draft, "send"))
    reader("p2@correo.example")

    answer = ana_client.post(url(draft, "send"), {"confirmed": "1", "expected": "1"})

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "the number changed from 1 to 2" in html
    assert "Send to 2 people" in html
    assert state(draft) == "draft"
    assert Delivery.objects.count() == 0


def test_what_the_checklist_blocks_is_not_sent(ana_client: Client, draft: Campaign) -> None:
    answer = ana_client.post(url(draft, "send"), {"confirmed": "1", "expected": "0"}, follow=True)

    assert "None of these people can be written to." not in answer.content.decode()
    assert "Nobody is in these targets." in answer.content.decode()
    assert state(draft) == "draft"


def local(at: datetime) -> dict[str, str]:
    """As the two fields of the form send it."""
    there = at.astimezone(ZoneInfo(settings.SITE_TIME_ZONE))
    return {"at_0": there.strftime("%Y-%m-%d"), "at_1": there.strftime("%H:%M")}


def test_scheduling_keeps_the_time_of_the_site(
    ana_client: Client, draft: Campaign, reader: Reader
) -> None:
    reader("p1@correo.example")
    at = (clock.now() + timedelta(days=2)).replace(second=0, microsecond=0)

    form = ana_client.get(url(draft, "schedule")).content.decode()
    ana_client.post(url(draft, "schedule"), local(at))

    draft.refresh_from_db()
    assert "Schedule for 1 person" in form
    assert (draft.state, draft.scheduled_at) == ("scheduled", at)

    ana_client.post(url(draft, "unschedule"))
    draft.refresh_from_db()
    assert (draft.state, draft.scheduled_at) == ("draft", None)


@pytest.mark.parametrize(
    "values",
    [{}, {"at_0": "2020-01-01", "at_1": "10:00"}, {"at_0": "2026-02-31", "at_1": "10:00"}],
)
def test_a_time_that_is_none_or_past_is_refused(
    values: dict[str, str], ana_client: Client, draft: Campaign, reader: Reader
) -> None:
    reader("p1@correo.example")

    answer = ana_client.post(url(draft, "schedule"), values)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["at"]
    assert state(draft) == "draft"


def test_a_test_goes_to_the_addresses_and_counts_nowhere(
    ana_client: Client, draft: Campaign, reader: Reader
) -> None:
    person = reader("nekane@correo.example", first_name="Nekane")
    form = ana_client.get(url(draft, "test"))
    assert form.context["form"].initial == {"addresses": "ana@casaquillay.example"}

    ana_client.post(
        url(draft, "test", **{"as": str(person.public_id)}),
        {"addresses": "ana@casaquillay.example, beto@casaquillay.example; ana@casaquillay.example"},
    )

    draft.refresh_from_db()
    tests = Delivery.objects.filter(kind="test").order_by("id")
    assert [one.address for one in tests] == ["ana@casaquillay.example", "beto@casaquillay.example"]
    assert draft.test_sent_at is not None
    assert Delivery.objects.filter(campaign_id=draft.pk).count() == 0


@pytest.mark.parametrize(
    "addresses",
    ["", "no es", ",".join(f"p{n}@x.example" for n in range(11)), "a@b.cl\r\nBcc: x@y.z"],
)
def test_wrong_test_addresses_send_nothing(
    addresses: str, ana_client: Client, draft: Campaign
) -> None:
    answer = ana_client.post(url(draft, "test"), {"addresses": addresses})

    assert answer.status_code == 422
    assert Delivery.objects.count() == 0


def test_pause_and_go_on(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"pending": 2}, state="sending")

    ana_client.post(url(campaign, "pause"))
    assert state(campaign) == "paused"

    ana_client.post(url(campaign, "resume"))
    assert state(campaign) == "sending"


def test_what_cannot_be_done_now_is_said_and_changes_nothing(
    ana_client: Client, sent: Sent
) -> None:
    campaign = sent({"accepted": 2})

    for name in ("pause", "resume", "unschedule"):
        answer = ana_client.post(url(campaign, name), follow=True)
        assert "This cannot be done" in answer.content.decode()
    assert state(campaign) == "finished"


def test_cancelling_names_who_will_not_get_it(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"pending": 3, "accepted": 2}, state="sending")

    asked = ana_client.get(url(campaign, "cancel")).content.decode()
    assert "3 people still waiting will not receive it." in asked
    ana_client.post(url(campaign, "cancel"))
    assert state(campaign) == "sending"

    ana_client.post(url(campaign, "cancel"), {"confirmed": "1"})
    page = ana_client.get(reverse("messaging:campaign", args=[campaign.public_id]))
    assert state(campaign) == "cancelled"
    assert page.context["numbers"].not_sent == 3
    assert page.context["numbers"].unexplained == 0


def test_a_copy_is_a_draft_of_its_own(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"accepted": 2})

    ana_client.post(url(campaign, "clone"), {"name": "Otra vez"})

    copy = Campaign.objects.exclude(pk=campaign.pk).get()
    assert (copy.name, copy.state, copy.body) == ("Otra vez", "draft", campaign.body)
    assert copy.slug != campaign.slug


def test_deleting_asks_and_what_was_sent_stays(
    ana_client: Client, draft: Campaign, sent: Sent
) -> None:
    other = ana_client.post(url(draft, "clone"), {"name": "Sobra"})
    spare = Campaign.objects.get(name="Sobra")
    assert other.status_code == 302

    ana_client.post(url(spare, "delete"))
    assert Campaign.objects.filter(pk=spare.pk).exists()
    ana_client.post(url(spare, "delete"), {"confirmed": "1"})
    assert not Campaign.objects.filter(pk=spare.pk).exists()

    campaign = sent({"accepted": 1})
    ana_client.post(url(campaign, "delete"), {"confirmed": "1"})
    assert Campaign.objects.filter(pk=campaign.pk).exists()


@pytest.mark.parametrize(("query", "left"), [({"resend": "1"}, "pending"), ({}, "cancelled")])
def test_the_unknown_are_settled_by_a_person(
    query: dict[str, str], left: str, ana_client: Client, sent: Sent
) -> None:
    campaign = sent({"unknown": 2, "accepted": 1})

    asked = ana_client.get(url(campaign, "unknown", **query)).content.decode()
    assert "2 people" in asked
    ana_client.post(url(campaign, "unknown", **query), {"confirmed": "1"})

    assert Delivery.objects.filter(campaign_id=campaign.pk, state=left).count() == 2


NEEDS = {
    "test": {"addresses": "x@y.example"},
    "send": {"confirmed": "1", "expected": "1"},
    "schedule": {"at_0": "2030-01-01", "at_1": "10:00"},
    "unschedule": {},
    "pause": {},
    "resume": {},
    "cancel": {"confirmed": "1"},
    "clone": {"name": "x"},
    "delete": {"confirmed": "1"},
    "unknown": {"confirmed": "1"},
}


@pytest.mark.parametrize("name", NEEDS)
def test_who_only_reads_can_do_none_of_it(
    name: str, beto_client: Client, draft: Campaign, reader: Reader
) -> None:
    reader("p1@correo.example")

    answer = beto_client.post(url(draft, name), NEEDS[name])

    assert answer.status_code == 403
    assert state(draft) == "draft"
    assert Campaign.objects.count() == 1
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize("name", ["unschedule", "pause", "resume"])
def test_a_link_changes_nothing(name: str, ana_client: Client, sent: Sent) -> None:
    campaign = sent({"pending": 1}, state="sending")

    assert ana_client.get(url(campaign, name)).status_code == 405
    assert state(campaign) == "sending"


def test_a_stranger_is_sent_to_the_log_in(client: Client, draft: Campaign) -> None:
    paths: list[Any] = [url(draft, "send"), "/backoffice/messages/", "/backoffice/unsubscriptions/"]

    for path in paths:
        assert client.get(path).headers["Location"].startswith("/backoffice/login/")
