"""The page of a campaign: results, people, links, content, log."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from config.kit import clock
from config.kit.access import StaffRequest, backoffice
from config.kit.backoffice.trail_reading import trail_action
from config.kit.pages import Action, Link, Panel, RecordPage, TimelineEntry, formats
from config.kit.registry import Registry
from messaging.access import campaign_get
from messaging.backoffice import words
from messaging.backoffice.campaigns import figures, preview
from messaging.backoffice.campaigns.composer import audience_lines, step_url
from messaging.backoffice.campaigns.people import people_context
from messaging.models import Campaign
from messaging.selectors.campaigns import (
    campaign_numbers,
    domain_numbers,
    link_numbers,
    minute_series,
)
from messaging.selectors.screens import Audience, audit_of_campaign, campaign_audiences

State = Campaign.State
STARTED = (State.SENDING, State.PAUSED, State.FINISHED, State.CANCELLED, State.FAILED)
EDITABLE = (State.DRAFT, State.SCHEDULED)
STOPPABLE = (State.SCHEDULED, State.SENDING, State.PAUSED)
POLL, POLL_LARGE, LARGE = 3, 10, 100_000
panels: Registry[Panel] = Registry("messaging.campaign_panels")


@backoffice("messaging.view_campaign")
@require_GET
def campaign_page(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A draft opens in the composer for those who may write; everything else shows its results."""
    campaign = campaign_get(public_id)
    if campaign.state == State.DRAFT and request.user.has_perm("messaging.change_campaign"):
        return redirect(step_url(campaign, "audience"))
    return _record(request, campaign, "results")


@backoffice("messaging.view_campaign")
@require_GET
def campaign_panel(request: StaffRequest, public_id: UUID, panel: str) -> HttpResponse:
    return _record(request, campaign_get(public_id), panel)


@backoffice("messaging.view_campaign")
@require_GET
def campaign_live(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The results again, for a page that watches. When the state changed, the page starts anew."""
    campaign = campaign_get(public_id)
    if request.GET.get("was") != campaign.state:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    context = {"record": campaign, **_results(request, campaign)}
    return render(request, "messaging/campaign_results.html", context)


def _record(request: StaffRequest, campaign: Campaign, active: str) -> HttpResponse:
    return RecordPage(
        title=campaign.name,
        back=Link(_("Campaigns"), reverse("messaging:campaign-list")),
        badges=[words.campaign_badge(campaign)],
        intro=intro(campaign),
        recent=("campaigns", str(campaign.public_id)),
        actions=_actions(campaign),
        more=_more(campaign),
        template_name="messaging/campaign.html",
    ).response(
        request,
        panels=panels,
        record=campaign,
        active=active,
        panel_url=lambda key: panel_url(campaign, key),
    )


def panel_url(campaign: Campaign, key: str) -> str:
    if key == "results":
        return reverse("messaging:campaign", args=[campaign.public_id])
    return reverse("messaging:campaign-panel", args=[campaign.public_id, key])


def intro(campaign: Campaign) -> str:
    """To whom, and since when."""
    audience = campaign_audiences([campaign]).get(campaign.pk, Audience())
    targets = ", ".join(_("“%(name)s”") % {"name": name} for name in audience.included)
    if not targets:
        return formats.near_day(_instant(campaign)) if _instant(campaign) else ""
    names = {"targets": targets, "at": formats.near_day(_instant(campaign))}
    if campaign.state == State.SCHEDULED:
        return _("Mail to %(targets)s · will be sent %(at)s") % names
    if campaign.finished_at and campaign.state == State.FINISHED:
        return _("Mail to %(targets)s · finished %(at)s") % names
    if campaign.started_at:
        return _("Mail to %(targets)s · began %(at)s") % names
    return _("Mail to %(targets)s") % names


def _instant(campaign: Campaign) -> Any:
    if campaign.state == State.SCHEDULED:
        return campaign.scheduled_at
    return campaign.finished_at or campaign.started_at


def _url(campaign: Campaign, name: str) -> str:
    return reverse(f"messaging:campaign-{name}", args=[campaign.public_id])


def _actions(campaign: Campaign) -> list[Action]:
    """One thing to do next, and a look at the mail."""
    send, change = "messaging.send_campaign", "messaging.change_campaign"
    found: list[Action] = []
    if campaign.state == State.SENDING:
        found.append(
            Action(
                _("Pause"), _url(campaign, "pause"), "player-pause", method="post", permission=send
            )
        )
    if campaign.state == State.PAUSED:
        found.append(
            Action(
                _("Go on"),
                _url(campaign, "resume"),
                "player-play",
                "primary",
                "post",
                permission=send,
            )
        )
    if campaign.state in EDITABLE:
        found.append(Action(_("Edit"), step_url(campaign, "audience"), "pencil", permission=change))
    return [*found, Action(_("See the mail"), panel_url(campaign, "content"), "eye")]


def _more(campaign: Campaign) -> list[Action | None]:
    send = "messaging.send_campaign"
    found: list[Action | None] = [
        Action(
            _("Copy as a draft"),
            _url(campaign, "clone"),
            "copy",
            permission="messaging.add_campaign",
        ),
        trail_action(campaign),
    ]
    if campaign.state == State.SCHEDULED:
        found.append(
            Action(
                _("Back to draft"),
                _url(campaign, "unschedule"),
                "calendar-event",
                method="post",
                permission=send,
            )
        )
    found.append(None)
    if campaign.state in STOPPABLE:
        found.append(
            Action(
                _("Cancel the sending"),
                _url(campaign, "cancel"),
                "player-stop",
                "danger",
                permission=send,
                dialog=True,
            )
        )
    if not campaign.frozen_at and campaign.state in (State.DRAFT, State.CANCELLED):
        found.append(
            Action(
                _("Delete"),
                _url(campaign, "delete"),
                "trash",
                "danger",
                permission="messaging.delete_campaign",
                dialog=True,
            )
        )
    return found


def _results(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    if not campaign.frozen_at:
        return {"is_frozen": False, "audience": audience_lines(campaign)}
    numbers = campaign_numbers(campaign)
    groups = figures.groups(numbers)
    links = figures.link_lines(link_numbers(campaign))
    return {
        "is_frozen": True,
        "is_live": campaign.state == State.SENDING,
        "pause_seconds": POLL_LARGE if numbers.audience >= LARGE else POLL,
        "numbers": numbers,
        "groups": groups,
        "segments": figures.segments(groups),
        "progress": figures.progress(numbers, clock.now()),
        "deeds": figures.deeds(numbers),
        "all_opens": numbers.opened + numbers.machine_opened,
        "chart": figures.series_chart(minute_series(campaign)),
        "links": links[:6],
        "clicks_total": sum(one.clicks for one in links),
        "most_clicks": max((one.clicks for one in links), default=0),
        "domains": domain_numbers(campaign),
        "people_url": panel_url(campaign, "people"),
        "links_url": panel_url(campaign, "links"),
        "can_send": request.user.has_perm("messaging.send_campaign"),
    }


def _links(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    links = figures.link_lines(link_numbers(campaign))
    return {
        "links": links,
        "clicks_total": sum(one.clicks for one in links),
        "most_clicks": max((one.clicks for one in links), default=0),
        "is_followed": campaign.tracks_clicks,
    }


def _content(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    return {"preview": preview.preview_context(request, campaign)}


def _log(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    entries = [
        TimelineEntry(one.at, LOG_ICONS.get(verb_of(one.action), "pencil"), log_text(one))
        for one in audit_of_campaign(campaign)
    ]
    return {"entries": entries}


def verb_of(action: str) -> str:
    return action.rpartition(".")[2]


LOG_ICONS = {
    "created": "plus",
    "updated": "pencil",
    "scheduled": "calendar-event",
    "unscheduled": "calendar",
    "tested": "test-pipe",
    "started": "send",
    "paused": "player-pause",
    "resumed": "player-play",
    "cancelled": "player-stop",
    "finished": "check",
}
LOG_TEXTS = {
    "created": gettext_lazy("%(who)s created the campaign."),
    "cloned": gettext_lazy("%(who)s created the campaign as a copy."),
    "updated": gettext_lazy("%(who)s edited the draft."),
    "scheduled": gettext_lazy("%(who)s scheduled the sending."),
    "unscheduled": gettext_lazy("%(who)s made it a draft again."),
    "tested": gettext_lazy("%(who)s sent a test."),
    "started": gettext_lazy("%(who)s started the sending."),
    "paused": gettext_lazy("%(who)s paused the sending."),
    "resumed": gettext_lazy("%(who)s let the sending go on."),
    "cancelled": gettext_lazy("%(who)s cancelled the sending."),
    "finished": gettext_lazy("The sending finished."),
    "unknown_resolved": gettext_lazy("%(who)s settled the unknown."),
}


def log_text(entry: Any) -> str:
    """A sentence for an audit row; an action that has none yet is named as it is."""
    who = entry.actor_label or _("The system")
    text = LOG_TEXTS.get(verb_of(entry.action))
    return str(text) % {"who": who} if text else f"{who}: {entry.action}"


def _audience_count(campaign: Campaign) -> int | None:
    return campaign.audience_count if campaign.frozen_at else None


def people_panel(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    if not campaign.frozen_at:
        raise Http404
    return people_context(request, campaign, panel_url(campaign, "people"))


panels.register(
    "results",
    Panel(
        gettext_lazy("Results"),
        "messaging/campaign_results.html",
        _results,
        order=10,
        is_flush=True,
    ),
)
panels.register(
    "people",
    Panel(
        gettext_lazy("People"),
        "messaging/campaign_people.html",
        people_panel,
        permission="messaging.view_delivery",
        order=20,
        count=_audience_count,
        is_flush=True,
    ),
)
panels.register(
    "links",
    Panel(
        gettext_lazy("Links"),
        "messaging/campaign_links.html",
        _links,
        order=30,
        count=lambda campaign: campaign.links.count() if campaign.frozen_at else None,
    ),
)
panels.register(
    "content", Panel(gettext_lazy("Content"), "messaging/campaign_content.html", _content, order=40)
)
panels.register("log", Panel(gettext_lazy("Log"), "messaging/campaign_log.html", _log, order=50))
