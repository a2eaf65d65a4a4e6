"""Consent: an append-only ledger, the state that follows, and who must not be written to."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")
    PUSH = "push", _("Web notification")
    POST = "post", _("Post")


class ConsentValue(models.TextChoices):
    PENDING = "pending", _("Waiting for confirmation")
    GRANTED = "granted", _("Granted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConsentEvent(models.Model):
    """One statement of a person, or of staff with evidence. Never changed, never deleted.

    ``customer_id`` has no constraint: the ledger outlives the record.
    """

    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="consent_events",
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    purpose = models.CharField(max_length=40, default="marketing")
    value = models.CharField(max_length=10, choices=ConsentValue.choices)
    opt_in_level = models.CharField(max_length=10, default="single")
    source = models.CharField(max_length=20)
    wording = models.TextField(blank=True)
    policy_version = models.CharField(max_length=40, blank=True)
    evidence = models.TextField(blank=True)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    actor_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "channel", "purpose", "-occurred_at"],
                name="customers_consent_history",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__in=["pending", "granted", "withdrawn"]),
                name="customers_consentevent_value_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(source="staff", value="granted") | ~Q(evidence=""),
                name="customers_consentevent_staff_grant_has_evidence",
            ),
        ]


class ConsentSeal(models.Model):
    """The chain over committed statements, in the order in which the sealer saw them.

    The chain covers ``personal_digest``, not the address and evidence themselves: an erasure
    blanks those and ``salt``, and the chain still holds.
    """

    event_id = models.BigIntegerField(unique=True)
    salt = models.CharField(max_length=32)
    personal_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)


class ConsentState(models.Model):
    """What holds now, per channel and purpose; kept by the trigger on ``ConsentEvent``.

    The newest statement holds; of two at one instant, the more restrictive one.
    """

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="consents"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    purpose = models.CharField(max_length=40)
    value = models.CharField(max_length=10, choices=ConsentValue.choices)
    since = models.DateTimeField()
    source = models.CharField(max_length=20)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel", "purpose"],
                name="customers_consentstate_is_one_per_purpose",
            )
        ]
        indexes = [
            models.Index(
                fields=["channel", "purpose", "value", "-since", "-id"],
                name="customers_consentstate_list",
            )
        ]


class Suppression(models.Model):
    """An address that nothing is sent to: it bounced, complained, or staff blocked it."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("Hard bounce")
        COMPLAINT = "complaint", _("Reported as spam")
        MANUAL = "manual", _("Blocked by staff")

    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    address_key = models.CharField(max_length=254)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    detail = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address_key"], name="customers_suppression_is_once_per_address"
            )
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="customers_suppression_newest")]
