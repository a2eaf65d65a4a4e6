"""Campaigns: what is sent to whom, and its compiled content."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Campaign(models.Model):
    """A mail to the people of some targets, less those of others.

    The counts stand as of ``counted_at``; ``messaging.services.counts`` keeps them.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", pgettext_lazy("campaign", "Cancelled")
        FAILED = "failed", _("Failed")

    class BodyFormat(models.TextChoices):
        HTML = "html", "HTML"
        MJML = "mjml", "MJML"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    state_reason = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=40, default="marketing")
    from_name = models.CharField(_("sender name"), max_length=120, blank=True)
    from_address = models.CharField(_("sender address"), max_length=254, blank=True)
    reply_to = models.CharField(_("reply to"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    preheader = models.CharField(_("preview text"), max_length=300, blank=True)
    body_format = models.CharField(
        _("format"), max_length=4, choices=BodyFormat.choices, default=BodyFormat.HTML
    )
    body = models.TextField(_("content"), blank=True)
    text_body = models.TextField(_("text version"), blank=True)
    tracks_opens = models.BooleanField(_("follow opens"), default=True)
    tracks_clicks = models.BooleanField(_("follow clicks"), default=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    audience_count = models.BigIntegerField(null=True)
    sent_count = models.BigIntegerField(default=0, db_default=0)
    accepted_count = models.BigIntegerField(default=0, db_default=0)
    opened_count = models.BigIntegerField(default=0, db_default=0)
    clicked_count = models.BigIntegerField(default=0, db_default=0)
    counted_at = models.DateTimeField(null=True)
    test_sent_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = [("send_campaign", "Can send campaigns")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "scheduled",
                        "sending",
                        "paused",
                        "finished",
                        "cancelled",
                        "failed",
                    ]
                ),
                name="messaging_campaign_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_at__isnull=False),
                name="messaging_campaign_scheduled_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "finished"]) | Q(frozen_at__isnull=False),
                name="messaging_campaign_is_frozen_before_it_sends",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="messaging_campaign_newest"),
            models.Index(fields=["state", "scheduled_at"], name="messaging_campaign_due"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def open_ratio(self) -> float | None:
        """Of those who got the mail; None while nobody has."""
        return self.opened_count / self.accepted_count if self.accepted_count else None


class CampaignTarget(models.Model):
    """A target that a campaign includes or leaves out."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    target = models.ForeignKey(
        "targets.Target", on_delete=models.PROTECT, related_name="campaign_uses"
    )
    is_excluded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "target"], name="messaging_campaign_uses_a_target_once"
            )
        ]


class CampaignContent(models.Model):
    """What was compiled at the start: subject, HTML and text with slots, per language."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="contents")
    language = models.CharField(max_length=5, default="")
    compiled = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language"], name="messaging_content_is_once_per_language"
            )
        ]


class Link(models.Model):
    """A link of a campaign's content; mails carry its number, never its address."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="links")
    position = models.PositiveIntegerField()
    url = models.TextField()
    label = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "position"], name="messaging_link_positions_are_unique"
            )
        ]
