"""What proves a member of staff besides the password."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from customers.models import User

TOTP_TYPE = Authenticator.Type.TOTP
RECOVERY_TYPE = Authenticator.Type.RECOVERY_CODES
PASSKEY_TYPE = Authenticator.Type.WEBAUTHN
FACTOR_TYPES = (TOTP_TYPE, PASSKEY_TYPE)


@dataclass(frozen=True, kw_only=True)
class Passkey:
    pk: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


def factor_exists(*, user: User) -> bool:
    """An app on a phone or a passkey."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTOR_TYPES).exists())


def phone_exists(*, user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=TOTP_TYPE).exists())


def passkeys_of(user: User) -> list[Passkey]:
    """The oldest first."""
    rows = Authenticator.objects.filter(user=user, type=PASSKEY_TYPE).order_by("created_at", "pk")
    return [
        Passkey(
            pk=row.pk,
            name=row.data["name"],
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
        for row in rows
    ]
