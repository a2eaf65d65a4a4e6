"""What is done with a campaign: test, send, schedule, pause, resume, cancel, copy, delete."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import (
    FormPage,
    Link,
    Section,
    Wide,
    confirm_response,
    confirmed,
    formats,
    toast,
)
from messaging.access import campaign_get
from messaging.backoffice.campaigns.composer import audience_lines, step_url
from messaging.backoffice.campaigns.forms import CloneForm, ScheduleForm, TestForm
from messaging.backoffice.posted import posted
from messaging.models import Campaign
from messaging.selectors.campaigns import campaign_numbers
from messaging.selectors.screens import person_find
from messaging.services import campaigns as services
from messaging.services.transactional import campaign_test_send


def page_url(campaign: Campaign) -> str:
    return reverse("messaging:campaign", args=[campaign.public_id])


def people(count: int) -> str:
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": formats.number(count)}


def refused(request: StaffRequest, refusal: DomainError, url: str) -> HttpResponse:
    toast(request, refusal.message, level="error")
    return redirect(url)


@backoffice("messaging.change_campaign")
@require_http_methods(["GET", "POST"])
def campaign_test(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Send it to oneself, written as the person of the preview."""
    campaign = campaign_get(public_id)
    form = TestForm(posted(request), initial={"addresses": request.user.email})
    if form.is_valid():
        try:
            return _test_sent(request, campaign, form.cleaned_data["addresses"])
        except DomainError as refusal:
            refusal.add_to(form)
    return FormPage(
        form,
        title=_("Send a test"),
        back=Link(campaign.name, step_url(campaign, "review")),
        submit=_("Send the test"),
        intro=_("A test counts in no figure. Its links work and are not followed."),
        sections=[Section(_("Recipients"), "", [Wide("addresses", 3)])],
    ).response(request)


def _test_sent(request: StaffRequest, campaign: Campaign, addresses: list[str]) -> HttpResponse:
    can_see = request.user.has_perm("customers.view_customer")
    person = person_find(request.GET.get("as", "")) if can_see else None
    count = campaign_test_send(
        campaign=campaign, by=request.user, addresses=addresses, customer=person
    )
    text = ngettext(
        "The test is on its way to %(n)s address.",
        "The test is on its way to %(n)s addresses.",
        count,
    )
    toast(request, text % {"n": count})
    return redirect(step_url(campaign, "review"))


@backoffice("messaging.send_campaign")
@require_http_methods(["GET", "POST"])
def campaign_send(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Names how many people get it; asks again when the number is another one by then."""
    campaign = campaign_get(public_id)
    audience = audience_lines(campaign)
    if not confirmed(request):
        return _ask_to_send(request, campaign, audience)
    if request.POST.get("expected") != str(audience.reachable):
        return _ask_to_send(request, campaign, audience, seen=request.POST.get("expected", ""))
    try:
        services.campaign_send(campaign=campaign, by=request.user)
    except DomainError as refusal:
        return refused(request, refusal, step_url(campaign, "review"))
    toast(request, gettext("The campaign is being sent."))
    return redirect(page_url(campaign))


def _ask_to_send(
    request: StaffRequest, campaign: Campaign, audience: Any, seen: str = ""
) -> HttpResponse:
    names = {"campaign": campaign.name, "people": people(audience.reachable)}
    rest = people(audience.total - audience.reachable)
    text = gettext(
        "It starts at once. Of %(total)s in the audience, %(rest)s do not receive it, for the "
        "reasons that the review lists. What was sent cannot be called back."
    ) % {"total": people(audience.total), "rest": rest}
    if seen:
        changed = gettext("Meanwhile the number changed from %(before)s to %(now)s.") % {
            "before": formats.number(whole(seen)) if whole(seen, -1) >= 0 else "–",
            "now": formats.number(audience.reachable),
        }
        text = f"{changed} {text}"
    return confirm_response(
        request,
        title=gettext("Send “%(campaign)s” to %(people)s") % names,
        text=text,
        submit=gettext("Send to %(people)s") % names,
        back=step_url(campaign, "review"),
        danger=False,
        fields={"expected": str(audience.reachable)},
        status=409 if seen else 200,
    )


@backoffice("messaging.send_campaign")
@require_http_methods(["GET", "POST"])
def campaign_schedule(request: StaffRequest, public_id: UUID) -> HttpResponse:
    campaign = campaign_get(public_id)
    form = ScheduleForm(posted(request), initial={"at": campaign.scheduled_at})
    if form.is_valid():
        try:
            at = form.cleaned_data["at"]
            services.campaign_schedule(campaign=campaign, at=at, by=request.user)
            toast(request, gettext("It will be sent on %(at)s.") % {"at": formats.moment(at)})
            return redirect(page_url(campaign))
        except DomainError as refusal:
            refusal.add_to(form)
    reachable = audience_lines(campaign).reachable
    return FormPage(
        form,
        title=_("Schedule the sending"),
        back=Link(campaign.name, step_url(campaign, "review")),
        submit=gettext("Schedule for %(people)s") % {"people": people(reachable)},
        intro=_(
            "The number of people is that of now: the audience is fixed when the sending starts."
        ),
        sections=[Section(_("When"), _("In the time zone of the site."), [Wide("at", 2)])],
    ).response(request)


@backoffice("messaging.send_campaign")
@require_POST
def campaign_unschedule(request: StaffRequest, public_id: UUID) -> HttpResponse:
    campaign = campaign_get(public_id)
    try:
        services.campaign_unschedule(campaign=campaign, by=request.user)
    except DomainError as refusal:
        return refused(request, refusal, page_url(campaign))
    toast(request, gettext("It is a draft again."))
    return redirect(step_url(campaign, "review"))


@backoffice("messaging.send_campaign")
@require_POST
def campaign_pause(request: StaffRequest, public_id: UUID) -> HttpResponse:
    campaign = campaign_get(public_id)
    try:
        services.campaign_pause(campaign=campaign, by=request.user)
    except DomainError as refusal:
        return refused(request, refusal, page_url(campaign))
    toast(request, gettext("Paused. Mails already handed over still arrive."))
    return redirect(page_url(campaign))


@backoffice("messaging.send_campaign")
@require_POST
def campaign_resume(request: StaffRequest, public_id: UUID) -> HttpResponse:
    campaign = campaign_get(public_id)
    try:
        services.campaign_resume(campaign=campaign, by=request.user)
    except DomainError as refusal:
        return refused(request, refusal, page_url(campaign))
    toast(request, gettext("The sending goes on."))
    return redirect(page_url(campaign))


@backoffice("messaging.send_campaign")
@require_http_methods(["GET", "POST"])
def campaign_cancel(request: StaffRequest, public_id: UUID) -> HttpResponse:
    campaign = campaign_get(public_id)
    if confirmed(request):
        try:
            services.campaign_cancel(campaign=campaign, by=request.user)
        except DomainError as refusal:
            return refused(request, refusal, page_url(campaign))
        toast(request, gettext("The campaign was cancelled."))
        return redirect(page_url(campaign))
    waiting = campaign_numbers(campaign).pending if campaign.frozen_at else 0
    text = gettext(
        "%(people)s still waiting will not receive it. There is no way to go on afterwards; those "
        "who already have it keep it."
    ) % {"people": people(waiting)}
    return confirm_response(
        request,
        title=gettext("Cancel “%(campaign)s”") % {"campaign": campaign.name},
        text=text if campaign.frozen_at else gettext("It will not be sent."),
        submit=_("Cancel the sending"),
        back=page_url(campaign),
    )


@backoffice("messaging.add_campaign")
@require_http_methods(["GET", "POST"])
def campaign_clone(request: StaffRequest, public_id: UUID) -> HttpResponse:
    campaign = campaign_get(public_id)
    name = gettext("%(campaign)s (copy)") % {"campaign": campaign.name}
    form = CloneForm(posted(request), initial={"name": name[:120]})
    if form.is_valid():
        try:
            copy = services.campaign_clone(
                campaign=campaign, by=request.user, name=form.cleaned_data["name"]
            )
            return redirect(step_url(copy, "audience"))
        except DomainError as refusal:
            refusal.add_to(form)
    return FormPage(
        form,
        title=_("Copy the campaign"),
        back=Link(campaign.name, page_url(campaign)),
        submit=_("Create the copy"),
        intro=_("The copy is a draft with the same targets, content and sender."),
        sections=[Section(_("Copy"), "", [Wide("name", 3)])],
    ).response(request)


@backoffice("messaging.delete_campaign")
@require_http_methods(["GET", "POST"])
def campaign_delete(request: StaffRequest, public_id: UUID) -> HttpResponse:
    campaign = campaign_get(public_id)
    if confirmed(request):
        try:
            services.campaign_delete(campaign=campaign, by=request.user)
        except DomainError as refusal:
            return refused(request, refusal, page_url(campaign))
        toast(request, gettext("“%(campaign)s” was deleted.") % {"campaign": campaign.name})
        return redirect("messaging:campaign-list")
    return confirm_response(
        request,
        title=gettext("Delete “%(campaign)s”") % {"campaign": campaign.name},
        text=_("Its content and its settings are gone for good. Nothing of it was sent."),
        submit=_("Delete the campaign"),
        back=page_url(campaign),
    )


@backoffice("messaging.send_campaign")
@require_http_methods(["GET", "POST"])
def campaign_unknown(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What becomes of those of whom nobody knows whether they got it."""
    campaign = campaign_get(public_id)
    unknown = campaign_numbers(campaign).unknown
    if confirmed(request):
        try:
            count = services.unknown_resolve(
                campaign=campaign, by=request.user, resend=request.GET.get("resend") == "1"
            )
        except DomainError as refusal:
            return refused(request, refusal, page_url(campaign))
        toast(request, gettext("Settled for %(people)s.") % {"people": people(count)})
        return redirect(page_url(campaign))
    return _ask_about_unknown(request, campaign, unknown)


def _ask_about_unknown(request: StaffRequest, campaign: Campaign, unknown: int) -> HttpResponse:
    names = {"people": people(unknown)}
    if request.GET.get("resend") == "1":
        return confirm_response(
            request,
            title=gettext("Send again to %(people)s") % names,
            text=_("The server may have taken the first mail: some of them may get it twice."),
            submit=gettext("Send again to %(people)s") % names,
            back=page_url(campaign),
        )
    return confirm_response(
        request,
        title=gettext("Leave %(people)s as not sent") % names,
        text=_("They get nothing more of this campaign and count as cancelled."),
        submit=gettext("Leave %(people)s") % names,
        back=page_url(campaign),
    )
