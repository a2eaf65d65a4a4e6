"""Erasures, what forbids them, and who must not come back by an import."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class LegalHold(models.Model):
    """While one stands, the person's data is not erased: a lawsuit, an audit, an open claim."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=300)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(lifted_at=None),
                name="customers_legalhold_stands_once_per_customer",
            )
        ]


class Erasure(models.Model):
    """The wish to be forgotten, and what was done about it. Holds nothing of the person.

    ``report``: rows by table that were deleted, blanked or kept. ``proof``: the keyed digest of
    the person's first address, by which the certificate can be told to be theirs.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        CANCELLED = "cancelled", _("Called off")
        DONE = "done", _("Erased")

    class Ground(models.TextChoices):
        REQUEST = "request", _("The person asked for it")
        CONSENT = "consent", _("The person withdrew their consent")
        PURPOSE = "purpose", _("The data is no longer needed")
        LAW = "law", _("A law or an authority demands it")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="erasures")
    state = models.CharField(max_length=9, choices=State.choices, default=State.SCHEDULED)
    ground = models.CharField(_("ground"), max_length=7, choices=Ground.choices)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    report: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    proof = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        permissions = [("erase_customer", "Can erase customers for good")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state="scheduled"),
                name="customers_erasure_is_scheduled_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(erased_at__isnull=False),
                name="customers_erasure_done_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="customers_erasure_newest"),
            models.Index(
                fields=["due_at"], condition=Q(state="scheduled"), name="customers_erasure_due"
            ),
        ]


class Blocklisted(models.Model):
    """The keyed digest of an address or number of somebody who was erased."""

    kind = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "digest"], name="customers_blocklisted_is_there_once"
            )
        ]


class RetentionPolicy(models.Model):
    """How long data of one class is kept (none: for ever). ``key`` names its rule in code."""

    key = models.CharField(max_length=40, unique=True)
    days = models.PositiveIntegerField(null=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)
    last_run_at = models.DateTimeField(null=True)
    last_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("retention policy")
        verbose_name_plural = _("retention policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=1, days__lte=36_500),
                name="customers_retention_is_between_a_day_and_a_century",
            )
        ]
