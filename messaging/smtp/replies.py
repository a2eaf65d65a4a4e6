"""What a server's answer means for a mail, its recipient and its domain. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ENHANCED: Final = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
HARD: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
NO_SUCH_PERSON: Final = re.compile(
    r"user unknown|unknown user|no such (user|recipient|mailbox|person)|does not exist"
    r"|mailbox (unavailable|not found)|recipient (unknown|not found)|invalid recipient",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    text: str

    @property
    def is_ok(self) -> bool:
        return 200 <= self.code < 300

    @property
    def is_temporary(self) -> bool:
        return 400 <= self.code < 500

    @property
    def is_closing(self) -> bool:
        """The server ends the connection: nobody's mail is at fault."""
        return self.code == 421

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Fate(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``NOT_SENT``: no server judged the mail; it goes again and counts as no attempt."""

    fate: Fate
    reply: str = ""
    is_hard: bool = False
    is_sender_fault: bool = False


def outcome_of(reply: Reply, *, to_recipient: bool) -> Outcome:
    """The fate that an answer to RCPT, or to the mail itself, means."""
    if reply.is_ok:
        return Outcome(Fate.ACCEPTED, str(reply))
    if reply.is_closing:
        return Outcome(Fate.NOT_SENT, str(reply))
    if reply.is_temporary:
        return Outcome(Fate.DEFERRED, str(reply))
    return Outcome(Fate.REJECTED, str(reply), is_hard=is_hard(reply, to_recipient=to_recipient))


def is_hard(reply: Reply, *, to_recipient: bool) -> bool:
    """The address itself is dead. Policy (5.7.x) is not the person's fault."""
    found = ENHANCED.match(reply.text)
    if found:
        return found.group() in HARD
    return (
        to_recipient and reply.code in {550, 551, 553} and bool(NO_SUCH_PERSON.search(reply.text))
    )
