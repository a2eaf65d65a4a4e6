"""Custom fields: definitions, and the values that are searched or unique as rows."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class CustomField(models.Model):
    """A field that the business adds. Values are in ``Customer.custom[key]``.

    By kind: checkbox a boolean; date ``YYYY-MM-DD``; number a number; dropdown and choice the
    ``value`` of an option; text and paragraph a string. An absent key is a missing datum.
    """

    class Kind(models.TextChoices):
        CHECKBOX = "checkbox", _("Checkbox")
        DATE = "date", _("Date")
        DROPDOWN = "dropdown", _("Dropdown")
        PARAGRAPH = "paragraph", _("Paragraph")
        NUMBER = "number", _("Number")
        CHOICE = "choice", _("Choice")
        TEXT = "text", _("Plain text")

    key = models.SlugField(_("key"), max_length=40, unique=True)
    label = models.CharField(_("label"), max_length=120)
    label_en = models.CharField(_("label in English"), max_length=120, blank=True)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices)
    options = models.JSONField(default=list, blank=True, help_text="[{value, label}]")
    is_unique = models.BooleanField(_("unique"), default=False)
    is_required = models.BooleanField(_("required"), default=False)
    is_visible = models.BooleanField(_("visible to the customer"), default=False)
    is_editable = models.BooleanField(_("editable by the customer"), default=False)
    is_searchable = models.BooleanField(_("searchable"), default=False)
    is_builtin = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    disabled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints = [
            models.UniqueConstraint(Lower("label"), name="customers_customfield_label_is_unique"),
            models.CheckConstraint(
                condition=Q(is_unique=False) | Q(kind__in=["text", "number", "date"]),
                name="customers_customfield_unique_fits_the_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class CustomValue(models.Model):
    """A value of a searchable or unique field; written by the trigger on ``Customer.custom``."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="values")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="custom_values")
    text = models.TextField(null=True)
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    date = models.DateField(null=True)
    unique_key = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["field", "customer"], name="customers_customvalue_is_once_per_customer"
            ),
            models.UniqueConstraint(
                fields=["field", "unique_key"],
                condition=Q(unique_key__isnull=False),
                name="customers_customvalue_unique_field_is_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["field", "number", "customer"], name="customers_customvalue_number"
            ),
            models.Index(fields=["field", "date", "customer"], name="customers_customvalue_date"),
        ]
