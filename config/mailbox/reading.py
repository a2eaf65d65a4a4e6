"""Takes a mail apart for showing: its parts, headers, attachments and links."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from typing import cast

from config.mailbox.store import plain

LINK = re.compile(r"""<a\b[^>]*?\bhref\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
BARE_LINK = re.compile(r"https?://[^\s<>\"']+")
EMBEDDED = re.compile(r"""\bcid:([^"'\s)>]+)""", re.IGNORECASE)


@dataclass(frozen=True)
class Attachment:
    """``number`` is its place among all parts that are not the mail's body."""

    number: int
    name: str
    content_type: str
    content_id: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True)
class Opened:
    """``html`` and ``text`` are empty when the mail has no such part."""

    html: str
    text: str
    headers: list[tuple[str, str]]
    attachments: list[Attachment]

    @property
    def links(self) -> list[str]:
        """Where the mail leads to, each once, in its order."""
        found = LINK.findall(self.html) or BARE_LINK.findall(self.text)
        return [link for link in dict.fromkeys(map(unescape, found)) if link.startswith("http")]

    def html_with_files(self, address: str) -> str:
        """The HTML with its embedded pictures at ``address`` + number, links in a new tab."""
        numbers = {file.content_id: file.number for file in self.attachments if file.content_id}

        def place(match: re.Match[str]) -> str:
            number = numbers.get(match.group(1))
            return match.group(0) if number is None else f"{address}{number}"

        return '<base target="_blank">' + EMBEDDED.sub(place, self.html)


def open_mail(content: bytes) -> Opened:
    message = message_from_bytes(content, policy=default)
    bodies = {kind: message.get_body((kind,)) for kind in ("html", "plain")}
    texts = {kind: text_of(cast("EmailMessage | None", part)) for kind, part in bodies.items()}
    files = [part for part in message.walk() if is_file(part, list(bodies.values()))]
    return Opened(
        html=texts["html"],
        text=texts["plain"],
        headers=[(name, plain(value)) for name, value in message.raw_items()],
        attachments=[attachment_of(number, part) for number, part in enumerate(files, 1)],
    )


def is_file(part: EmailMessage, bodies: list[object]) -> bool:
    return not part.is_multipart() and not any(part is body for body in bodies)


def text_of(part: EmailMessage | None) -> str:
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        return raw.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return raw.decode("latin-1")


def attachment_of(number: int, part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    return Attachment(
        number=number,
        name=part.get_filename() or "",
        content_type=part.get_content_type(),
        content_id=str(part["Content-ID"] or "").strip("<> "),
        content=content if isinstance(content, bytes) else b"",
    )
