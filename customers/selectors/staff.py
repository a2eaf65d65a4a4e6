"""Who works here: members of staff, their state, and what they did."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, NullIf

from config.kit.models import AuditEntry
from customers.models import StaffRole, User
from customers.selectors.factors import FACTOR_TYPES

INVITED, ACTIVE, DEACTIVATED = "invited", "active", "deactivated"


def staff_listed() -> "QuerySet[User]":
    """Every member of staff, with ``role`` (its key) and ``role_name``, ``state``, ``has_factor``
    and ``sort_name``.
    """
    roles = StaffRole.objects.filter(group__user=OuterRef("pk")).order_by("pk")
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTOR_TYPES)
    return User.objects.filter(is_staff=True).annotate(
        role=Coalesce(Subquery(roles.values("key")[:1]), Value("")),
        role_name=Coalesce(Subquery(roles.values("name")[:1]), Value("")),
        has_factor=Exists(factor),
        sort_name=Lower(Coalesce(NullIf("name", Value("")), F("email"), output_field=CharField())),
        state=Case(
            When(is_active=False, then=Value(DEACTIVATED)),
            When(password__startswith=UNUSABLE_PASSWORD_PREFIX, then=Value(INVITED)),
            default=Value(ACTIVE),
            output_field=CharField(),
        ),
    )


def staff_named() -> "QuerySet[User]":
    """Colleagues to choose from, those who are locked out too."""
    return User.objects.filter(is_staff=True).order_by("name", "email", "pk")


def staff_deeds(user: User, limit: int) -> list[AuditEntry]:
    """What this person did, newest first."""
    return list(AuditEntry.objects.filter(actor_id=user.pk).order_by("-at", "-id")[:limit])
