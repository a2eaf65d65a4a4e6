"""What a record said before each of its changes, so that every past state can be seen."""

from django.db import models


class ProfileChange(models.Model):
    """One part of a record as it was before a change; the database writes it, whoever changes.

    ``before`` holds the changed columns of the record, or the whole row of what stands around it
    (``row`` is its id; of a tag or a category, theirs); None: it was not there. ``tx`` is the
    transaction; ``entry`` the audit entry that tells who did it. Where there is none, ``actor_id``
    and ``origin`` are what the writer announced.
    """

    class Part(models.TextChoices):
        RECORD = "record"
        EMAIL = "email"
        PHONE = "phone"
        EXTERNAL = "external"
        ADDRESS = "address"
        TAG = "tag"
        CATEGORY = "category"

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False,
        related_name="+",
    )  # fmt: skip
    part = models.CharField(max_length=10, choices=Part.choices)
    row = models.BigIntegerField()
    before = models.JSONField(null=True)
    changed_at = models.DateTimeField()
    tx = models.BigIntegerField()
    entry = models.ForeignKey(
        "kit.AuditEntry", null=True, on_delete=models.DO_NOTHING, db_constraint=False,
        db_index=False, related_name="+",
    )  # fmt: skip
    actor_id = models.BigIntegerField(null=True)
    origin = models.CharField(max_length=20, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["customer", "-id"], name="customers_profilechange_newest")]
