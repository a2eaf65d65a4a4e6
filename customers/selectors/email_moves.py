"""Changes of e-mail: which wait, which can be undone, and the links that their mails carry."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from customers.models import Customer, CustomerEmail, EmailMove, User
from customers.rules.email_moves import UNDO

SALT: Final = "customers.email_move"
FEW: Final = 10
OLD, NEW = "old", "new"
SIDES: Final = (OLD, NEW)


@dataclass(frozen=True, kw_only=True)
class MoveLink:
    """What the address of a link holds. Each end has its own; one tells nothing of the other."""

    public_id: UUID
    side: str
    token: str

    def move(self) -> EmailMove:
        """Whose link this is, while it can still do something.

        :raises DomainError: forged, or its time is over.
        """
        found = EmailMove.objects.select_related("customer").filter(public_id=self.public_id)
        move = found.first() if self.side in SIDES else None
        is_ours = move is not None and constant_time_compare(self.token, _token(move, self.side))
        if move is None or not is_ours or not _is_alive(move):
            raise DomainError("link_dead", _("This link was used already or is too old."))
        return move


@dataclass(frozen=True, kw_only=True)
class MoveState:
    """A change as staff see it. ``holder``: to whom the new address leads meanwhile."""

    move: EmailMove
    holder: Customer | None
    may_undo: bool

    @property
    def is_open(self) -> bool:
        return self.move.state == EmailMove.State.OPEN

    @property
    def tone(self) -> str:
        return {"open": "warning", "done": "ok", "refused": "danger"}.get(self.move.state, "slate")


def move_link(move: EmailMove, side: str) -> str:
    path = reverse("account:email_answer", args=[move.public_id, side, _token(move, side)])
    return f"{settings.SITE_URL}{path}"


def _token(move: EmailMove, side: str) -> str:
    address = move.new_address if side == NEW else move.old_address
    value = f"{move.public_id}:{side}:{address}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()


def _is_alive(move: EmailMove) -> bool:
    if move.state == EmailMove.State.OPEN:
        return move.expires_at > clock.now()
    return move.ended_at is not None and move.ended_at + UNDO > clock.now()


def move_holder(move: EmailMove) -> Customer | User | None:
    """Who else has the new address now, as a person's or as a log-in's."""
    rows = CustomerEmail.objects.filter(address_key=move.new_key)
    row = rows.exclude(customer=move.customer).select_related("customer").first()
    if row is not None:
        return row.customer
    return User.objects.filter(email_key=move.new_key).exclude(customer=move.customer).first()


def moves_of(customer: Customer) -> list[MoveState]:
    """The newest changes of this person, the one that waits first."""
    rows = _listed().filter(customer=customer).order_by("-asked_at")[:FEW]
    return [_state(customer, one) for one in rows]


def move_open(customer: Customer) -> EmailMove | None:
    return _listed().filter(customer=customer, state=EmailMove.State.OPEN).first()


def move_by_id(pk: int) -> EmailMove | None:
    return _listed().filter(pk=pk).first()


def _listed() -> "QuerySet[EmailMove]":
    return EmailMove.objects.select_related("customer", "asked_by", "ended_by")


def _state(customer: Customer, move: EmailMove) -> MoveState:
    is_open = move.state == EmailMove.State.OPEN
    holder = move_holder(move) if is_open else None
    return MoveState(
        move=move,
        holder=holder if isinstance(holder, Customer) else None,
        may_undo=move.state == EmailMove.State.DONE
        and _is_alive(move)
        and bool(move.old_address)
        and customer.email_key == move.new_key,
    )
