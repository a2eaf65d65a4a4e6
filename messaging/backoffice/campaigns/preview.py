"""The mail as a person would get it: a response of its own, locked up in a frame."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages.pieces import Text
from customers.models import Customer
from messaging.access import campaign_get
from messaging.models import Campaign
from messaging.selectors.campaigns import campaign_preview
from messaging.selectors.screens import people_to_show, person_find, persons_found

MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self' data: https: http:; frame-ancestors 'self'"
)
# What programs do that darken a mail by themselves: turn colours round, leave pictures alone.
DARKEN = (
    "<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}"
    "img,video{filter:invert(1) hue-rotate(180deg)}</style>"
)
PEOPLE_SHOWN = 8


@dataclass(frozen=True)
class Mode:
    key: str
    label: Text
    icon: str


MODES = (
    Mode("desktop", _("Desktop"), "device-desktop"),
    Mode("mobile", _("Mobile"), "device-mobile"),
    Mode("dark", _("Dark"), "moon"),
    Mode("text", _("Text"), "align-left"),
)


def preview_context(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    """What the preview column shows; ``?mode=`` and ``?as=`` choose how and as whom."""
    keys = [mode.key for mode in MODES]
    mode = request.GET.get("mode", "desktop")
    person = _reader(request)
    rendered, problem = _rendered(campaign, person)
    return {
        "mode": mode if mode in keys else "desktop",
        "modes": MODES,
        "person": person,
        "rendered": rendered,
        "problem": problem,
        "from_name": campaign.from_name or settings.SITE_NAME,
        "from_address": campaign.from_address or settings.DEFAULT_FROM_EMAIL,
        "frame_url": frame_url(campaign, mode, person),
    }


def frame_url(campaign: Campaign, mode: str, person: Customer | None) -> str:
    query = {"mode": mode, "v": str(campaign.version)}
    if person is not None:
        query["as"] = str(person.public_id)
    path = reverse("messaging:campaign-preview", args=[campaign.public_id])
    return f"{path}?{urlencode(query)}"


def _reader(request: HttpRequest) -> Customer | None:
    """The person whose eyes are borrowed, if the reader may see people."""
    user: Any = request.user
    if not user.has_perm("customers.view_customer"):
        return None
    return person_find(request.GET.get("as", ""))


def _rendered(campaign: Campaign, person: Customer | None) -> tuple[Any, str]:
    """The mail and ``""``, or None and what is wrong with it."""
    language = person.language if person else ""
    try:
        return campaign_preview(campaign, customer=person, language=language), ""
    except DomainError as refusal:
        return None, refusal.message


@backoffice("messaging.view_campaign")
@require_GET
def campaign_preview_head(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The mail, fetched again after each save."""
    campaign = campaign_get(public_id)
    context = {"campaign": campaign, "preview": preview_context(request, campaign)}
    return render(request, "messaging/preview_mail.html", context)


@backoffice("messaging.view_campaign")
@require_GET
@xframe_options_sameorigin
def campaign_preview_frame(request: StaffRequest, public_id: UUID) -> HttpResponse:
    campaign = campaign_get(public_id)
    rendered, problem = _rendered(campaign, _reader(request))
    return mail_response(rendered, problem, request.GET.get("mode", ""))


def mail_response(rendered: Any, problem: str, mode: str) -> HttpResponse:
    """A mail that came from people who write HTML: nothing in it runs, and nothing leaves."""
    if rendered is None:
        answer = HttpResponse(problem, content_type="text/plain; charset=utf-8")
    elif mode == "text":
        answer = HttpResponse(rendered.text, content_type="text/plain; charset=utf-8")
    else:
        darkened = DARKEN if mode == "dark" else ""
        answer = HttpResponse(_with_style(rendered.html, darkened))
    answer["Content-Security-Policy"] = MAIL_POLICY
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _with_style(html: str, style: str) -> str:
    """``style`` at the end of the head, or on top of a mail without one."""
    place = html.lower().find("</head>")
    if not style:
        return html
    return html[:place] + style + html[place:] if place >= 0 else style + html


@backoffice("customers.view_customer")
@require_GET
def campaign_people(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """People to preview as: those found by name or address, else some who would receive it."""
    campaign = campaign_get(public_id)
    text = request.GET.get("q", "").strip()
    found = persons_found(text, PEOPLE_SHOWN) if text else people_to_show(campaign, PEOPLE_SHOWN)
    context = {"campaign": campaign, "people": found, "text": text}
    return render(request, "messaging/preview_people.html", context)
