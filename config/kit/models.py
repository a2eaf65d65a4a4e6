"""Tables of the primitives: outbox, jobs, audit, limits."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class OutboxEvent(models.Model):
    """An event that waits for its handlers; the row goes away when they have run."""

    name = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)


class Job(models.Model):
    """Long work: progress, errors, files, cancel, retry; survives a worker's death."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("job", "Queued")
        RUNNING = "running", pgettext_lazy("job", "Running")
        SUCCEEDED = "succeeded", pgettext_lazy("job", "Finished")
        FAILED = "failed", pgettext_lazy("job", "Failed")
        CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")

    ACTIVE: ClassVar = (State.QUEUED, State.RUNNING)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    queue = models.CharField(max_length=20, default="jobs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    params = models.JSONField(default=dict)
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    stage = models.CharField(max_length=200, blank=True)
    error_count = models.BigIntegerField(default=0)
    failure = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_cancel_requested = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("check_invariants", "Can check what must always hold")]
        indexes = [
            models.Index(
                fields=["queue", "id"],
                name="kit_job_waiting",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.Index(fields=["-created_at", "-id"], name="kit_job_newest"),
            models.Index(fields=["requested_by", "-created_at"], name="kit_job_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["queued", "running", "succeeded", "failed", "cancelled"]
                ),
                name="kit_job_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def percent(self) -> int | None:
        """0 to 100, or None while the total is unknown."""
        if self.state == self.State.SUCCEEDED:
            return 100
        if not self.total:
            return None
        return min(100, int(self.done * 100 / self.total))


class JobError(models.Model):
    """A row that a job refused: where and why."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="errors")
    line = models.BigIntegerField(null=True)
    column = models.CharField(max_length=200, blank=True)
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["job", "line", "id"], name="kit_joberror_by_line")]


class JobFile(models.Model):
    """A result file; its link needs a log-in and stops working at ``expires_at``."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()


class AuditEntry(models.Model):
    """Who did what, when, from where. Append-only by a trigger.

    The actor and the subject are values, no foreign keys: the entry outlives them. Personal
    values are in ``AuditValues``; here are their salted digests, so the chain survives an erasure.
    """

    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=100)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    origin = models.CharField(max_length=20, default="backoffice")
    ip = models.GenericIPAddressField(null=True)
    digests = models.JSONField(default=dict)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="kit_audit_newest"),
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="kit_audit_by_subject"),
            models.Index(fields=["subject_kind", "-at", "-id"], name="kit_audit_by_kind"),
            models.Index(fields=["actor_id", "-at"], name="kit_audit_by_actor"),
            models.Index(fields=["action", "-at", "-id"], name="kit_audit_by_action"),
            models.Index(fields=["origin", "-at", "-id"], name="kit_audit_by_origin"),
            models.Index(fields=["ip", "-at", "-id"], name="kit_audit_by_address"),
        ]


class AuditValues(models.Model):
    """The personal before and after values of an entry; deleted at an erasure."""

    entry_id = models.BigIntegerField(primary_key=True)
    salt = models.CharField(max_length=64)
    before: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    after: "models.JSONField[Any, Any]" = models.JSONField(default=dict)


class AuditSeal(models.Model):
    """The chain over committed entries, in the order in which the sealer saw them.

    The sealer numbers its seals itself, without a gap.
    """

    entry_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now)


class RateLimit(models.Model):
    """Attempts of one subject in one window of time. The subject is a keyed digest."""

    scope = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "subject", "window_start"], name="kit_ratelimit_counts_once"
            )
        ]
        indexes = [models.Index(fields=["window_start"], name="kit_ratelimit_old")]


class FormReceipt(models.Model):
    """A form that was already handled: a second click on the same page finds its answer."""

    key = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField(null=True)
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)


class DailyCount(models.Model):
    """How often something happened on a day of the site; a worker keeps it, pages only read it."""

    metric = models.CharField(max_length=60)
    day = models.DateField()
    value = models.BigIntegerField()
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "day"], name="kit_dailycount_has_one_value_per_day"
            )
        ]


class Notice(models.Model):
    """Something that a member of staff should know of: a job that ended, a mention in a note."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    icon = models.CharField(max_length=40, default="bell")
    tone = models.CharField(max_length=10, blank=True)
    title = models.CharField(max_length=300)
    detail = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="kit_notice_is_given_once_per_person"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="kit_notice_newest"),
            models.Index(
                fields=["user"], name="kit_notice_unread", condition=models.Q(read_at=None)
            ),
        ]


class SavedView(models.Model):
    """A name for the filters, order and columns of a list: one person's own, or everybody's."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    list_key = models.CharField(max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    is_shared = models.BooleanField(default=False)
    params: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    sort = models.CharField(max_length=60, blank=True)
    columns: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list_key", "owner", "name"],
                condition=models.Q(deleted_at=None),
                name="kit_savedview_name_is_the_owners_only_one",
            )
        ]
        indexes = [
            models.Index(
                fields=["list_key", "id"],
                condition=models.Q(deleted_at=None),
                name="kit_savedview_of_list",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ListPreference(models.Model):
    """How one person likes a list: columns, the view it opens with, the order of its tabs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_key = models.CharField(max_length=60)
    columns: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    default_view = models.CharField(max_length=60, blank=True)
    view_order: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "list_key"], name="kit_listpreference_is_one_for_person_and_list"
            )
        ]
