"""From the confirmation to the numbers, through a real mail server."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from messaging.models import Campaign
from messaging.sending.sender import send_until_idle
from tests.messaging.sink import Sink

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("emptied_ledgers"),
    pytest.mark.feature("MS01", "MS03"),
]


def test_a_campaign_is_confirmed_sent_and_adds_up(
    ana_client: Client,
    draft: Campaign,
    reader: Callable[..., Customer],
    make_customer: Callable[..., Customer],
    settings: Any,
) -> None:
    for number in range(7):
        reader(f"p{number}@correo.example", first_name=f"Persona {number}")
    make_customer("sin@correo.example")
    make_customer("")

    with Sink() as sink:
        settings.EMAIL = sink.email_setting
        ana_client.post(
            reverse("messaging:campaign-send", args=[draft.public_id]),
            {"confirmed": "1", "expected": "7"},
        )
        send_until_idle()
        subjects = sorted(str(mail["Subject"]) for _sender, _recipient, mail in sink.mails)

    page = ana_client.get(reverse("messaging:campaign", args=[draft.public_id]))
    numbers = page.context["numbers"]
    assert subjects == [f"Hola Persona {number}" for number in range(7)]
    assert [group.count for group in page.context["groups"]] == [7, 0, 2, 0]
    assert (numbers.audience, numbers.unexplained) == (9, 0)
    assert page.context["record"].state == "finished"
    assert len(ana_client.get("/backoffice/messages/").context["index"].rows) == 9
