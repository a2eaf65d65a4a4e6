"""What people did and what happened to them: one append-only ledger, partitioned by month."""

from django.db import models


class Activity(models.Model):
    """A row of the ledger. Written with ``customers.services.activity``; never changed.

    For mails ``object_kind`` is ``delivery``, ``object_id`` its id, ``context_id`` the campaign's.
    The table is made in SQL: partitions, no foreign keys, two indexes.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="activities",
    )
    kind = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    origin = models.CharField(max_length=20, default="", db_default="")
    device = models.CharField(max_length=10, default="", db_default="")
    ip = models.GenericIPAddressField(null=True)
    object_kind = models.CharField(max_length=20, default="", db_default="")
    object_id = models.BigIntegerField(null=True)
    context_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict, db_default={})

    # Who of the staff did it; the timeline fills it in.
    actor_name: str = ""

    class Meta:
        managed = False
        db_table = "customers_activity"
