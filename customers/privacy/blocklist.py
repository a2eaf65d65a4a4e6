"""Who was erased does not come back by a file, a program or a member of staff."""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.identity import email_key
from customers.models import Blocklisted

# The person themselves may come back: by a form, a purchase, an account.
OWN_SOURCES: Final = frozenset({"form", "checkout", "order", "account"})


def digest(kind: str, value: str, *, key: str | None = None) -> str:
    """Without a key of this installation nobody can try addresses against it."""
    secret = hashlib.sha256(f"blocklist:{key or settings.ENCRYPTION_KEYS[0]}".encode()).digest()
    return hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _digests(value: str) -> list[str]:
    """With every key that still reads: keys are rotated, the list stays."""
    return [digest("email", value, key=key) for key in settings.ENCRYPTION_KEYS]


def blocklist_add(kind: str, values: Iterable[str]) -> None:
    rows = [Blocklisted(kind=kind, digest=digest(kind, value)) for value in values if value]
    Blocklisted.objects.bulk_create(rows, ignore_conflicts=True)


def is_blocklisted(address: str) -> bool:
    wanted = _digests(email_key(address))
    return Blocklisted.objects.filter(kind="email", digest__in=wanted).exists()


def blocklisted_among(keys: Iterable[str]) -> set[str]:
    """Those of the e-mail keys that belong to somebody who was erased."""
    held = set(Blocklisted.objects.filter(kind="email").values_list("digest", flat=True))
    return {key for key in keys if held.intersection(_digests(key))} if held else set()


def refuse_erased(address: str, *, source: str) -> None:
    """
    :raises DomainError: ``email_erased`` for the address of somebody who was erased.
    """
    if address and source not in OWN_SOURCES and is_blocklisted(address):
        raise DomainError(
            "email_erased",
            _("The person with this address was erased. Only they can come back, by themselves."),
            field="email",
        )
