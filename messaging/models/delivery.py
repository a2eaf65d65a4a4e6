"""The delivery ledger: one row and one state per person."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """One mail to one person, or the reason why there is none.

    The table is made in SQL: monthly partitions on ``created_at``, no foreign keys. All rows of a
    campaign carry its ``frozen_at`` as ``created_at``, so (campaign, customer) is unique.
    ``sent_at``: a server answered, whatever it said. ``delivered_at``: it accepted; a later bounce
    clears it.
    """

    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", _("Campaign")
        TRANSACTIONAL = "transactional", _("Transactional")
        TEST = "test", _("Test")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        IN_FLIGHT = "in_flight", _("In flight")
        ACCEPTED = "accepted", _("Delivered")
        REJECTED = "rejected", _("Refused by the server")
        BOUNCED = "bounced", _("Bounced")
        UNKNOWN = "unknown", _("Unknown")
        SKIPPED = "skipped", _("Not sent")
        CANCELLED = "cancelled", _("Cancelled")

    class Reason(models.TextChoices):
        INACTIVE = "inactive", _("Inactive")
        NO_CONSENT = "no_consent", _("No consent")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        SUPPRESSED = "suppressed", _("Suppressed")
        NO_ADDRESS = "no_address", _("No address")
        INVALID_ADDRESS = "invalid_address", _("Address that cannot exist")
        GONE = "gone", _("Deleted meanwhile")
        BLOCKED = "blocked", _("Their data is blocked")
        RENDERING = "rendering", _("The template failed for this person")

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(default=timezone.now)
    campaign_id = models.BigIntegerField(null=True)
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="deliveries",
    )
    kind = models.CharField(max_length=14, choices=Kind.choices)
    channel = models.CharField(max_length=10, default="email", db_default="email")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=20, choices=Reason.choices, default="", db_default="")
    address = models.CharField(max_length=254, default="", db_default="")
    language = models.CharField(max_length=5, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    not_before = models.DateTimeField(null=True)
    lease_id = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    reply = models.CharField(max_length=300, default="", db_default="")
    opened_at = models.DateTimeField(null=True)
    machine_opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "messaging_delivery"


class SenderLease(models.Model):
    """A batch that one sender holds. Only the journal of that sender can put its rows back.

    ``epoch`` grows with each lease; ``journal`` is the file that the sender writes, on ``host``.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SETTLED = "settled", _("Settled")
        RECOVERED = "recovered", _("Recovered")

    campaign_id = models.BigIntegerField(null=True)
    host = models.CharField(max_length=120)
    process = models.CharField(max_length=120)
    journal = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    size = models.PositiveIntegerField(default=0)
    leased_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="messaging_lease_open",
                condition=Q(state="open"),
            )
        ]
