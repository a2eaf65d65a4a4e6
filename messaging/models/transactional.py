"""Mails outside campaigns: what they say, or how it is made when they go."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class TransactionalMail(models.Model):
    """The content of a transactional or test delivery.

    Mails with secrets hold no content: ``kind`` says what is rendered at the hand-over.
    """

    delivery_id = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=40)
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    campaign = models.ForeignKey(
        "messaging.Campaign", null=True, on_delete=models.CASCADE, related_name="+"
    )
    from_name = models.CharField(max_length=120, blank=True)
    from_address = models.CharField(max_length=254, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.TextField(blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    # Which row of the app below it is about, where the kind says so.
    about = models.BigIntegerField(null=True)
    key = models.CharField(max_length=120, null=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                condition=~Q(html="", text=""),
                name="messaging_mail_with_words",
            )
        ]

    @property
    def is_emptied(self) -> bool:
        """Its words went after the time that staff chose; one with a secret never had any."""
        return bool(self.subject) and not (self.html or self.text)
