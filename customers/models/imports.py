"""Imports: a reviewed plan, applied exactly, that can be undone."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportMapping(models.Model):
    """What becomes of the columns of a kind of file, kept by name.

    ``signature`` is made from the names of the columns, whatever their order: a file with the same
    ones is offered it. No consent is kept: it is asked about for every file.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    signature = models.CharField(max_length=64)
    columns = models.JSONField(default=list, help_text="name, path, field, policy")
    options = models.JSONField(
        default=dict, help_text="update, activate, mail, tag, category, match"
    )
    format = models.JSONField(default=dict, help_text="date order, decimal sign")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="customers_importmapping_names_are_different"
            )
        ]
        indexes = [models.Index(fields=["signature"], name="customers_mapping_of_header")]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file on its way in. Its rows stand in the staging table ``customers_importrow``."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Columns")
        STAGING = "staging", _("Being checked")
        REVIEW = "review", _("To be reviewed")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Failed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=300, blank=True)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    format = models.JSONField(default=dict, help_text="encoding, delimiter, header, date order")
    columns = models.JSONField(default=list, help_text="name, samples, field, warnings")
    options = models.JSONField(default=dict, help_text="update, activate, tag, category, consent")
    counts = models.JSONField(default=dict)
    mapping = models.ForeignKey(
        ImportMapping, null=True, on_delete=models.SET_NULL, related_name="batches"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.ForeignKey(
        "kit.Job", null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    staged_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="customers_import_newest")]


class ImportChange(models.Model):
    """What a batch did to a person, so that it can be undone for 30 days."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    line = models.BigIntegerField()
    is_creation = models.BooleanField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    version_after = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "line"], name="customers_importchange_is_once_per_line"
            )
        ]
        indexes = [models.Index(fields=["customer"], name="customers_importchange_person")]
