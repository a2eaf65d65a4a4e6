"""The cells of the lists of unsubscriptions and blocked addresses."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from config.kit.pages import Person, Status, TwoLines
from config.kit.pages.pieces import Text
from customers.models import ConsentState, Suppression
from messaging.backoffice import words

REASON_TONES = {
    Suppression.Reason.HARD_BOUNCE: "danger",
    Suppression.Reason.COMPLAINT: "warning",
    Suppression.Reason.MANUAL: "slate",
}


def leaver_cell(state: ConsentState) -> Person:
    return Person(str(state.customer), state.customer.email, customer_url(state.customer))


def customer_url(customer: Any) -> str:
    return reverse("customers:record", args=[customer.public_id])


def campaign_cell(state: Any) -> TwoLines | None:
    if state.campaign is None:
        return None
    url = reverse("messaging:campaign", args=[state.campaign.public_id])
    return TwoLines(state.campaign.name, "", url)


def address_cell(suppression: Any) -> TwoLines:
    if suppression.person is None:
        return TwoLines(suppression.address_key, gettext("Nobody has this address"))
    person = suppression.person
    return TwoLines(suppression.address_key, str(person), customer_url(person))


def reason_cell(suppression: Suppression) -> Status:
    tone: Any = REASON_TONES.get(Suppression.Reason(suppression.reason), "slate")
    return Status(tone, suppression.get_reason_display())


def source_cell(state: ConsentState) -> Text:
    return words.source_text(state.source)
