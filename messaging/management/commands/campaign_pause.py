"""``manage.py campaign_pause``."""

from typing import Any

from messaging.commanding import CampaignCommand
from messaging.models import Campaign
from messaging.services.campaigns import campaign_pause


class Command(CampaignCommand):
    help = "Pause a campaign: no new batch is begun."

    def act(self, campaign: Campaign, options: dict[str, Any]) -> None:
        campaign_pause(campaign=campaign, by=None)
