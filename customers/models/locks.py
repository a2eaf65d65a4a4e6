"""Which contact data orders may no longer change, and what orders brought."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

EXPECTED = ("first_name", "last_name", "email", "phone", "birthday", "city")
ASK_DAYS = 14


def expected_fields() -> list[str]:
    return list(EXPECTED)


class RecordRules(models.Model):
    """How records behave in this business: one row, or none while all is as it comes."""

    class LockMode(models.TextChoices):
        BLOCK = "block"
        FIELD = "field"

    lock_mode = models.CharField(
        max_length=5, choices=LockMode.choices, default=LockMode.BLOCK, db_default="block"
    )
    expected = models.JSONField(
        default=expected_fields, help_text="The fields that make a record complete"
    )
    ask_days = models.PositiveSmallIntegerField(default=ASK_DAYS, db_default=ASK_DAYS)
    offers_sharing = models.BooleanField(
        default=True, db_default=True, help_text="Customers see a code of their own to share"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        permissions = [("change_recordrules", "Can set how records behave")]
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="customers_recordrules_is_one_row"),
            models.CheckConstraint(
                condition=Q(lock_mode__in=["block", "field"]),
                name="customers_recordrules_lock_mode_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ask_days__range=(1, 90)),
                name="customers_recordrules_asks_for_a_day_to_ninety",
            ),
        ]


class FieldLock(models.Model):
    """Orders leave this field as it is; ``block`` is all of the contact data."""

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="field_locks"
    )
    field = models.CharField(max_length=20)
    locked_at = models.DateTimeField(default=timezone.now)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "field"], name="customers_fieldlock_is_once_per_field"
            ),
            models.CheckConstraint(
                condition=Q(
                    field__in=[
                        *("block", "first_name", "last_name", "second_last_name", "phone"),
                        *("id_number", "city", "country", "address"),
                    ]
                ),
                name="customers_fieldlock_is_of_contact_data",
            ),
        ]


class OrderSync(models.Model):
    """An order that came with a person's e-mail: what of its contact data was taken over.

    ``proposed`` holds the values (field → columns → value) that were not, for staff to judge.
    """

    class State(models.TextChoices):
        DONE = "done"
        OPEN = "open"
        APPLIED = "applied"
        IGNORED = "ignored"
        SUPERSEDED = "superseded"

    class Strength(models.TextChoices):
        SESSION = "session"
        VERIFIED_EMAIL = "verified_email"
        UNVERIFIED_EMAIL = "unverified_email"
        STAFF = "staff"
        API = "api"

    reference = models.CharField(max_length=60, unique=True)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="order_syncs"
    )
    strength = models.CharField(max_length=20, choices=Strength.choices)
    ordered_at = models.DateTimeField()
    synced_at = models.DateTimeField(default=timezone.now)
    applied = models.JSONField(default=list)
    proposed = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["customer", "-ordered_at"], name="customers_ordersync_newest")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "open", "applied", "ignored", "superseded"]),
                name="customers_ordersync_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    strength__in=["session", "verified_email", "unverified_email", "staff", "api"]
                ),
                name="customers_ordersync_strength_is_known",
            ),
        ]
