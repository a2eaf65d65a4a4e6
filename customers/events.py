"""What happened to customers, for the apps above."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from config.kit.events import Event, event_type
from customers.identity import email_key


@dataclass(frozen=True, kw_only=True)
class CustomerEvent(Event):
    customer_id: int
    name: ClassVar[str] = ""

    @property
    def key(self) -> str:
        return f"customer:{self.customer_id}"


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomerCreated(CustomerEvent):
    name: ClassVar[str] = "customers.customer_created"


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomerUpdated(CustomerEvent):
    name: ClassVar[str] = "customers.customer_updated"


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomerErased(CustomerEvent):
    """Nothing of the person is left; the id leads to an empty record."""

    name: ClassVar[str] = "customers.customer_erased"


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomerTrashed(CustomerEvent):
    name: ClassVar[str] = "customers.customer_trashed"


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomerRestored(CustomerEvent):
    name: ClassVar[str] = "customers.customer_restored"


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomersMerged(CustomerEvent):
    """``merged_id`` went into ``customer_id``."""

    name: ClassVar[str] = "customers.customers_merged"
    merged_id: int


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomersUnmerged(CustomerEvent):
    """``merged_id`` is a record of its own again."""

    name: ClassVar[str] = "customers.customers_unmerged"
    merged_id: int


@event_type
@dataclass(frozen=True, kw_only=True)
class CustomersImported(Event):
    name: ClassVar[str] = "customers.customers_imported"
    batch_id: int

    @property
    def key(self) -> str:
        return f"import:{self.batch_id}"


@event_type
@dataclass(frozen=True, kw_only=True)
class ConsentChanged(CustomerEvent):
    name: ClassVar[str] = "customers.consent_changed"
    channel: str
    purpose: str
    value: str


@event_type
@dataclass(frozen=True, kw_only=True)
class EmailMoveMailDue(CustomerEvent):
    """A mail about a change of e-mail is due; ``kind`` says which, and so to which end it goes."""

    name: ClassVar[str] = "customers.email_move_mail_due"
    move_id: int
    kind: str


@event_type
@dataclass(frozen=True, kw_only=True)
class PrivacyMailDue(Event):
    """A mail about a privacy request is due: ``received``, ``extended`` or ``answered``."""

    name: ClassVar[str] = "customers.privacy_mail_due"
    request_id: int
    kind: str

    @property
    def key(self) -> str:
        return f"privacy_request:{self.request_id}"


@event_type
@dataclass(frozen=True, kw_only=True)
class AccountMailRequested(Event):
    """A mail about a log-in is due: ``kind`` is ``password_link``, ``welcome``, …

    It names the user; what is secret is made when the mail is rendered.
    """

    name: ClassVar[str] = "customers.account_mail_requested"
    kind: str
    user_id: int | None = None
    customer_id: int | None = None

    @property
    def key(self) -> str:
        return f"user:{self.user_id or 0}:{self.customer_id or 0}"


@event_type
@dataclass(frozen=True, kw_only=True)
class LoginAlertMailDue(Event):
    """Something happened at a log-in that may not have been its owner."""

    name: ClassVar[str] = "customers.login_alert_mail_due"
    user_id: int
    alert_id: int

    @property
    def key(self) -> str:
        return f"user:{self.user_id}:0"


@event_type
@dataclass(frozen=True, kw_only=True)
class LoginDisowned(Event):
    """Its owner said that somebody else was in; what was made there since then is not theirs."""

    name: ClassVar[str] = "customers.login_disowned"
    user_id: int
    since: str

    @property
    def key(self) -> str:
        return f"user:{self.user_id}:0"


@event_type
@dataclass(frozen=True, kw_only=True)
class PasswordLinkAsked(Event):
    """Somebody typed this address at "forgot password". Whose it is, the handler finds out.

    The page does the same work for every address, so its time tells nothing.
    """

    name: ClassVar[str] = "customers.password_link_asked"
    address: str

    @property
    def key(self) -> str:
        return f"address:{digest_of(self.address)}"


@event_type
@dataclass(frozen=True, kw_only=True)
class LoginFailed(Event):
    """Somebody typed a wrong password for this address, if there is such an account at all."""

    name: ClassVar[str] = "customers.login_failed"
    address: str
    at: str
    scope: str
    ip: str | None
    device: str
    agent: str = ""
    # This failure closed the log-in for a while.
    locks: bool = False

    @property
    def key(self) -> str:
        return f"address:{digest_of(self.address)}"


def digest_of(address: str) -> str:
    """Short and constant for an address, and not the address."""
    return hashlib.sha256(email_key(address).encode()).hexdigest()[:32]
