"""What happened to targets, for the apps above. Only targets that somebody listens to tell.

Written by a trigger on the log of memberships, in the transaction of the membership: see
``services.listeners``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from config.kit.events import Event, event_type


@dataclass(frozen=True, kw_only=True)
class MembershipEvent(Event):
    """``change_id``: the row of the log, by which a handler knows what it has seen."""

    customer_id: int
    target_id: int
    change_id: int
    cause: str
    occurred_at: str
    name: ClassVar[str] = ""

    @property
    def key(self) -> str:
        return f"customer:{self.customer_id}"

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.occurred_at)


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomerEnteredTarget(MembershipEvent):
    name: ClassVar[str] = "targets.customer_entered_target"


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomerLeftTarget(MembershipEvent):
    name: ClassVar[str] = "targets.customer_left_target"
