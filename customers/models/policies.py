"""The shop's privacy policy, version by version and language by language."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PolicyVersion(models.Model):
    """A text of the policy. Without ``number`` it is the draft of its language.

    What is published is changed and deleted by nobody: a trigger refuses it.
    """

    language = models.CharField(max_length=10)
    number = models.PositiveIntegerField(null=True)
    title = models.CharField(_("title"), max_length=160)
    body = models.TextField(_("text"))
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    edited_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("privacy policy")
        verbose_name_plural = _("privacy policies")
        default_permissions = ("view", "change")
        permissions = [("publish_policy", "Can publish the privacy policy")]
        constraints = [
            models.UniqueConstraint(
                fields=["language", "number"], name="customers_policy_number_is_given_once"
            ),
            models.UniqueConstraint(
                fields=["language"],
                condition=Q(number=None),
                name="customers_policy_has_one_draft_per_language",
            ),
            models.CheckConstraint(
                condition=Q(number=None, published_at=None)
                | Q(number__gte=1, published_at__isnull=False),
                name="customers_policy_published_has_its_number",
            ),
        ]

    @property
    def label(self) -> str:
        """How a consent names the version that was shown: ``es-3``."""
        return f"{self.language}-{self.number}"
