"""The composer: steps, a draft that saves itself, a checklist."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from config.kit import clock
from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import FormPage, Link, Section, Wide, conflict_response, draft_done
from config.kit.pages.pieces import Text
from messaging.access import campaign_get
from messaging.backoffice import words
from messaging.backoffice.campaigns import preview
from messaging.backoffice.campaigns.drafting import (
    FORMS,
    ChangedByAnother,
    Token,
    conflicts,
    step_save,
)
from messaging.backoffice.campaigns.forms import NewCampaignForm, StepForm
from messaging.backoffice.campaigns.starters import starter
from messaging.backoffice.posted import posted
from messaging.models import Campaign
from messaging.selectors.campaigns import (
    Check,
    audience_preview,
    campaign_check,
    template_problems,
    variable_groups,
)
from messaging.selectors.screens import campaign_audiences, last_change
from messaging.services.campaigns import CampaignValues, campaign_create, campaign_values

EDITABLE = (Campaign.State.DRAFT, Campaign.State.SCHEDULED)
REVIEW = "review"
STEPS: dict[str, Text] = {
    "audience": _("Audience"),
    "content": _("Content"),
    "sender": _("Sender"),
    REVIEW: _("Review"),
}


@dataclass(frozen=True)
class StepLink:
    number: int
    key: str
    label: Text
    url: str
    is_open: bool


def steps_of(campaign: Campaign, active: str) -> list[StepLink]:
    return [
        StepLink(number, key, label, step_url(campaign, key), key == active)
        for number, (key, label) in enumerate(STEPS.items(), start=1)
    ]


def step_url(campaign: Campaign, step: str) -> str:
    return reverse("messaging:campaign-edit", args=[campaign.public_id, step])


@backoffice("messaging.add_campaign")
@require_http_methods(["GET", "POST"])
def campaign_new(request: StaffRequest) -> HttpResponse:
    form = NewCampaignForm(posted(request), initial={"target": request.GET.get("target")})
    if form.is_valid():
        try:
            campaign = campaign_create(by=request.user, values=_first_values(form.cleaned_data))
            return redirect(step_url(campaign, "audience"))
        except DomainError as refusal:
            refusal.add_to(form)
    return FormPage(
        form,
        title=_("New campaign"),
        back=Link(_("Campaigns"), reverse("messaging:campaign-list")),
        submit=_("Create draft"),
        sections=[
            Section(
                _("Start"),
                _("You write the content in the next steps. Nothing is sent until you say so."),
                [Wide("name", 2), "target", Wide("body_format", 2)],
            )
        ],
    ).response(request)


def _first_values(data: dict[str, Any]) -> CampaignValues:
    target = data["target"]
    return CampaignValues(
        name=data["name"],
        body_format=data["body_format"],
        body=starter(data["body_format"]),
        include=[target.pk] if target else [],
    )


@backoffice("messaging.change_campaign")
@require_http_methods(["GET", "POST"])
def campaign_edit(request: StaffRequest, public_id: UUID, step: str) -> HttpResponse:
    """One step. GET shows it; POST saves it and goes on, or only saves when the page asks so."""
    campaign = campaign_get(public_id)
    if campaign.state not in EDITABLE:
        return redirect("messaging:campaign", public_id=public_id)
    if step not in STEPS:
        raise Http404
    if step == REVIEW:
        return _review(request, campaign)
    if request.method == "GET":
        form = FORMS[step](initial=FORMS[step].initial_of(campaign_values(campaign)))
        return _page(request, campaign, step, form)
    return _save(request, campaign, step)


def _save(request: StaffRequest, campaign: Campaign, step: str) -> HttpResponse:
    form = FORMS[step](request.POST)
    if not form.is_valid():
        return _page(request, campaign, step, form, status=422)
    try:
        campaign = step_save(
            campaign=campaign, form=form, token=Token.read(request), by=request.user
        )
    except ChangedByAnother:
        return _conflict(request, campaign_get(campaign.public_id), step, form)
    except DomainError as refusal:
        refusal.add_to(form)
        return _page(request, campaign, step, form, status=422)
    if is_autosave(request):
        return _status(request, campaign, step, form)
    if step == "content":
        draft_done(request, f"campaign:{campaign.public_id}")
    return HttpResponseRedirect(_next_url(campaign, step))


def is_autosave(request: StaffRequest) -> bool:
    """Whether the page saves the draft by itself and wants only the status line."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and htmx.target == "composer-status"


def _next_url(campaign: Campaign, step: str) -> str:
    keys = list(STEPS)
    return step_url(campaign, keys[keys.index(step) + 1])


def _conflict(request: StaffRequest, campaign: Campaign, step: str, form: StepForm) -> HttpResponse:
    change = last_change(campaign)
    if is_autosave(request):
        context = {"campaign": campaign, "step": step, "change": change, "is_conflict": True}
        return render(request, "messaging/composer_status.html", context)
    return conflict_response(
        request,
        form=form,
        conflicts=conflicts(form, campaign),
        version=str(Token.of(campaign, type(form))),
        back=Link(campaign.name, step_url(campaign, step)),
        by=change.actor_label if change else "",
        at=change.at if change else campaign.updated_at,
    )


def _status(request: StaffRequest, campaign: Campaign, step: str, form: StepForm) -> HttpResponse:
    """What an autosave answers: the time, the new version, what is wrong with the template."""
    context = {
        "campaign": campaign,
        "step": step,
        "saved_at": clock.now(),
        "version": Token.of(campaign, type(form)),
        "problems": problems_of(campaign) if step == "content" else [],
    }
    answer = render(request, "messaging/composer_status.html", context)
    answer["HX-Trigger-After-Swap"] = "campaign-saved"
    return answer


def problems_of(campaign: Campaign) -> Sequence[Any]:
    return template_problems(
        subject=campaign.subject,
        preheader=campaign.preheader,
        body=campaign.body,
        body_format=campaign.body_format,
        text_body=campaign.text_body,
    )


def _page(
    request: StaffRequest, campaign: Campaign, step: str, form: StepForm, *, status: int = 200
) -> HttpResponse:
    if is_autosave(request):
        context = {"campaign": campaign, "step": step, "form": form, "is_refused": True}
        return render(request, "messaging/composer_status.html", context)
    context = {
        **_frame(campaign, step),
        "form": form,
        "version": Token.of(campaign, type(form)) if not form.is_bound else _kept_version(request),
        **_extra(request, campaign, step),
    }
    return render(request, f"messaging/step_{step}.html", context, status=status)


def _kept_version(request: StaffRequest) -> str:
    return request.POST.get("version", "")


def _frame(campaign: Campaign, step: str) -> dict[str, Any]:
    return {
        "campaign": campaign,
        "badge": words.campaign_badge(campaign),
        "step": step,
        "steps": steps_of(campaign, step),
        "audience_names": campaign_audiences([campaign]).get(campaign.pk),
        "next_label": STEPS.get(_after(step), ""),
    }


def _after(step: str) -> str:
    keys = list(STEPS)
    place = keys.index(step) + 1
    return keys[place] if place < len(keys) else ""


def _extra(request: StaffRequest, campaign: Campaign, step: str) -> dict[str, Any]:
    if step == "audience":
        return {"audience": audience_lines(campaign)}
    if step == "content":
        return {
            "variables": variable_groups(),
            "problems": problems_of(campaign),
            "preview": preview.preview_context(request, campaign),
        }
    return {}


def _review(request: StaffRequest, campaign: Campaign) -> HttpResponse:
    checks = check_lines(campaign)
    context = {
        **_frame(campaign, REVIEW),
        "audience": audience_lines(campaign),
        "checks": checks,
        "is_ready": all(one.is_passed or not one.is_blocking for one in checks),
        "preview": preview.preview_context(request, campaign),
    }
    return render(request, "messaging/step_review.html", context)


@dataclass(frozen=True)
class ReasonLine:
    reason: str
    label: Text
    count: int
    ratio: float


@dataclass(frozen=True)
class AudienceLines:
    """Who receives it, who does not and why; the lines add up to the total."""

    total: int = 0
    reachable: int = 0
    reasons: list[ReasonLine] = field(default_factory=list)
    problem: str = ""

    @property
    def unreachable(self) -> int:
        return self.total - self.reachable

    @property
    def reachable_ratio(self) -> float:
        return self.reachable / self.total if self.total else 0.0


def audience_lines(campaign: Campaign) -> AudienceLines:
    """The numbers now; or why there are none: the rule of a target may name what is gone."""
    try:
        found = audience_preview(campaign)
    except DomainError as refusal:
        return AudienceLines(problem=refusal.message)
    ordered = sorted(found.reasons.items(), key=lambda one: -one[1])
    reasons = [
        ReasonLine(key, words.reason_text(key), count, count / found.total)
        for key, count in ordered
        if count
    ]
    return AudienceLines(found.total, found.reachable, reasons)


@dataclass(frozen=True)
class CheckLine:
    """A line of the checklist, with the step where it is put right."""

    label: Text
    problem: Text
    is_passed: bool
    is_blocking: bool
    line: int | None
    url: str


STEP_OF_CHECK = {
    "name": "sender",
    "sender": "sender",
    "targets": "audience",
    "audience": "audience",
    "test": REVIEW,
}


def check_lines(campaign: Campaign) -> list[CheckLine]:
    """The checklist; a single line when a target's rule can no longer be evaluated."""
    try:
        checks: Sequence[Check] = campaign_check(campaign)
    except DomainError as refusal:
        label = _("The rules of the targets can be evaluated")
        return [
            CheckLine(label, refusal.message, False, True, None, step_url(campaign, "audience"))
        ]
    return [
        CheckLine(
            one.label,
            one.problem,
            one.passed,
            one.blocking,
            one.line,
            step_url(campaign, STEP_OF_CHECK.get(one.key, "content")),
        )
        for one in checks
    ]


@backoffice("messaging.change_campaign")
@require_GET
def campaign_summary(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The numbers and the checklist of the left column, fetched beside the page."""
    campaign = campaign_get(public_id)
    checks = check_lines(campaign)
    context = {
        "campaign": campaign,
        "audience": audience_lines(campaign),
        "checks": checks,
        "passed_count": sum(one.is_passed for one in checks),
        "audience_names": campaign_audiences([campaign]).get(campaign.pk),
    }
    return render(request, "messaging/composer_summary.html", context)
