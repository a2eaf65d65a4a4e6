"""Who works here: members of staff, their state, and what they did."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
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

from config.kit import clock
from config.kit.models import AuditEntry
from customers.models import User
from customers.roles import ROLES

INVITED, ACTIVE, DEACTIVATED = "invited", "active", "deactivated"


def staff_listed() -> "QuerySet[User]":
    """Every member of staff, with ``role``, ``state``, ``has_factor`` and ``sort_name``."""
    groups = Group.objects.filter(user=OuterRef("pk"), name__in=ROLES).order_by(_rank(), "name")
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.filter(is_staff=True).annotate(
        role=Coalesce(Subquery(groups.values("name")[:1]), Value("")),
        has_factor=Exists(factor),
        sort_name=Lower(Coalesce(NullIf("name", Value("")), F("email"), output_field=CharField())),
        state=Case(
            When(is_active=False, then=Value(DEACTIVATED)),
            When(password__startswith=UNUSABLE_PASSWORD_PREFIX, then=Value(INVITED)),
            default=Value(ACTIVE),
            output_field=CharField(),
        ),
    )


def _rank() -> Case:
    """Orders groups by the rank of their role, the highest first."""
    return Case(*(When(name=name, then=Value(-role.rank)) for name, role in ROLES.items()))


def staff_seen_since(rows: "QuerySet[User]", days: int) -> "QuerySet[User]":
    return rows.filter(last_login__gte=clock.now() - timedelta(days=days))


def staff_deeds(user: User, limit: int) -> list[AuditEntry]:
    """What this person did, newest first."""
    return list(AuditEntry.objects.filter(actor_id=user.pk).order_by("-at", "-id")[:limit])
