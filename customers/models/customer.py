"""A person's record, the addresses it is recognised by, and its other data."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.identity import email_key
from customers.rules.statuses import State


class CustomerQuerySet(models.QuerySet["Customer"]):
    def live(self) -> Self:
        """Neither trashed, merged away nor erased: who can be in a target."""
        return self.filter(trashed_at=None, merged_into=None, erased_at=None)

    def trashed(self) -> Self:
        return self.filter(trashed_at__isnull=False, merged_into=None, erased_at=None)

    def active(self) -> Self:
        return self.filter(status=Customer.Status.ACTIVE)


class Customer(models.Model):
    """One person. ``email`` is the primary address; ``CustomerEmail`` holds it and the aliases.

    A trigger keeps ``CustomerEmail`` in step with ``email``, and ``search_text`` with the names.
    """

    class Lifecycle(models.TextChoices):
        LEAD = "lead", _("Lead")
        CUSTOMER = "customer", _("Customer")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        DEACTIVATED = "deactivated", _("Inactive")
        DISABLED = "disabled", _("Disabled")

    class Gender(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    lifecycle = models.CharField(
        _("stage"), max_length=10, choices=Lifecycle.choices, default=Lifecycle.LEAD
    )
    lifecycle_reason = models.CharField(max_length=60, blank=True)
    lifecycle_at = models.DateTimeField(default=timezone.now)
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE
    )
    status_until = models.DateTimeField(null=True, blank=True)

    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    second_last_name = models.CharField(_("second last name"), max_length=150, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text="E.164")
    id_type = models.CharField(_("type of ID"), max_length=20, blank=True)
    id_number = models.CharField(_("ID number"), max_length=40, blank=True)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender.choices, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True)
    custom = models.JSONField(default=dict, blank=True)

    registered_at = models.DateTimeField(_("registration date"), default=timezone.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    last_login_at = models.DateTimeField(null=True, blank=True)
    login_count = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=20, default="staff")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)
    trashed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    # Kept, and used for nothing: neither written to nor changed by programs and files.
    blocked_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from"
    )
    search_text = models.TextField(editable=False, default="", db_default="")
    sort_name = models.CharField(max_length=460, editable=False, default="", db_default="")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("import_customers", "Can import customers"),
            ("export_customers", "Can export customers"),
            ("assign_passwords", "Can give customers a temporary password"),
            ("view_as_customer", "Can see the storefront as a customer"),
            ("disable_customers", "Can disable customers for good and take it back"),
        ]
        indexes = [
            models.Index(
                fields=["status_until"],
                condition=Q(status_until__isnull=False),
                name="customers_customer_to_wake",
            ),
            models.Index(
                fields=["blocked_at"],
                condition=Q(blocked_at__isnull=False),
                name="customers_customer_blocked",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifecycle__in=["lead", "customer"]),
                name="customers_customer_lifecycle_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "deactivated", "disabled"]),
                name="customers_customer_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(gender__in=["", "female", "male", "other"]),
                name="customers_customer_gender_is_known",
            ),
            models.CheckConstraint(
                condition=Q(birth_month=None, birth_day=None, birth_date=None)
                | Q(birth_month__range=(1, 12), birth_day__range=(1, 31)),
                name="customers_customer_birthday_has_month_and_day",
            ),
            models.CheckConstraint(
                condition=Q(email="", email_key="") | ~Q(email="") & ~Q(email_key=""),
                name="customers_customer_email_has_its_key",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")),
                name="customers_customer_is_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or str(self.public_id)

    @property
    def full_name(self) -> str:
        return " ".join(
            part for part in (self.first_name, self.last_name, self.second_last_name) if part
        )

    @property
    def is_live(self) -> bool:
        return self.trashed_at is None and self.erased_at is None and self.merged_into_id is None

    @property
    def state(self) -> State:
        """What ``rules.statuses`` is asked about; erased and merged weigh more than the status."""
        if self.erased_at is not None:
            return State.ERASED
        if self.merged_into_id is not None:
            return State.MERGED
        return State.TRASHED if self.trashed_at is not None else State(self.status)

    def set_email(self, address: str) -> None:
        """Set the primary address with its key; saving is the service's part."""
        self.email = address.strip()
        self.email_key = email_key(address) if address.strip() else ""


class CustomerEmail(models.Model):
    """Every address that leads to a person: unique among all, primary or alias."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="emails")
    address = models.CharField(max_length=254)
    address_key = models.CharField(max_length=254, unique=True)
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=20, default="staff", db_default="staff")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_primary=True),
                name="customers_customer_has_one_primary_email",
            )
        ]


class CustomerPhone(models.Model):
    """A further phone number (E.164); the first one is on the record."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(max_length=20)
    label = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "number"], name="customers_phone_is_once_per_customer"
            )
        ]
        indexes = [models.Index(fields=["number"], name="customers_phone_number")]


class ExternalId(models.Model):
    """The person's id in another system; unique within that system."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids")
    system = models.CharField(max_length=40)
    value = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "value"], name="customers_external_id_leads_to_one_customer"
            )
        ]
        indexes = [models.Index(fields=["customer"], name="customers_externalid_customer")]


class Address(models.Model):
    """A postal address; at most one is the main one."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(_("label"), max_length=40, blank=True)
    line1 = models.CharField(_("address"), max_length=200)
    line2 = models.CharField(_("apartment, office"), max_length=200, blank=True)
    district = models.CharField(_("district"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_main=True),
                name="customers_customer_has_one_main_address",
            )
        ]
