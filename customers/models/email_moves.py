"""Changing the address by which a person is known: proposed, proved at both ends, undoable."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class EmailMove(models.Model):
    """One wish to move a person from an address to another.

    ``due_at`` is set where nobody reads the old address any more: the move waits until then
    instead of for its proof. ``old_verified_at`` is what an undo gives back.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for proof")
        DONE = "done", _("Moved")
        CANCELLED = "cancelled", _("Called off")
        REFUSED = "refused", _("Refused from the old address")
        EXPIRED = "expired", _("Nobody answered in time")
        UNDONE = "undone", _("Undone")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="email_moves")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    old_address = models.CharField(max_length=254, blank=True)
    new_address = models.CharField(max_length=254)
    new_key = models.CharField(max_length=254)
    keeps_old = models.BooleanField(default=True)
    evidence = models.TextField(blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_staff = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    old_proved_at = models.DateTimeField(null=True)
    new_proved_at = models.DateTimeField(null=True)
    old_verified_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("change of e-mail")
        verbose_name_plural = _("changes of e-mail")
        default_permissions = ("view",)
        permissions = [("move_emails", "Can move a customer to another e-mail")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state="open"),
                name="customers_emailmove_is_open_once_per_customer",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | ~Q(evidence=""),
                name="customers_emailmove_without_the_old_address_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="customers_emailmove_has_its_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(state="open"), name="customers_emailmove_open"
            )
        ]
