"""Second-factor secrets lie encrypted, each bound to its owner: a copied row opens nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from allauth.mfa.adapter import DefaultMFAAdapter

from config.kit import secrets

_owner: ContextVar[int] = ContextVar("owner of the second factor")


@contextmanager
def factors_of(user_id: int) -> Iterator[None]:
    """Within, allauth's primitives read and write the secrets of this user only."""
    token = _owner.set(user_id)
    try:
        yield
    finally:
        _owner.reset(token)


class SecretsAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text, place=place_of(_owner.get()))

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text, place=place_of(_owner.get()))


def place_of(user_id: int) -> str:
    return f"mfa_authenticator.{user_id}"
