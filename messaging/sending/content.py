"""What a sender holds of a campaign in one language: programs and the frame of its mails."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from messaging import mime, tokens
from messaging.rendering.program import RAW, Program

SOFT: Final = b"=\r\n"


class NotRendered(Exception):
    """The mail cannot be made for this person; ``reason`` is one of the delivery's reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Who writes, and what all mails of a campaign have in common. ``campaign_id`` 0: none."""

    from_name: str
    from_address: str
    reply_to: str = ""
    campaign_id: int = 0
    list_name: str = ""
    is_marketing: bool = True
    site_url: str = ""
    bounce_address: str = ""

    @property
    def domain(self) -> str:
        return mime.wire_address(self.from_address).rpartition("@")[2].lower()


@dataclass(slots=True)
class Item:
    """One delivery in a sender's hands."""

    id: int
    created_second: int
    customer_id: int | None
    address: str
    language: str
    attempts: int
    values: dict[str, Any] = field(default_factory=dict)
    ready_mail: bytes = b""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


class Envelope:
    """The parts of a mail that only depend on the frame and the delivery."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.domain = frame.domain
        self._return_path = tokens.Signer(tokens.RETURN_PATH, mac_bytes=tokens.SHORT_MAC_BYTES)
        self._bounce_local, _at, self._bounce_domain = frame.bounce_address.rpartition("@")
        self._date = (0, b"")
        self._common = mime.headers(self._common_headers())

    def _common_headers(self) -> list[tuple[bytes, bytes]]:
        frame = self.frame
        pairs = [(b"From", mime.mailbox(frame.from_name, frame.from_address))]
        if frame.reply_to:
            pairs.append((b"Reply-To", mime.mailbox("", frame.reply_to)))
        if frame.is_marketing:
            pairs.append((b"List-Id", b"<marketing.%s>" % self.domain.encode()))
            pairs.append((b"List-Unsubscribe-Post", b"List-Unsubscribe=One-Click"))
            feedback = f"{frame.campaign_id}:marketing:clientela:{self.domain}"
            pairs.append((b"Feedback-ID", feedback.encode()))
        else:
            pairs.append((b"Auto-Submitted", b"auto-generated"))
        return pairs

    def sender_of(self, item: Item) -> str:
        """The return path: its token alone says whose bounce it is."""
        token = self._return_path.short_token(item.id, item.created_second)
        return f"{self._bounce_local}+{token}@{self._bounce_domain}"

    def head(self, item: Item, subject: bytes, unsubscribe: bytes) -> bytes:
        """The headers; ``unsubscribe`` is the address, empty for mails that are not marketing."""
        now = int(time.time())
        if now != self._date[0]:
            self._date = (now, mime.date_header(now))
        campaign_id, delivery_id = self.frame.campaign_id, item.id
        mark = b"%d.%d.%s" % (
            campaign_id,
            delivery_id,
            tokens.message_mac(campaign_id, delivery_id).encode(),
        )
        head = b"%sTo: <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <d.%s@%s>\r\n" % (
            self._common,
            item.address.encode(),
            subject,
            self._date[1],
            mark,
            self.domain.encode(),
        )
        head += b"X-Delivery-ID: %s\r\n" % mark
        if self.frame.is_marketing:
            head += b"List-Unsubscribe: <%s>\r\n" % unsubscribe
        return head


class CampaignMail:
    """A compiled content: ``build(item)`` is the mail of one person."""

    def __init__(
        self, compiled: Mapping[str, Any], frame: Frame, shared: Mapping[str, Any]
    ) -> None:
        self.envelope = Envelope(frame)
        self.used: list[str] = list(compiled["used"])
        self.shared = dict(shared)
        self._link_count = len(compiled["links"])
        self._subject = Program(compiled["subject"], part="subject", autoescape=False, coding=RAW)
        self._html = Program(compiled["html"], part="body", autoescape=True)
        self._text = Program(compiled["text"], part="text_body", autoescape=False)
        self._needs_engine = any(
            program.needs_engine for program in (self._subject, self._html, self._text)
        )
        self._boundary = b"=_c%dl" % frame.campaign_id
        self._open = tokens.Signer(tokens.OPEN)
        self._click = tokens.Signer(tokens.CLICK)
        self._leave = tokens.Signer(tokens.UNSUBSCRIBE)
        self._view = tokens.Signer(tokens.VIEW)
        self._base = frame.site_url.encode() + b"/m/"

    def build(self, item: Item) -> bytes:
        """The bytes of the mail.

        :raises NotRendered: the template failed for these values.
        """
        token, leave, view = self._addresses(item)
        wire = self._wire(token, leave, view)
        values = {**self.shared, **item.values, "_wire": wire, "_memo": {}}
        if self._needs_engine:
            values |= self._for_engine(token, leave, view)
        try:
            subject = " ".join(self._subject.run(values).decode().split())
            text, html = self._text.run(values), self._html.run(values)
            encoded = mime.header_text(_printable(subject))
        except Exception as error:  # the engine raises whatever a value makes Python raise
            raise NotRendered("rendering") from error
        head = self.envelope.head(item, encoded, leave)
        return mime.message(head, boundary=self._boundary, text=text, html=html)

    def _addresses(self, item: Item) -> tuple[dict[str, bytes], bytes, bytes]:
        pk, second = item.id, item.created_second
        click = self._click.token
        found = {
            f"l{number}": click(pk, second, number) for number in range(1, self._link_count + 1)
        }
        found["open"] = self._open.token(pk, second)
        leave = self._base + b"u/" + self._leave.token(pk, second)
        return found, leave, self._base + b"v/" + self._view.token(pk, second)

    @staticmethod
    def _wire(token: dict[str, bytes], leave: bytes, view: bytes) -> dict[str, bytes]:
        wire = {name: SOFT + value + SOFT for name, value in token.items()}
        wire["unsubscribe_url"] = SOFT + _folded(leave) + SOFT
        wire["view_url"] = SOFT + _folded(view) + SOFT
        return wire

    @staticmethod
    def _for_engine(token: dict[str, bytes], leave: bytes, view: bytes) -> dict[str, Any]:
        return {
            "_m": {name: value.decode() for name, value in token.items()},
            "unsubscribe_url": leave.decode(),
            "view_url": view.decode(),
        }


def _folded(address: bytes) -> bytes:
    """An address of ours in quoted-printable lines; it has no sign but ``=`` to be coded."""
    coded = address.replace(b"=", b"=3D")
    return coded[: -tokens.LENGTH] + SOFT + coded[-tokens.LENGTH :]


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
