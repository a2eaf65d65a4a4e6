"""What staff read of a person's log: what they did, from where, and who of the staff did what."""

import pytest
from django.test import Client

from config.kit import outbox
from config.kit.backoffice.trail_reading import subject_url
from customers.models import Customer
from tests.conftest import PASSWORD

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile/15E148"


@pytest.mark.feature("E39")
def test_the_log_shows_log_ins_and_edits_with_place_device_and_hand(
    ana_client: Client, carla, carla_client: Client
):
    customer = Customer.objects.get(user=carla)
    visitor = Client(REMOTE_ADDR="203.0.113.7", headers={"user-agent": PHONE})
    for password in ("no-es-esta-clave", PASSWORD):
        visitor.post("/account/login/", {"email": customer.email, "password": password})
    outbox.dispatch()
    url = f"/backoffice/customers/{customer.public_id}/"
    ana_client.post(
        f"{url}edit/",
        {
            "email": customer.email,
            "lifecycle": "lead",
            "first_name": "Carlota",
            "last_name": "Etxeberria",
            "version": str(customer.version),
        },
    )

    page = ana_client.get(url).content.decode()

    for sentence in (
        "Logged in",
        "Could not log in: wrong password",
        "Phone · 203.0.113.7 · Storefront",
        "<strong>Ana Millaray</strong> edited the record",
    ):
        assert sentence in page
    assert page.index("edited the record") < page.index("Logged in") < page.index("Could not")
    visits = ana_client.get(f"{url}?kind=visits").content.decode()
    assert ("Logged in" in visits, "edited the record" in visits) == (True, False)
    trail = ana_client.get(subject_url("customers.customer", customer.pk)).content.decode()
    assert "Customer edited" in trail
