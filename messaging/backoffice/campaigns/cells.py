"""The cells of the list of campaigns."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from config.kit.pages import TwoLines, formats
from messaging.models import Campaign
from messaging.selectors import screens


def name_cell(campaign: Campaign) -> TwoLines:
    subject = campaign.subject or gettext("Without a subject yet")
    return TwoLines(campaign.name, subject, campaign_url(campaign))


def campaign_url(campaign: Campaign) -> str:
    return reverse("messaging:campaign", args=[campaign.public_id])


def audience_cell(campaign: Any) -> TwoLines | None:
    audience: screens.Audience = campaign.audience
    if not audience.included:
        return None
    without = ", ".join(audience.excluded)
    detail = gettext("without %(targets)s") % {"targets": without} if without else ""
    return TwoLines(", ".join(audience.included), detail)


def people_cell(campaign: Campaign) -> int | None:
    return campaign.audience_count if campaign.frozen_at else None


def share(campaign: Campaign, part: int) -> TwoLines | None:
    """A rate with the number behind it; of those who got the mail."""
    if not campaign.accepted_count:
        return None
    return TwoLines(formats.percent(part / campaign.accepted_count), formats.number(part))


def when_cell(campaign: Campaign) -> TwoLines:
    if campaign.state == Campaign.State.SCHEDULED:
        return TwoLines(formats.moment(campaign.scheduled_at), gettext("will be sent"))
    if campaign.started_at:
        return TwoLines(formats.moment(campaign.started_at), formats.ago(campaign.started_at))
    return TwoLines(formats.moment(campaign.updated_at), gettext("last edited"))


def opened_cell(campaign: Campaign) -> TwoLines | None:
    return share(campaign, campaign.opened_count)


def clicked_cell(campaign: Campaign) -> TwoLines | None:
    return share(campaign, campaign.clicked_count)


def sent_cell(campaign: Campaign) -> int | None:
    return campaign.sent_count if campaign.frozen_at else None
