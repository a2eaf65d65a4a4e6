"""Signatures of webhooks, as Standard Webhooks describes them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

START = "whsec_"


def secret_make() -> str:
    """A new secret, as the receiver gets it."""
    return START + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secrets_held: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,…`` for each secret, with a space between."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_sign(one, signed)}" for one in secrets_held)


def _sign(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(START))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
