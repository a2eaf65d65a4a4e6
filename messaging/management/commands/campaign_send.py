"""``manage.py campaign_send``: freeze the audience and send."""

from typing import Any

from django.core.management.base import CommandParser

from messaging.commanding import CampaignCommand, see_it_sent
from messaging.models import Campaign
from messaging.services.campaigns import campaign_send


class Command(CampaignCommand):
    help = "Start a campaign. A running worker sends it; without one, this command does."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--wait", action="store_true", help="return when it is through")

    def act(self, campaign: Campaign, options: dict[str, Any]) -> None:
        if campaign.state != Campaign.State.SENDING:  # one that was interrupted goes on
            campaign_send(campaign=campaign, by=None)
        see_it_sent(campaign, wait=options["wait"])
