"""What a campaign still lacks before it can be sent."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging import mime
from messaging.models import Campaign
from messaging.rendering import service as rendering
from messaging.rendering.problems import TemplateRefused
from messaging.rendering.words import Problem, problems_of
from messaging.services.audience import Audience, audience_count, campaign_targets

LABELS = {
    "name": gettext_lazy("It has a name"),
    "targets": gettext_lazy("It has a target"),
    "audience": gettext_lazy("Somebody can be reached"),
    "sender": gettext_lazy("The sender is a proper address"),
    "subject": gettext_lazy("It has a subject"),
    "body": gettext_lazy("It has content"),
    "template": gettext_lazy("The content has no mistakes"),
    "test": gettext_lazy("A test was sent"),
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the list; ``problem`` is empty when it passed."""

    key: str
    label: str | Promise
    problem: str = ""
    field: str | None = None
    line: int | None = None
    blocking: bool = True

    @property
    def passed(self) -> bool:
        return not self.problem


def campaign_check(campaign: Campaign) -> list[Check]:
    """Every line, passed or not, in the order in which one would mend them."""
    include, exclude = campaign_targets(campaign)
    audience = audience_count(include=include, exclude=exclude, purpose=campaign.purpose)
    no_target = "" if include else _("Choose who gets it.")
    no_subject = "" if campaign.subject.strip() else _("Write a subject.")
    no_body = "" if campaign.body.strip() else _("Write what is to be sent.")
    not_tested = "" if campaign.test_sent_at else _("Send yourself a test before.")
    return [
        _check("name", "" if campaign.name else _("Give the campaign a name."), "name"),
        _check("targets", no_target, "include"),
        _check("audience", _nobody(audience), "include"),
        _check("sender", _sender_problem(campaign), "from_address"),
        _check("subject", no_subject, "subject"),
        _check("body", no_body, "body"),
        *_template_checks(campaign),
        _check("test", not_tested, None, blocking=False),
    ]


def blocking_checks(campaign: Campaign) -> list[Check]:
    return [one for one in campaign_check(campaign) if one.blocking and not one.passed]


def _check(key: str, problem: str, field: str | None, *, blocking: bool = True) -> Check:
    return Check(key=key, label=LABELS[key], problem=problem, field=field, blocking=blocking)


def _nobody(audience: Audience) -> str:
    if audience.reachable:
        return ""
    if audience.total:
        return _("None of these people can be written to.")
    return _("Nobody is in these targets.")


def _sender_problem(campaign: Campaign) -> str:
    try:
        mime.mailbox(
            campaign.from_name or settings.SITE_NAME,
            campaign.from_address or settings.DEFAULT_FROM_EMAIL,
        )
        if campaign.reply_to:
            mime.mailbox("", campaign.reply_to)
    except (mime.AddressRefused, mime.HeaderRefused):
        return _("This is not a proper address of a sender.")
    return ""


def _template_checks(campaign: Campaign) -> list[Check]:
    found = campaign_problems(campaign) if campaign.body.strip() else []
    if not found:
        return [_check("template", "", "body")]
    return [
        Check(
            key="template",
            label=LABELS["template"],
            problem=one.message,
            field=one.field,
            line=one.line,
        )
        for one in found
    ]


def campaign_problems(campaign: Campaign) -> list[Problem]:
    """What is wrong with the template, if anything."""
    try:
        rendering.check_campaign(campaign)
    except TemplateRefused as refused:
        return problems_of(refused.troubles)
    return []


def template_problems(
    *, subject: str, preheader: str, body: str, body_format: str, text_body: str
) -> list[Problem]:
    """The same for texts that are not saved."""
    return campaign_problems(
        Campaign(
            subject=subject,
            preheader=preheader,
            body=body,
            body_format=body_format,
            text_body=text_body,
        )
    )
