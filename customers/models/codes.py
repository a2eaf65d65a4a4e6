"""The codes by which people come: of shops, staff and campaigns, and those that people share."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RegistrationCode(models.Model):
    """A code that somebody names at registration. With a ``customer`` it is their sharing code.

    ``is_current``: the one that a person shares now; earlier ones may go on leading to them.
    """

    class Origin(models.TextChoices):
        SHOP = "shop", _("Shop")
        CAMPAIGN = "campaign", _("Campaign")
        STAFF = "staff", _("Member of staff")
        OTHER = "other", _("Something else")
        CUSTOMER = "customer", _("Customer")

    code = models.CharField(_("code"), max_length=8, unique=True, editable=False)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.OTHER)
    name = models.CharField(_("name"), max_length=80, blank=True)
    customer = models.ForeignKey(
        "customers.Customer",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="sharing_codes",
    )
    is_current = models.BooleanField(default=False)
    category = models.ForeignKey(
        "customers.Category", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    most_uses = models.PositiveIntegerField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        default_permissions = ("add", "change", "view")
        indexes = [models.Index(fields=["-created_at"], name="customers_code_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[2-9CDFGHJKMNPQRTVWXY]{8}$"),
                name="customers_code_has_no_letters_that_look_alike",
            ),
            models.CheckConstraint(
                condition=Q(customer=None, is_current=False)
                & ~Q(name="")
                & Q(origin__in=["shop", "campaign", "staff", "other"])
                | Q(customer__isnull=False, name="", origin="customer"),
                name="customers_code_has_a_name_or_belongs_to_a_person",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(revoked_at=None),
                name="customers_code_that_is_shared_is_not_revoked",
            ),
            models.CheckConstraint(
                condition=Q(most_uses=None) | Q(most_uses__gt=0),
                name="customers_code_can_be_used_at_least_once",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_current=True),
                name="customers_customer_shares_one_code",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class CodeUse(models.Model):
    """By which code a person came: once, for good. A trigger refuses circles.

    ``voided_at``: a merge made the person and who brought them one, or closed a circle.
    """

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, related_name="code_use"
    )
    code = models.ForeignKey(RegistrationCode, on_delete=models.CASCADE, related_name="uses")
    source = models.CharField(max_length=20)
    used_at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
