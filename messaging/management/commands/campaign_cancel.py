"""``manage.py campaign_cancel``."""

from typing import Any

from messaging.commanding import CampaignCommand
from messaging.models import Campaign
from messaging.services.campaigns import campaign_cancel


class Command(CampaignCommand):
    help = "Cancel a campaign: those who wait get nothing."

    def act(self, campaign: Campaign, options: dict[str, Any]) -> None:
        campaign_cancel(campaign=campaign, by=None)
