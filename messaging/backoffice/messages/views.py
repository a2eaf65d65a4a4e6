"""The list of messages, and one of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import TimelineEntry
from messaging.access import delivery_get
from messaging.backoffice import words
from messaging.backoffice.campaigns.preview import mail_response
from messaging.backoffice.messages.index import MessageIndex
from messaging.backoffice.timeline import KINDS, sentence
from messaging.models import Delivery
from messaging.selectors.campaigns import Rendered
from messaging.selectors.messages import campaign_names, delivery_content, delivery_events
from messaging.selectors.screens import customers_by_id, marks


@backoffice("messaging.view_delivery")
@require_GET
def message_list(request: StaffRequest) -> HttpResponse:
    return MessageIndex(request).response()


@backoffice("messaging.view_delivery")
@require_GET
def message(request: StaffRequest, pk: int) -> HttpResponse:
    """What became of one mail to one person, step by step."""
    delivery = delivery_get(pk)
    content, problem = content_of(delivery)
    person = customers_by_id([delivery.customer_id]).get(delivery.customer_id or 0)
    context = {
        "delivery": delivery,
        "person": person,
        "person_url": reverse("customers:record", args=[person.public_id]) if person else "",
        "campaign": campaign_names([delivery]).get(delivery.campaign_id or 0),
        "tone": words.DELIVERY_TONES.get(delivery.state, "neutral"),
        "why": words.delivery_why(delivery),
        "entries": _entries(delivery),
        "content": content,
        "problem": problem,
        "frame_url": reverse("messaging:message-content", args=[delivery.pk]),
    }
    return render(request, "messaging/message.html", context)


def content_of(delivery: Delivery) -> tuple[Rendered | None, str]:
    """The mail and ``""``, or None and why it cannot be shown."""
    try:
        content = delivery_content(delivery)
    except DomainError as refusal:
        return None, refusal.message
    return content, "" if content else _("The content of this mail is not kept.")


def _entries(delivery: Delivery) -> list[TimelineEntry]:
    """Newest first: what the person did, what the server said, and the beginning."""
    events = delivery_events(delivery)
    marked = marks(events)
    done = [
        TimelineEntry(
            one.occurred_at,
            KINDS[one.kind].icon if one.kind in KINDS else "mail",
            sentence(one.kind),
            marked[one.pk].link,
        )
        for one in events
    ]
    began = TimelineEntry(delivery.created_at, "plus", _("The message was prepared."))
    return [*reversed(done), began]


@backoffice("messaging.view_delivery")
@require_GET
@xframe_options_sameorigin
def message_content(request: StaffRequest, pk: int) -> HttpResponse:
    content, problem = content_of(delivery_get(pk))
    return mail_response(content, problem, request.GET.get("mode", ""))
