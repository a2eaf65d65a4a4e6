"""Log-ins and their sessions. A user is a log-in; a customer is a person's record."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.kit import clock
from customers.identity import email_key
from customers.sessions import SessionStore


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email_key=email_key(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A log-in, of staff, of a customer, or of a person who is both."""

    email = models.EmailField(_("e-mail"), max_length=254)
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=5, default="es")
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    # Of a temporary password, which has to be changed at the first log-in.
    password_expires_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email_key"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def must_change_password(self) -> bool:
        return self.password_expires_at is not None

    @property
    def is_password_over(self) -> bool:
        """Whether a temporary password has had its day."""
        return self.password_expires_at is not None and self.password_expires_at <= clock.now()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_key = email_key(self.email)
        super().save(*args, **kwargs)


class Session(AbstractBaseSession):
    """An open session, of the back office or of the storefront, that its owner can end."""

    class Scope(models.TextChoices):
        STOREFRONT = "storefront", _("Storefront")
        BACKOFFICE = "backoffice", _("Back office")

    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.STOREFRONT)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    device = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> Any:
        return SessionStore
