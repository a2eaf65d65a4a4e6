"""What the campaign commands share: finding, starting the sender, telling the state."""

import json
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.kit.errors import DomainError
from messaging.models import Campaign, SenderLease
from messaging.selectors.campaigns import campaign_by_slug, campaign_numbers
from messaging.sending.sender import send_campaigns

WORKER_SECONDS: Final = 6.0
POLL_SECONDS: Final = 0.25


class CampaignCommand(BaseCommand):
    """``act(campaign)`` does it; the state is printed afterwards."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, **options: Any) -> None:
        with refusals():
            campaign = campaign_by_slug(options["slug"])
            self.act(campaign, options)
        self.show(campaign_status(campaign.slug), as_json=options["json"])

    def act(self, campaign: Campaign, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def show(self, status: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(status))
            return
        self.stdout.write(f"{status['slug']}: {status['state']}")
        for name, value in status.items():
            if isinstance(value, int) and (value or name == "audience"):
                self.stdout.write(f"{value:>10,}  {name.replace('_', ' ')}")
        if status["reason"]:
            self.stderr.write(status["reason"])


class refusals:  # noqa: N801  reads as a verb: with refusals()
    """A refusal is a message and exit status 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, DomainError):
            raise CommandError(error.message) from None


def campaign_status(slug: str) -> dict[str, Any]:
    """The public JSON: the state, the audience, and a count per delivery state that adds up."""
    campaign = campaign_by_slug(slug)
    numbers = campaign_numbers(campaign)
    return {
        "slug": campaign.slug,
        "state": campaign.state,
        "audience": numbers.audience,
        **numbers.states,
        "reasons": numbers.reasons,
        "reason": campaign.state_reason,
    }


def see_it_sent(campaign: Campaign, *, wait: bool) -> None:
    """Leave it to a running worker; without one, send here and now.

    A worker shows itself by a lease. Should both work, the leases keep them apart.
    """
    before = SenderLease.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def is_taken() -> bool:
        taken = SenderLease.objects.filter(pk__gt=before, campaign_id=campaign.pk).exists()
        return taken or not _is_sending(campaign)

    if not _until(is_taken, WORKER_SECONDS):
        send_campaigns()
    elif wait:
        _until(lambda: not _is_sending(campaign), float("inf"))


def _is_sending(campaign: Campaign) -> bool:
    return Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.SENDING).exists()


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(POLL_SECONDS)
    return True
