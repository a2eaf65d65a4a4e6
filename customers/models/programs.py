"""What other systems tell of people: their own kinds of activity, and what they told already."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

OWN = "own."


class OwnActivityKind(models.Model):
    """A kind of activity of the business's own; rows of the ledger carry ``own.<key>``."""

    key = models.CharField(_("key"), max_length=34, unique=True)
    label = models.CharField(_("label"), max_length=80)
    label_en = models.CharField(_("label in English"), max_length=80, blank=True)
    icon = models.CharField(max_length=40, default="plug", db_default="plug")
    is_interaction = models.BooleanField(
        default=True, db_default=True, help_text="What a person did, not what was done to them"
    )
    disabled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"),
                name="customers_own_activity_kind_has_a_plain_key",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_on(self) -> bool:
        return self.disabled_at is None

    @property
    def kind(self) -> str:
        """How the ledger names it."""
        return OWN + self.key


class ActivityReceipt(models.Model):
    """An event of a program that is in the ledger, by the id that the program gave it."""

    program_id = models.BigIntegerField()
    event_id = models.CharField(max_length=100)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program_id", "event_id"],
                name="customers_activity_receipt_is_one_for_program_and_event",
            )
        ]
        indexes = [models.Index(fields=["received_at"], name="customers_activityreceipt_old")]
