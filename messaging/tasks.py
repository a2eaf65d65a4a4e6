"""Celery tasks of messaging: wake-ups for work that stands in PostgreSQL."""

import logging

from celery import shared_task
from django.db import transaction

from config.kit import clock
from config.kit.errors import DomainError
from messaging.models import Campaign, Delivery, SenderLease
from messaging.sending.sender import send_campaigns, send_singles
from messaging.services.campaigns import campaign_send
from messaging.services.counts import counts_gather

logger = logging.getLogger(__name__)
RUN_SECONDS = 60.0


@shared_task(name="messaging.send")
def send(queue: str = "sending") -> None:
    """Send campaigns for a minute; beat rings again."""
    is_left = SenderLease.objects.filter(state="open", campaign_id__isnull=False)
    if Campaign.objects.filter(state=Campaign.State.SENDING).exists() or is_left.exists():
        send_campaigns(seconds=RUN_SECONDS)


@shared_task(name="messaging.send_transactional")
def send_transactional() -> None:
    """Send the mails outside campaigns, in a lane of their own."""
    waiting = Delivery.objects.filter(campaign_id=None, state__in=["pending", "in_flight"])
    if waiting.exists():
        send_singles(seconds=RUN_SECONDS)


@shared_task(name="messaging.gather_counts")
def gather_counts() -> None:
    """Bring the counts of the lists up to now."""
    counts_gather()


@shared_task(name="messaging.start_due")
def start_due() -> None:
    """Start the campaigns whose time has come; one that cannot start says why."""
    due = Campaign.objects.filter(
        state=Campaign.State.SCHEDULED, scheduled_at__lte=clock.now()
    ).order_by("scheduled_at")
    for campaign in due:
        try:
            with transaction.atomic():
                campaign_send(campaign=campaign, by=None)
        except DomainError as refusal:
            logger.warning("campaign %s did not start: %s", campaign.pk, refusal.code)
            Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.SCHEDULED).update(
                state=Campaign.State.FAILED, state_reason=refusal.message[:300]
            )
