"""Signed tokens in mails: which delivery, which link. No personal data, nothing to look up.

A token is a key's number, the delivery's id, the second in which its row was made (it names the
partition), for clicks the link's position, and 128 bits of a keyed digest salted with the purpose.
"""

import base64
import hashlib
import hmac
import struct
from binascii import Error as BinasciiError
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from django.conf import settings

OPEN: Final = b"mail-open"
CLICK: Final = b"mail-click"
UNSUBSCRIBE: Final = b"mail-unsubscribe"
VIEW: Final = b"mail-view"
RETURN_PATH: Final = b"mail-return"
MESSAGE_ID: Final = b"mail-message"

MAC_BYTES: Final = 16
SHORT_MAC_BYTES: Final = 10
LENGTH: Final = 42
_PAYLOAD: Final = struct.Struct(">BQIH")
_SHORT: Final = struct.Struct(">BQI")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """What a token names. ``link`` is 0 where there is none."""

    delivery_id: int
    created_second: datetime
    link: int = 0

    @property
    def created_between(self) -> tuple[datetime, datetime]:
        """The bounds of ``created_at``: they spare a look into every partition."""
        return self.created_second, self.created_second + timedelta(seconds=1)


@cache
def _keys(secrets: tuple[str, ...]) -> dict[int, bytes]:
    """Key number to key; the first is the present one."""
    found: dict[int, bytes] = {}
    for secret in secrets:
        digest = hashlib.blake2b(secret.encode(), person=b"mail-token-key-1").digest()
        found.setdefault(digest[0], digest[:32])
    return found


def _all_keys() -> dict[int, bytes]:
    return _keys((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


class Signer:
    """Makes many tokens of one purpose with the present key."""

    def __init__(self, purpose: bytes, *, mac_bytes: int = MAC_BYTES) -> None:
        self.number, key = next(iter(_all_keys().items()))
        self._digest = hashlib.blake2b(key=key, person=purpose.ljust(16), digest_size=mac_bytes)

    def token(self, delivery_id: int, second: int, link: int = 0) -> bytes:
        """URL-safe and case-sensitive, for addresses on our site."""
        payload = _PAYLOAD.pack(self.number, delivery_id, second, link)
        digest = self._digest.copy()
        digest.update(payload)
        return (
            b2a_base64(payload + digest.digest(), newline=False).translate(_URL_SAFE).rstrip(b"=")
        )

    def short_token(self, delivery_id: int, second: int) -> str:
        """Lower-case letters and digits, for the local part of a mail address."""
        payload = _SHORT.pack(self.number, delivery_id, second)
        digest = self._digest.copy()
        digest.update(payload)
        return (payload + digest.digest()).hex()


def make_token(purpose: bytes, *, delivery_id: int, created_at: datetime, link: int = 0) -> str:
    return Signer(purpose).token(delivery_id, second_of(created_at), link).decode()


def second_of(moment: datetime) -> int:
    return int(moment.timestamp())


def read_token(purpose: bytes, text: str) -> Pointer | None:
    """What a token names, or None when it is not one of ours for this purpose."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (BinasciiError, ValueError):
        return None
    # Spare bits of the last letter would make a second spelling of the same token.
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != text.encode():
        return None
    return _open(purpose, raw, _PAYLOAD, MAC_BYTES)


def read_short_token(purpose: bytes, text: str) -> Pointer | None:
    """The same for ``short_token``; letters may come back in any case."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return None
    return _open(purpose, raw, _SHORT, SHORT_MAC_BYTES)


def _open(purpose: bytes, raw: bytes, layout: struct.Struct, mac_bytes: int) -> Pointer | None:
    if len(raw) != layout.size + mac_bytes:
        return None
    payload, mac = raw[: layout.size], raw[layout.size :]
    key = _all_keys().get(payload[0])
    if key is None:
        return None
    digest = hashlib.blake2b(payload, key=key, person=purpose.ljust(16), digest_size=mac_bytes)
    if not hmac.compare_digest(digest.digest(), mac):
        return None
    _number, delivery_id, second, *link = layout.unpack(payload)
    if delivery_id >= 2**63:
        return None
    return Pointer(
        delivery_id=delivery_id,
        created_second=datetime.fromtimestamp(second, tz=UTC),
        link=link[0] if link else 0,
    )


def message_mac(campaign_id: int, delivery_id: int) -> str:
    """The keyed part of a Message-ID, 64 bits: the same on every attempt."""
    return _message_mac(next(iter(_all_keys().values())), campaign_id, delivery_id)


def is_message_mac(mac: str, campaign_id: int, delivery_id: int) -> bool:
    return any(
        hmac.compare_digest(mac.encode(), _message_mac(key, campaign_id, delivery_id).encode())
        for key in _all_keys().values()
    )


def _message_mac(key: bytes, campaign_id: int, delivery_id: int) -> str:
    text = b"%d.%d" % (campaign_id, delivery_id)
    return hashlib.blake2b(text, key=key, person=MESSAGE_ID.ljust(16), digest_size=8).hexdigest()
