"""The people of a campaign before it starts: who would get it, and who would not and why."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages.pieces import Text
from messaging.access import campaign_get
from messaging.backoffice import words
from messaging.backoffice.campaigns.composer import EDITABLE, AudienceLines, audience_lines
from messaging.models import Campaign
from messaging.selectors.reach import reach_page

ALL, RECEIVES = "", "receives"


@dataclass(frozen=True)
class Part:
    """A part of the audience, to be looked at alone."""

    label: Text
    count: int
    url: str
    is_active: bool


@backoffice("messaging.view_campaign")
@require_GET
def campaign_reach(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """By the rules as they are now; once it has started, its people are those of the report."""
    if not request.user.has_perm("customers.view_customer"):
        raise PermissionDenied
    campaign = campaign_get(public_id)
    if campaign.state not in EDITABLE:
        return redirect("messaging:campaign-panel", campaign.public_id, "people")
    return render(request, "messaging/campaign_reach.html", _context(request, campaign))


def _context(request: StaffRequest, campaign: Campaign) -> dict[str, object]:
    lines = audience_lines(campaign)
    chosen = request.GET.get("who", ALL)
    known = {ALL: None, RECEIVES: "", **{one.reason: one.reason for one in lines.reasons}}
    chosen = chosen if chosen in known else ALL
    after = request.GET.get("after", "")
    url = reverse("messaging:campaign-reach", args=[campaign.public_id])
    context: dict[str, object] = {
        "campaign": campaign,
        "parts": _parts(lines, url, chosen),
        "problem": lines.problem,
    }
    try:
        page = reach_page(
            campaign,
            reason=known[chosen],
            after=int(after) if after.isdecimal() and len(after) < 19 else 0,
        )
    except DomainError as refusal:
        return context | {"problem": refusal.message}
    more = {"who": chosen, "after": page.after}
    return context | {
        "rows": [(one, words.reason_text(one.reason)) for one in page.rows],
        "next_url": f"{url}?{urlencode(more)}" if page.after else "",
        "first_url": f"{url}?{urlencode({'who': chosen})}" if after else "",
    }


def _parts(lines: AudienceLines, url: str, chosen: str) -> list[Part]:
    """The whole audience, then its parts: their numbers add up to the first."""
    found: list[tuple[str, Text, int]] = [
        (ALL, _("All"), lines.total),
        (RECEIVES, _("Receive it"), lines.reachable),
        *((one.reason, one.label, one.count) for one in lines.reasons),
    ]
    return [
        Part(label, count, f"{url}?{urlencode({'who': key})}", key == chosen)
        for key, label, count in found
    ]
