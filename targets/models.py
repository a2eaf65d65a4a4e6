"""Targets: saved rules, their versions, and who satisfies them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Target(models.Model):
    """A saved rule. Its members are exactly the live customers who satisfy it.

    ``evaluated_at`` is the instant up to which its memberships stand; ``evaluated_version`` the
    version of the rule that they follow.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    rule = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    members_count = models.BigIntegerField(default=0)
    evaluated_at = models.DateTimeField(null=True)
    evaluated_version = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        indexes = [
            models.Index(fields=["name", "id"], name="targets_target_by_name"),
            models.Index(fields=["-created_at", "-id"], name="targets_target_newest"),
            models.Index(fields=["members_count", "id"], name="targets_target_by_size"),
        ]

    def __str__(self) -> str:
        return self.name


class TargetVersion(models.Model):
    """A rule as it was saved."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.JSONField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "number"], name="targets_version_numbers_are_unique"
            )
        ]


class StaticList(models.Model):
    """People chosen by hand, whom rules ask for by ``slug``.

    With a ``target`` it holds whom staff put into that target, or left out of it, whatever its
    rule says: ``side``.
    """

    class Side(models.TextChoices):
        INCLUDED = "included", _("Put in by hand")
        EXCLUDED = "excluded", _("Left out by hand")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.CharField(_("slug"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    target = models.ForeignKey(Target, null=True, on_delete=models.CASCADE, related_name="picks")
    side = models.CharField(max_length=8, choices=Side.choices, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("list of people")
        verbose_name_plural = _("lists of people")
        indexes = [
            models.Index(fields=["name", "id"], name="targets_list_by_name"),
            models.Index(fields=["-created_at", "-id"], name="targets_list_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "side"], name="targets_target_has_one_list_for_each_side"
            ),
            models.CheckConstraint(
                condition=Q(target=None, side="") | (Q(target__isnull=False) & ~Q(side="")),
                name="targets_list_of_a_target_has_a_side",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StaticEntry(models.Model):
    """A person on a list. Its changes are captured: upkeep follows them."""

    list = models.ForeignKey(StaticList, on_delete=models.CASCADE, related_name="entries")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="list_entries"
    )
    added_at = models.DateTimeField(default=timezone.now, db_default=Now())
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list", "customer"], name="targets_person_is_on_a_list_once"
            )
        ]


class KeptRule(models.Model):
    """A rule too long for an address, which names it by ``~`` and the key; it never changes."""

    key = models.CharField(max_length=32, primary_key=True)
    rule = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)


class Membership(models.Model):
    """One member. A ledger: no foreign keys in the database; the key is (target, customer)."""

    pk = models.CompositePrimaryKey("target_id", "customer_id")
    target = models.ForeignKey(
        Target, on_delete=models.DO_NOTHING, db_constraint=False, related_name="memberships"
    )
    customer = models.ForeignKey(
        "customers.Customer",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="memberships",
    )
    entered_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "targets_membership"


class MembershipChange(models.Model):
    """The log of memberships: who entered or left, when, and why. Append-only.

    ``source``: the tables whose changes it followed from, as captured (``table:key``).
    A trigger on it writes the events of targets that somebody listens to.
    """

    class Cause(models.TextChoices):
        RULE = "rule", _("The rule changed")
        REFRESH = "refresh", _("Found at a full evaluation")
        DELETION = "deletion", _("The target was deleted")
        CHANGE = "change", _("Their data changed")
        TIME = "time", _("Time passed")

    id = models.BigAutoField(primary_key=True)
    target = models.ForeignKey(
        Target, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    is_entry = models.BooleanField()
    occurred_at = models.DateTimeField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    source = models.CharField(max_length=120, default="", db_default="")

    class Meta:
        managed = False
        db_table = "targets_membershipchange"


class TargetListener(models.Model):
    """Somebody who wants an event for each entry and exit of a target."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="listeners")
    listener = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "listener"], name="targets_listener_hears_a_target_once"
            )
        ]


class TargetSize(models.Model):
    """How many members a target had at an instant."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="sizes")
    at = models.DateTimeField()
    members = models.BigIntegerField()
    entered = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["target", "at"], name="targets_size_over_time")]
        constraints = [
            models.CheckConstraint(condition=Q(members__gte=0), name="targets_size_is_not_negative")
        ]


class Drift(models.Model):
    """An incident: memberships that an audit found wrong. Ids of up to some hundred people."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="drifts")
    found_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField()
    missing = models.JSONField(default=list)
    surplus = models.JSONField(default=list)
    number = models.PositiveIntegerField()
    repaired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-found_at", "-id"], name="targets_drift_newest")]


class AuditRun(models.Model):
    """Some targets compared with a fresh evaluation. ``pending``: people left out."""

    at = models.DateTimeField(default=timezone.now)
    checked = models.PositiveIntegerField()
    pairs = models.BigIntegerField()
    pending = models.BigIntegerField()
    drift = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="targets_audit_newest")]


class AuditCheck(models.Model):
    """One target compared with a fresh evaluation; the newest of each are kept.

    ``pending``: people who waited for upkeep and were left out.
    """

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    members = models.BigIntegerField()
    missing = models.PositiveIntegerField()
    surplus = models.PositiveIntegerField()
    pending = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["target", "-at", "-id"], name="targets_checks_newest")]

    @property
    def drift(self) -> int:
        return self.missing + self.surplus
