"""One row per recipient: the list, the page of one, and the tab on a person's page."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Activity, Customer
from customers.registry import timeline
from customers.services.activity import activity_record
from messaging.models import Campaign, Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.feature("MS03")]
Sent = Callable[..., Campaign]
LIST = "/backoffice/messages/"


def test_every_recipient_has_a_row_with_state_and_reason(ana_client: Client, sent: Sent) -> None:
    sent({"accepted": 1, "skipped:no_consent": 1, "rejected": 1})

    html = ana_client.get(LIST).content.decode()

    assert html.count("<tr>") - 1 == 3
    assert "No consent" in html
    assert "550 5.1.1 no such user" in html
    assert "Preventa" in html


def test_filters_narrow_by_state_reason_campaign_and_kind(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"accepted": 2, "skipped:no_consent": 1, "skipped:suppressed": 3})
    Delivery.objects.create(kind="transactional", state="accepted", address="x@y.example")

    def found(**query: str | int) -> int:
        return len(ana_client.get(LIST, {**query, "f": "1"}).context["index"].rows)

    assert found() == 7
    assert found(state="accepted") == 3
    assert found(reason="suppressed") == 3
    assert found(campaign=campaign.pk) == 6
    assert found(kind="transactional") == 1
    assert found(state="accepted", campaign=campaign.pk) == 2


def test_tests_never_show(ana_client: Client, draft: Campaign) -> None:
    test = Delivery.objects.create(kind="test", state="accepted", address="ana@x.example")

    assert len(ana_client.get(LIST).context["index"].rows) == 0
    assert ana_client.get(f"{LIST}{test.pk}/").status_code == 404


def test_search_finds_by_the_person(ana_client: Client, sent: Sent) -> None:
    sent({"accepted": 3})
    Customer.objects.filter(first_name="Persona 2").update(first_name="Nekane")

    rows = ana_client.get(LIST, {"q": "nekan"}).context["index"].rows

    assert len(rows) == 1
    assert "Nekane" in rows[0].cells[0].html


def test_a_wrong_filter_value_says_so_and_shows_nobody(ana_client: Client, sent: Sent) -> None:
    sent({"accepted": 2})

    answer = ana_client.get(LIST, {"state": "nonsense", "f": "1"})

    assert answer.status_code == 200
    assert answer.context["index"].rows == []
    assert "nonsense" in answer.content.decode()


def test_the_list_asks_the_same_number_of_questions_for_any_number(
    ana_client: Client, sent: Sent
) -> None:
    sent({"accepted": 1})
    ana_client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        ana_client.get(LIST)
    sent({"rejected": 11})
    with CaptureQueriesContext(connection) as many:
        ana_client.get(LIST)

    assert len(many) == len(few)


def test_a_message_tells_its_story(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"accepted": 1})
    delivery = Delivery.objects.get(campaign_id=campaign.pk)
    for kind in ("email_opened", "email_clicked"):
        activity_record(
            customer_id=delivery.customer_id,
            kind=kind,
            object_kind="delivery",
            object_id=delivery.pk,
            context_id=campaign.pk,
        )

    html = ana_client.get(f"{LIST}{delivery.pk}/").content.decode()

    assert html.index("They clicked a link in a mail") < html.index("They opened a mail")
    assert "The message was prepared." in html
    assert reverse("messaging:campaign", args=[campaign.public_id]) in html


@pytest.mark.parametrize("path", ["content/", "content/?mode=text"])
def test_a_mail_is_shown_in_a_locked_frame(ana_client: Client, sent: Sent, path: str) -> None:
    campaign = sent({"accepted": 1})
    delivery = Delivery.objects.get(campaign_id=campaign.pk)

    answer = ana_client.get(f"{LIST}{delivery.pk}/{path}")

    assert "Hola Persona 1" in answer.content.decode()
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        "img-src 'self' data: https: http:; frame-ancestors 'self'"
    )


def test_a_mail_that_can_no_longer_be_made_says_why(ana_client: Client, sent: Sent) -> None:
    campaign = sent({"accepted": 1})
    Campaign.objects.filter(pk=campaign.pk).update(body="<p>{% if %}</p><script>x()</script>")
    delivery = Delivery.objects.get(campaign_id=campaign.pk)

    page = ana_client.get(f"{LIST}{delivery.pk}/")
    content = ana_client.get(f"{LIST}{delivery.pk}/content/")

    assert (page.status_code, content.status_code) == (200, 200)
    assert content.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "<script>" not in content.content.decode()


def test_the_mails_of_a_person_stand_on_their_page(ana_client: Client, sent: Sent) -> None:
    sent({"accepted": 1, "skipped:suppressed": 1})
    customer = Customer.objects.get(first_name="Persona 2")

    answer = ana_client.get(reverse("customers:panel", args=[customer.public_id, "messages"]))

    assert [line.status.detail for line in answer.context["mails"]] == ["Suppressed"]


def test_the_timeline_names_the_campaign(sent: Sent, ana_client: Client) -> None:
    campaign = sent({"accepted": 1})
    delivery = Delivery.objects.get(campaign_id=campaign.pk)
    activity_record(
        customer_id=delivery.customer_id,
        kind="email_opened",
        object_kind="delivery",
        object_id=delivery.pk,
        context_id=campaign.pk,
    )

    row = Activity.objects.get(kind="email_opened")

    title, detail = timeline["email_opened"].describe([row])[row.pk]

    url = reverse("messaging:campaign", args=[campaign.public_id])
    assert title == f'They opened the campaign <a href="{url}">Preventa</a>'
    assert detail == ""


def test_an_unknown_message_is_not_found(ana_client: Client) -> None:
    assert ana_client.get(f"{LIST}999999999/").status_code == 404


def test_a_mail_to_staff_names_its_address_and_no_deleted_person(ana_client: Client) -> None:
    Delivery.objects.create(kind="transactional", state="accepted", address="ana@tienda.example")

    html = ana_client.get(LIST).content.decode()

    assert "ana@tienda.example" in html
    assert "No customer" in html
    assert "Deleted person" not in html
