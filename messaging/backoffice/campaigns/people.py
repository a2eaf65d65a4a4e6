"""The people of a campaign: one row each, with the state it ended in."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.kit.pages.keyset import Keyset, Page, Sort, cursor_read, cursor_write
from config.kit.pages.pieces import Text
from messaging.backoffice import words
from messaging.models import Campaign, Delivery
from messaging.selectors.messages import deliveries
from messaging.selectors.screens import customers_by_id, deliveries_of

PAGE_SIZE = 50
BY_ID = Sort("id", _("Newest"), "id", nullable=False)
STATES: tuple[tuple[str, Text], ...] = (
    ("", _("All")),
    (Delivery.State.ACCEPTED, pgettext_lazy("several mails", "Delivered")),
    (Delivery.State.PENDING, pgettext_lazy("several mails", "Waiting")),
    (Delivery.State.SKIPPED, pgettext_lazy("several mails", "Not sent")),
    (Delivery.State.REJECTED, pgettext_lazy("several mails", "Refused by the server")),
    (Delivery.State.BOUNCED, pgettext_lazy("several mails", "Came back")),
    (Delivery.State.UNKNOWN, pgettext_lazy("several mails", "Unknown")),
    (Delivery.State.CANCELLED, pgettext_lazy("several mails", "Cancelled")),
)


@dataclass(frozen=True)
class PersonRow:
    """A delivery with the person it belongs to, who may be gone."""

    delivery: Delivery
    customer: Any
    status: Any

    @property
    def name(self) -> str:
        return str(self.customer) if self.customer else self.delivery.address


@dataclass(frozen=True)
class Pill:
    label: Text
    url: str
    is_active: bool


def person_rows(rows: list[Delivery]) -> list[PersonRow]:
    people = customers_by_id(row.customer_id for row in rows)
    return [
        PersonRow(row, people.get(row.customer_id or 0), words.delivery_status(row)) for row in rows
    ]


def people_context(request: HttpRequest, campaign: Campaign, url: str) -> dict[str, Any]:
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")
    rows = deliveries_of(campaign, deliveries())
    if reason in Delivery.Reason.values:
        rows, state = rows.filter(reason=reason), ""
    elif state in Delivery.State.values:
        rows, reason = rows.filter(state=state), ""
    else:
        state = reason = ""
    narrowed = {key: value for key, value in (("state", state), ("reason", reason)) if value}
    page = page_of(request, rows, scope=f"campaign-people:{campaign.pk}")
    return {
        "rows": person_rows(page.rows),
        "pills": [pill(url, key, label, state, reason) for key, label in STATES],
        "reason": words.reason_text(reason) if reason else "",
        **turns(page, url, narrowed, scope=f"campaign-people:{campaign.pk}"),
    }


def pill(url: str, key: str, label: Text, state: str, reason: str) -> Pill:
    is_active = not reason and key == state
    if reason:
        is_active = key == Delivery.State.SKIPPED
    return Pill(label, f"{url}?state={key}" if key else url, is_active)


def page_of(
    request: HttpRequest, rows: QuerySet[Delivery], *, scope: str, is_newest_first: bool = False
) -> Page[Delivery]:
    keyset = Keyset(rows, BY_ID.of(descending=is_newest_first), size=PAGE_SIZE)
    for name, walk in (("after", keyset.after), ("before", keyset.before)):
        cursor = cursor_read(request.GET.get(name, ""), scope=scope)
        if cursor is not None:
            return walk(cursor)
    return keyset.first()


def turns(
    page: Page[Delivery], url: str, narrowed: dict[str, str], *, scope: str
) -> dict[str, str]:
    """The links to the pages beside this one; empty where there is none."""

    def link(name: str, cursor: Any) -> str:
        return f"{url}?{urlencode({**narrowed, name: cursor_write(cursor, scope=scope)})}"

    return {
        "previous_url": link("before", page.first) if page.has_previous and page.first else "",
        "next_url": link("after", page.last) if page.has_next and page.last else "",
    }
