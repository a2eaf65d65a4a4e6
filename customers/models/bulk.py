"""Changes of many people at once, so that they can be taken back for 30 days."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from config.kit import clock

UNDO_WITHIN = timedelta(days=30)


def undo_until() -> datetime:
    return clock.now() + UNDO_WITHIN


class BulkRun(models.Model):
    """One bulk action. Its job does it, ``undo_job`` takes it back."""

    job = models.OneToOneField("kit.Job", on_delete=models.CASCADE, related_name="bulk_run")
    change = models.CharField(max_length=20)
    permission = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=timezone.now)
    undo_until = models.DateTimeField(default=undo_until)
    undo_job = models.OneToOneField(
        "kit.Job", null=True, on_delete=models.SET_NULL, related_name="undoes"
    )

    class Meta:
        indexes = [models.Index(fields=["undo_until"], name="customers_bulkrun_to_forget")]


class BulkChange(models.Model):
    """What a run changed on one person: the facet that it works on, before and after.

    Ids and instants only, no personal values.
    """

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="changes")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "customer"], name="customers_bulkchange_is_once_per_person"
            )
        ]
        indexes = [models.Index(fields=["customer"], name="customers_bulkchange_person")]
