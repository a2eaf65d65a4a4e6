"""Reading the trail of one thing."""

from django.db import models

from config.kit.models import AuditEntry


def last_entry_of(subject: models.Model) -> AuditEntry | None:
    """The newest thing that somebody did with it."""
    rows = AuditEntry.objects.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)
    return rows.order_by("-at", "-id").first()
