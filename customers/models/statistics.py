"""Numbers about all people that take too long to count while somebody waits."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Statistics(models.Model):
    """One row: what ``services.statistics`` counted last, and when."""

    data = models.JSONField(default=dict)
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="customers_statistics_is_one_row")
        ]
