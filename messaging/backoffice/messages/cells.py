"""The cells of the list of messages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from config.kit.pages import Person, TwoLines
from messaging.models import Delivery


def message_url(delivery: Delivery) -> str:
    return reverse("messaging:message", args=[delivery.pk])


def person_cell(delivery: Any) -> Person:
    """A mail to staff has an address and is nobody's among the customers."""
    url, address = message_url(delivery), delivery.address
    if delivery.customer_id is None and address:
        return Person(address, gettext("No customer"), url, initials_of=address)
    name = str(delivery.person) if delivery.person else gettext("Deleted person")
    return Person(name, address, url, initials_of=name)


def message_cell(delivery: Any) -> TwoLines:
    if delivery.campaign is None:
        return TwoLines(delivery.get_kind_display(), "")
    return TwoLines(delivery.campaign.name, delivery.get_kind_display())
