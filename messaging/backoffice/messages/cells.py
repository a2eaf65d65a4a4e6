"""The cells of the list of messages."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from config.kit.pages import Person, TwoLines
from messaging.models import Delivery


def message_url(delivery: Delivery) -> str:
    return reverse("messaging:message", args=[delivery.pk])


def person_cell(delivery: Any) -> Person:
    name = str(delivery.person) if delivery.person else gettext("Deleted person")
    return Person(name, delivery.address, message_url(delivery), initials_of=name)


def message_cell(delivery: Any) -> TwoLines:
    if delivery.campaign is None:
        return TwoLines(delivery.get_kind_display(), "")
    return TwoLines(delivery.campaign.name, delivery.get_kind_display())
