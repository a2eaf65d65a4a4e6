"""What each state of a record allows: one table, and nothing else decides it.

A state is the status of a live record, or why the record is not live. Blocking (``blocked_at``) is
a flag beside it. What targets mean by "status" is theirs: deactivated and disabled are inactive.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """From the most to the least that is allowed."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    DISABLED = "disabled"
    TRASHED = "trashed"
    MERGED = "merged"
    ERASED = "erased"


class Login(StrEnum):
    OPEN = "open"
    # After the right password the person reads that they should get in touch.
    PAUSED = "paused"
    # The person is told no more than a stranger.
    CLOSED = "closed"


class Mail(StrEnum):
    MARKETING = "marketing"
    SERVICE = "service"
    ORDERS = "orders"


class Purchase(StrEnum):
    """What happens to an order that comes with the person's address."""

    TAKEN = "taken"
    FLAGGED = "flagged"
    REFUSED = "refused"
    RESTORES = "restores"
    FOLLOWS = "follows"
    BY_A_STRANGER = "by_a_stranger"


@dataclass(frozen=True, kw_only=True)
class Effects:
    """``reverted_by`` is the permission that leads back to active; None: nobody can."""

    login: Login
    mails: frozenset[Mail]
    purchase: Purchase
    keeps_email: bool
    reverted_by: str | None


ALL_MAILS: Final = frozenset(Mail)
EDIT: Final = "customers.change_customer"
DISABLE: Final = "customers.disable_customers"
TRASH: Final = "customers.delete_customer"
MERGE: Final = "customers.merge_customers"

EFFECTS: Final[Mapping[State, Effects]] = MappingProxyType(
    {
        State.ACTIVE: Effects(
            login=Login.OPEN,
            mails=ALL_MAILS,
            purchase=Purchase.TAKEN,
            keeps_email=True,
            reverted_by=None,
        ),
        State.DEACTIVATED: Effects(
            login=Login.PAUSED,
            mails=frozenset({Mail.SERVICE, Mail.ORDERS}),
            purchase=Purchase.FLAGGED,
            keeps_email=True,
            reverted_by=EDIT,
        ),
        State.DISABLED: Effects(
            login=Login.CLOSED,
            mails=frozenset({Mail.ORDERS}),
            purchase=Purchase.REFUSED,
            keeps_email=True,
            reverted_by=DISABLE,
        ),
        State.TRASHED: Effects(
            login=Login.CLOSED,
            mails=frozenset(),
            purchase=Purchase.RESTORES,
            keeps_email=True,
            reverted_by=TRASH,
        ),
        State.MERGED: Effects(
            login=Login.CLOSED,
            mails=frozenset(),
            purchase=Purchase.FOLLOWS,
            keeps_email=True,
            reverted_by=MERGE,
        ),
        State.ERASED: Effects(
            login=Login.CLOSED,
            mails=frozenset(),
            purchase=Purchase.BY_A_STRANGER,
            keeps_email=False,
            reverted_by=None,
        ),
    }
)
STATUSES: Final = (State.ACTIVE, State.DEACTIVATED, State.DISABLED)
# Of a status: which one may follow. Out of "disabled" there is only the way back to active.
NEXT: Final[Mapping[State, tuple[State, ...]]] = MappingProxyType(
    {
        State.ACTIVE: (State.DEACTIVATED, State.DISABLED),
        State.DEACTIVATED: (State.ACTIVE, State.DEACTIVATED, State.DISABLED),
        State.DISABLED: (State.ACTIVE,),
    }
)


def may_log_in(state: State) -> bool:
    return EFFECTS[state].login == Login.OPEN


def may_know_why_not(state: State) -> bool:
    """Whether a person with the right password is told that the account is only paused."""
    return EFFECTS[state].login == Login.PAUSED


def may_get_password_link(state: State) -> bool:
    """Only who may log in is mailed a link that sets a password."""
    return may_log_in(state)


def may_use_password_link(state: State) -> bool:
    """A link that is out already still sets the password of a paused account."""
    return EFFECTS[state].login != Login.CLOSED


def may_receive(state: State, mail: Mail) -> bool:
    return mail in EFFECTS[state].mails


def may_receive_marketing(state: State) -> bool:
    return may_receive(state, Mail.MARKETING)


def may_buy(state: State) -> bool:
    """Whether an order with the person's address is taken at all."""
    return EFFECTS[state].purchase != Purchase.REFUSED


def may_follow(before: State, after: State) -> bool:
    return after in NEXT[before]


def needs_reason(before: State, after: State) -> bool:
    """Into "disabled" and out of it nobody goes without saying why."""
    return State.DISABLED in (before, after)


def permission_for(before: State, after: State) -> str:
    """What it takes to change the status of a person."""
    return DISABLE if State.DISABLED in (before, after) else EDIT


def stricter(one: State, other: State) -> bool:
    """Whether ``one`` allows less than ``other``."""
    order = list(State)
    return order.index(one) > order.index(other)


def statuses_closed_to(mail: Mail) -> list[str]:
    """The statuses of live records that this kind of mail does not go to."""
    return [str(one) for one in STATUSES if not may_receive(one, mail)]


def sql_list(states: Iterable[State]) -> str:
    """For ``IN (…)`` in a statement that is made of constants."""
    return ", ".join(f"'{one}'" for one in states)
