"""What a returned mail says: whose it is, and what happened. Pure but for the keys."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum
from typing import Final

from flufl.bounce import all_failures

from messaging import tokens
from messaging.smtp.replies import HARD, NO_SUCH_PERSON

MAX_DEPTH: Final = 8
MAX_PARTS: Final = 60
RECIPIENT_HEADERS: Final = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
MARK: Final = re.compile(r"\bd?\.?(\d{1,18})\.(\d{1,18})\.([0-9a-f]{16})\b")
STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)


class Kind(StrEnum):
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    DELAY = "delay"
    DELIVERED = "delivered"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The delivery that a token of ours names; ``pointer`` when its second is known too."""

    delivery_id: int
    campaign_id: int | None = None
    pointer: tokens.Pointer | None = None


@dataclass(frozen=True, kw_only=True)
class Returned:
    kind: Kind
    mark: Mark | None
    status: str = ""
    is_hard: bool = False


def read_returned(raw: bytes) -> Returned:
    """What the message is; ``mark`` is None when no token of ours vouches for it."""
    message = message_from_bytes(raw)
    parts = list(_parts(message, 0))[:MAX_PARTS]
    mark = _mark(message, parts)
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            return Returned(kind=Kind.COMPLAINT, mark=mark)
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            return _from_status(part, mark)
    return _from_text(message, raw, mark)


def _parts(message: Message, depth: int) -> Iterator[Message]:
    yield message
    payload = message.get_payload()
    if depth < MAX_DEPTH and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)


def _mark(message: Message, parts: list[Message]) -> Mark | None:
    """First the address that it came to, then the mail that it gives back."""
    for header in RECIPIENT_HEADERS:
        values = [str(value) for value in message.get_all(header, [])]
        for _name, address in getaddresses(values):
            if mark := _from_address(address):
                return mark
    texts = [
        str(part.get(name, ""))
        for part in parts[1:]
        for name in ("Message-ID", "X-Delivery-ID", "Original-Mail-From")
    ] + [
        str(part.get_payload())[:20_000]
        for part in parts
        if part.get_content_type() == "text/rfc822-headers"
    ]
    for text in texts:
        if mark := _from_address(text.strip().strip("<>")) or _from_message_id(text):
            return mark
    return None


def _from_address(address: str) -> Mark | None:
    local = address.rpartition("@")[0]
    token = local.rpartition("+")[2]
    if not token or token == local:
        return None
    pointer = tokens.read_short_token(tokens.RETURN_PATH, token)
    return Mark(delivery_id=pointer.delivery_id, pointer=pointer) if pointer else None


def _from_message_id(text: str) -> Mark | None:
    for match in MARK.finditer(text):
        campaign_id, delivery_id, mac = int(match[1]), int(match[2]), match[3]
        if tokens.is_message_mac(mac, campaign_id, delivery_id):
            return Mark(delivery_id=delivery_id, campaign_id=campaign_id or None)
    return None


def _from_status(part: Message, mark: Mark | None) -> Returned:
    action, status = "", ""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and block.get("Action"):
            action = str(block["Action"]).strip().lower()
            found = STATUS.search(str(block.get("Status", "")))
            status = found.group() if found else ""
            break
    if action == "failed" and not status.startswith("4"):
        return Returned(kind=Kind.BOUNCE, mark=mark, status=status, is_hard=status in HARD)
    if action in {"failed", "delayed"}:
        return Returned(kind=Kind.DELAY, mark=mark, status=status)
    if action in {"delivered", "relayed", "expanded"}:
        return Returned(kind=Kind.DELIVERED, mark=mark, status=status)
    return Returned(kind=Kind.OTHER, mark=mark)


def _from_text(message: Message, raw: bytes, mark: Mark | None) -> Returned:
    """Bounces that keep to no standard, by flufl.bounce; automatic answers are none."""
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001  its detectors stumble over hostile mail
        return Returned(kind=Kind.OTHER, mark=mark)
    if permanent:
        text = raw[:20_000].decode("utf-8", "replace")
        return Returned(kind=Kind.BOUNCE, mark=mark, is_hard=bool(NO_SUCH_PERSON.search(text)))
    return Returned(kind=Kind.DELAY if temporary else Kind.OTHER, mark=mark)
