"""Tags and categories. A set is never missing, it can be empty."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Tag(models.Model):
    """A free word on people; names differ by more than case."""

    name = models.CharField(_("name"), max_length=80)
    color = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(Lower("name"), name="customers_tag_name_is_unique")]

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "tag"], name="customers_tagging_is_once_per_customer"
            )
        ]
        indexes = [models.Index(fields=["tag", "customer"], name="customers_tagging_by_tag")]


class Category(models.Model):
    """A group with a code that prices and promotions can ask for.

    ``source`` and ``source_key`` name what fills it (``registry.category_sources``); empty: staff.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    source = models.CharField(max_length=20, blank=True, default="", db_default="")
    source_key = models.CharField(max_length=80, blank=True, default="", db_default="")
    followed_at = models.DateTimeField(null=True)
    followed_stamp = models.CharField(max_length=80, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.UniqueConstraint(Lower("name"), name="customers_category_name_is_unique"),
            models.CheckConstraint(
                condition=models.Q(source="", source_key="")
                | (~models.Q(source="") & ~models.Q(source_key="")),
                name="customers_category_source_has_its_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_filled(self) -> bool:
        """Whether something else than staff decides who has it."""
        return self.source != ""

    @property
    def filled_by(self) -> str:
        return f"{self.source}:{self.source_key}" if self.is_filled else ""


class CategoryAssignment(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="assignments")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "category"], name="customers_category_is_once_per_customer"
            )
        ]
        indexes = [
            models.Index(fields=["category", "customer"], name="customers_assign_by_category")
        ]
