"""What people ask about their data by law: access, erasure, … with its deadline and its story."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer


class PrivacyRequest(models.Model):
    """One wish of one person. ``law`` and ``due_on`` are those of the day on which it came in.

    ``name`` and ``email`` are what the person wrote; a record need not be known yet. ``due_on``
    moves once, with ``extended_at`` and the reason.
    """

    class Right(models.TextChoices):
        ACCESS = "access", _("Access")
        PORTABILITY = "portability", _("Portability")
        RECTIFICATION = "rectification", _("Rectification")
        ERASURE = "erasure", _("Erasure")
        OBJECTION = "objection", _("Objection")
        RESTRICTION = "restriction", _("Restriction")

    class Channel(models.TextChoices):
        ACCOUNT = "account", _("Their account")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        LETTER = "letter", _("Letter")
        COUNTER = "counter", _("In person")

    class Identity(models.TextChoices):
        PENDING = "pending", _("To be proved")
        PROVED = "proved", _("Proved")
        FAILED = "failed", _("Not proved")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "Open")
        WAITING = "waiting", _("Waits for the person")
        GRANTED = "granted", pgettext_lazy("request", "Granted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")

    PENDING = (State.OPEN, State.WAITING)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="privacy_requests"
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=5, blank=True)
    right = models.CharField(_("right"), max_length=13, choices=Right.choices)
    channel = models.CharField(_("arrived by"), max_length=7, choices=Channel.choices)
    country = models.CharField(_("country"), max_length=2, blank=True)
    law = models.CharField(max_length=10)
    details = models.TextField(_("what they ask"), blank=True)
    received_on = models.DateField(_("received"))
    due_on = models.DateField(_("due"))
    extended_at = models.DateTimeField(null=True)
    extension_reason = models.TextField(blank=True)
    identity = models.CharField(
        _("identity"), max_length=7, choices=Identity.choices, default=Identity.PENDING
    )
    identity_note = models.CharField(max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.OPEN)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = models.TextField(_("answer"), blank=True)
    answer_is_mailed = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    copy = models.ForeignKey("kit.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "waiting"], closed_at=None)
                | (~Q(state__in=["open", "waiting"]) & Q(closed_at__isnull=False)),
                name="customers_privacyrequest_is_closed_when_it_is_answered",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("received_on")),
                name="customers_privacyrequest_is_due_after_it_came",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="customers_request_due"),
            models.Index(fields=["-received_on", "-id"], name="customers_request_newest"),
            models.Index(
                fields=["email_key"], condition=~Q(email_key=""), name="customers_request_address"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people are told: the beginning of the public id."""
        return str(self.public_id).partition("-")[0].upper()

    @property
    def is_pending(self) -> bool:
        return self.state in self.PENDING

    @property
    def who(self) -> str:
        """The person as the record or the letter names them; empty after an erasure."""
        if self.customer is not None and self.customer.erased_at is None:
            return str(self.customer)
        return self.name or self.email


class PrivacyStep(models.Model):
    """What was done about a request, and notes about it. Never changed; an erasure empties it."""

    request = models.ForeignKey(PrivacyRequest, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verb = models.CharField(max_length=16)
    text = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["request", "-id"], name="customers_privacystep_newest")]
