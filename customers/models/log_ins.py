"""What makes guessing at a log-in slow, and what its owner is told of it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.accounts import User


class LoginAttempts(models.Model):
    """Failures in a row for what somebody typed, whether there is such an account or not.

    ``subject`` is a keyed digest; nobody tries again before ``opens_at``.
    """

    subject = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)
    opens_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("attempts at a log-in")
        verbose_name_plural = _("attempts at log-ins")
        default_permissions = ()
        indexes = [models.Index(fields=["last_at"], name="customers_loginattempts_last")]


class LoginDevice(models.Model):
    """A browser from which a member of staff came in; its cookie holds what ``digest`` is of."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_devices")
    digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("device of a log-in")
        verbose_name_plural = _("devices of log-ins")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "user"], name="customers_logindevice_is_known_once_per_user"
            )
        ]
        indexes = [models.Index(fields=["last_seen_at"], name="customers_logindevice_seen")]


class LoginAlert(models.Model):
    """One mail to the owner of a log-in; ``answered_at``: when they said that it was not them."""

    class Kind(models.TextChoices):
        LOCKED = "locked", _("Too many wrong passwords")
        CODES = "codes", _("Too many wrong codes after the right password")
        DEVICE = "device", _("Log-in from a new device")
        PASSWORD = "password", _("Password changed")
        FACTOR = "factor", _("Second factor changed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="login_alerts")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("alert about a log-in")
        verbose_name_plural = _("alerts about log-ins")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=models.F("at")),
                name="customers_loginalert_is_answered_after_it_was_raised",
            )
        ]
        indexes = [models.Index(fields=["at"], name="customers_loginalert_at")]
