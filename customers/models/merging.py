"""Records that may be of one person, and the merges that were made, with their journal."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class DuplicatePair(models.Model):
    """Two live records that share something. ``first`` has the lower id.

    ``reasons`` are keys of ``customers.merging.reasons``; ``judged_reasons`` those that stood when
    somebody said that these are two people: only a new reason asks again.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To be judged")
        DISMISSED = "dismissed", _("Two people")

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    reasons: "models.JSONField[list[str], list[str]]" = models.JSONField()
    strength = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    judged_reasons: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"], name="customers_duplicatepair_is_once_per_pair"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="customers_duplicatepair_is_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "dismissed"]),
                name="customers_duplicatepair_state_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-strength", "-id"], name="customers_duplicate_list"),
            models.Index(fields=["state", "-found_at", "-id"], name="customers_duplicate_newest"),
        ]


class Merge(models.Model):
    """One record that went into another. Its steps say what changed, so that it can be undone.

    ``choices``: the fields for which the loser's value was taken. ``counts``: rows that moved, by
    table. ``kept``: what an undo left as it was, since it had changed meanwhile.
    """

    class State(models.TextChoices):
        DONE = "done", _("Merged")
        UNDONE = "undone", _("Undone")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges_in")
    loser = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges_out")
    state = models.CharField(max_length=6, choices=State.choices, default=State.DONE)
    choices: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    counts: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    kept: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        permissions = [("merge_customers", "Can merge customers and undo it")]
        constraints = [
            models.UniqueConstraint(
                fields=["loser"],
                condition=Q(state="done"),
                name="customers_merge_takes_a_record_once",
            ),
            models.CheckConstraint(
                condition=~Q(survivor=F("loser")), name="customers_merge_is_of_two_records"
            ),
            models.CheckConstraint(
                condition=Q(state="done", undone_at=None)
                | Q(state="undone", undone_at__isnull=False),
                name="customers_merge_undone_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["-merged_at", "-id"], name="customers_merge_newest")]


class MergeStep(models.Model):
    """A row that a merge changed, by column, or rows of a ledger that it gave another person.

    ``before`` None: the merge made the row; ``after`` None: it took it away. ``moved`` holds ids,
    and then the rest is empty.
    """

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="steps")
    table = models.CharField(max_length=63)
    row = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    moved: "models.JSONField[list[int], list[int]]" = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["table", "row"], name="customers_mergestep_of_row")]
