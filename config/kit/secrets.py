"""Secrets at rest: encrypted, bound to their place, with key rotation."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

SEPARATOR = "\x1f"


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


def encrypt(value: str, *, place: str) -> str:
    """Ciphertext that only opens for the same ``place`` (``table.row.field``)."""
    return _box().encrypt(f"{place}{SEPARATOR}{value}".encode()).decode()


def decrypt(token: str, *, place: str) -> str:
    """The secret again.

    :raises ValueError: it was written with another key or for another place.
    """
    try:
        owner, _, value = _box().decrypt(token.encode()).decode().partition(SEPARATOR)
    except InvalidToken:
        raise ValueError("This secret cannot be opened with the present keys.") from None
    if owner != place:
        raise ValueError("This secret belongs to another place.")
    return value


def rotate(token: str) -> str:
    """The same secret under the newest key."""
    return _box().rotate(token.encode()).decode()
