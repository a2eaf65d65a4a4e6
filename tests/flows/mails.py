"""What arrived in the mailbox, read and used as a mail program does."""

import re
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from html import unescape
from typing import Any

from config.mailbox import store
from tests.flows.stack import Stack

THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0"
ARRIVES_SECONDS = 300


@dataclass(frozen=True)
class Letter:
    """A mail with its envelope's recipient, its headers, and its parts."""

    recipient: str
    message: EmailMessage

    @property
    def sender(self) -> tuple[str, str]:
        return parseaddr(str(self.message["From"]))

    @property
    def unsubscribe_url(self) -> str:
        return str(self.message["List-Unsubscribe"]).strip("<>")

    def part(self, kind: str) -> str:
        """The body as ``html`` or ``plain``."""
        body = self.message.get_body((kind,))
        assert body is not None, f"no {kind} part"
        return str(body.get_content())

    def address(self, piece: str) -> str:
        """The one address in the HTML that holds ``piece``: a link's or a picture's."""
        found = re.findall(r'(?:href|src)="([^"]+)"', self.part("html"))
        return next(unescape(address) for address in found if piece in address)


def letters(stack: Stack, *, to: str = "", subject: str = "", many: int = 1) -> list[Letter]:
    """The mails to an address, or with a subject, oldest first, once ``many`` have arrived."""
    deadline = time.monotonic() + ARRIVES_SECONDS
    while len(found := _find(stack, to, subject)) < many:
        assert time.monotonic() < deadline, f"{len(found)} of {many} mails to {to!r} {subject!r}"
        time.sleep(0.2)
    return found


def _find(stack: Stack, to: str, subject: str) -> list[Letter]:
    folder = stack.var / "mailbox"
    found = []
    for mail in reversed(store.mails(folder, limit=5_000)):
        is_to = not to or to in mail.recipients
        if is_to and subject in mail.subject:
            content = store.content_of(folder, mail.id)
            message = message_from_bytes(content, _class=EmailMessage, policy=default)
            found.append(Letter(mail.recipients, message))
    return found


def ask(url: str, data: dict[str, str] | None = None, follow: bool = True) -> Any:
    """What a mail program asks for: a picture, a link, or the one-click POST."""
    body = urllib.parse.urlencode(data).encode() if data is not None else None
    request = urllib.request.Request(url, data=body, headers={"User-Agent": THUNDERBIRD})
    opener = urllib.request.build_opener(*([] if follow else [Stay]))
    return opener.open(request, timeout=20)


class Stay(urllib.request.HTTPErrorProcessor):
    """Hands out a redirect instead of following it."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response

    https_response = http_response
