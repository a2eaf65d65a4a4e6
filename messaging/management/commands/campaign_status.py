"""``manage.py campaign_status``."""

from typing import Any

from messaging.commanding import CampaignCommand
from messaging.models import Campaign


class Command(CampaignCommand):
    help = "Tell the state of a campaign and how many people are in which state of delivery."

    def act(self, campaign: Campaign, options: dict[str, Any]) -> None:
        """Only look."""
