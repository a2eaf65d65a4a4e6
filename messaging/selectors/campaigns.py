"""What screens and commands read of campaigns."""

from typing import Any

from django.conf import settings

from config.kit.errors import DomainError
from customers.models import Customer
from messaging.models import Campaign
from messaging.rendering import service as rendering
from messaging.rendering.content import sample_values
from messaging.rendering.service import Rendered
from messaging.rendering.words import Problem
from messaging.selectors.checklist import Check, blocking_checks, campaign_check, template_problems
from messaging.selectors.numbers import (
    DomainNumbers,
    LinkNumbers,
    Numbers,
    Series,
    campaign_numbers,
    domain_numbers,
    link_numbers,
    minute_series,
)
from messaging.services.audience import Audience, audience_count, campaign_targets
from messaging.variables import (
    VariableGroup,
    all_variables,
    site_values,
    values_for,
    variable_groups,
)
from targets.models import Target

__all__ = [
    "Audience",
    "Check",
    "DomainNumbers",
    "LinkNumbers",
    "Numbers",
    "Problem",
    "Rendered",
    "Series",
    "VariableGroup",
    "audience_preview",
    "audience_preview_for",
    "blocking_checks",
    "campaign_by_slug",
    "campaign_check",
    "campaign_numbers",
    "campaign_preview",
    "domain_numbers",
    "link_numbers",
    "minute_series",
    "person_values",
    "template_problems",
    "variable_groups",
]


def campaign_by_slug(slug: str) -> Campaign:
    """:raises DomainError: there is none."""
    campaign = Campaign.objects.filter(slug=slug).first()
    if campaign is None:
        raise DomainError("campaign_unknown", f"There is no campaign “{slug}”.")
    return campaign


def audience_preview(campaign: Campaign) -> Audience:
    include, exclude = campaign_targets(campaign)
    return audience_count(include=include, exclude=exclude, purpose=campaign.purpose)


def audience_preview_for(include: list[int], exclude: list[int], purpose: str) -> Audience:
    """The same for targets that are not saved yet, by their ids."""
    found = Target.objects.in_bulk([*include, *exclude])
    return audience_count(
        include=[found[pk] for pk in include if pk in found],
        exclude=[found[pk] for pk in exclude if pk in found],
        purpose=purpose,
    )


def campaign_preview(
    campaign: Campaign, *, customer: Customer | None, language: str = ""
) -> Rendered:
    """The mail as this person (or a believable one) would get it, nothing counted.

    :raises DomainError: ``template_invalid`` with ``problems``.
    """
    if customer is None:
        names = {variable.name: variable.sample for variable in all_variables()}
        values = {**sample_values(names), **site_values(campaign.name)}
    else:
        values = person_values(customer, campaign)
    return rendering.preview(
        campaign,
        values=values,
        language=_language(language or (customer.language if customer else "")),
    )


def _language(wanted: str) -> str:
    codes = {code for code, _name in settings.LANGUAGES}
    return wanted[:2] if wanted[:2] in codes else settings.SITE_LANGUAGE


def person_values(customer: Customer, campaign: Campaign) -> dict[str, Any]:
    """All values of one person, as templates read them."""
    used = [variable.name for variable in all_variables()]
    return {**values_for([customer.pk], used)[customer.pk], **site_values(campaign.name)}
