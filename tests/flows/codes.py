"""The six digits of an authenticator app (RFC 6238), as a phone works them out."""

import base64
import hashlib
import hmac
import time

STEP_SECONDS = 30
USED: dict[str, int] = {}


def code_at(secret: str, step: int) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    value = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{value % 1_000_000:06d}"


def next_code(secret: str) -> str:
    """A code that was not used yet; the one of the coming half minute is accepted too."""
    step = max(int(time.time()) // STEP_SECONDS, USED.get(secret, 0) + 1)
    USED[secret] = step
    return code_at(secret, step)
