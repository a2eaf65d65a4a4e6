"""The log of one person's mails: what it was made from, its state, why, and a filter by state."""

import re

import pytest
from django.test import Client

from config.kit import clock
from customers.models import Customer
from messaging.models import Campaign, Delivery, TransactionalMail

pytestmark = [pytest.mark.feature("E40"), pytest.mark.django_db]


def deliver(person: Customer, state: str, **values: object) -> Delivery:
    return Delivery.objects.create(
        created_at=clock.now(),
        customer=person,
        kind="campaign" if values.get("campaign_id") else "transactional",
        state=state,
        address=person.email,
        language="en",
        **values,
    )


def shown(client: Client, person: Customer, state: str = "") -> list[tuple[str, str, str]]:
    """Title, what it was made from, and state with reason of each line."""
    url = f"/backoffice/customers/{person.public_id}/messages/?state={state}"
    page = client.get(url).content.decode()
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    return [line_of(row.split("<td")[1:]) for row in rows]


def line_of(cells: list[str]) -> tuple[str, str, str]:
    message, state = (words_of(one) for one in cells[:2])
    return message[0], " · ".join(message[1].split(" · ")[:2]), " ".join(state)


def words_of(cell: str) -> list[str]:
    parts = re.sub(r"<[^>]+>", "|", "<td" + cell).split("|")
    return [part.strip() for part in parts if part.strip()]


def test_each_line_says_what_it_was_its_state_and_why(make_customer, ana_client) -> None:
    person = make_customer("rayen@correo.example")
    campaign = Campaign.objects.create(slug="oferta", name="Oferta de mayo")
    deliver(person, "skipped", campaign_id=campaign.pk, reason="no_consent")
    letter = deliver(person, "accepted", sent_at=clock.now())
    TransactionalMail.objects.create(
        delivery_id=letter.pk, kind="letter", customer=person, subject="Su pedido"
    )
    secret = deliver(person, "bounced", reply="550 no such user")
    TransactionalMail.objects.create(delivery_id=secret.pk, kind="password_link", customer=person)
    assert shown(ana_client, person) == [
        (
            "Your link to set the password",
            "E-mail · Transactional",
            "Bounced 550 no such user",
        ),
        ("Su pedido", "E-mail · Transactional", "Delivered"),
        ("Oferta de mayo", "E-mail · Campaign", "Not sent No consent"),
    ]


@pytest.mark.parametrize(
    ("state", "states"),
    [
        ("delivered", ["accepted"]),
        ("waiting", ["pending"]),
        ("trouble", ["rejected", "bounced"]),
        ("unsent", ["skipped"]),
        ("nonsense", ["accepted", "pending", "rejected", "bounced", "skipped"]),
    ],
)
def test_the_log_is_narrowed_by_state(make_customer, ana_client, state, states) -> None:
    person, other = make_customer("una@correo.example"), make_customer("otra@correo.example")
    for one in ("accepted", "pending", "rejected", "bounced", "skipped"):
        made = deliver(person, one, reason="no_address" if one == "skipped" else "")
        TransactionalMail.objects.create(
            delivery_id=made.pk, kind="letter", customer=person, subject=one
        )
    deliver(other, "accepted")
    assert sorted(line[0] for line in shown(ana_client, person, state)) == sorted(states)


def test_an_empty_state_says_so(make_customer, ana_client) -> None:
    person = make_customer("una@correo.example")
    url = f"/backoffice/customers/{person.public_id}/messages/"
    assert "No mail has gone to this person yet" in ana_client.get(url).content.decode()
    narrowed = ana_client.get(f"{url}?state=trouble").content.decode()
    assert "No mail of this person is in this state" in narrowed
