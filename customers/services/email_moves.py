"""Moving a person to another e-mail: asked for, proved at both ends, done, undone.

1. ``email_move_ask``: by the person (logged in) or by staff. The new address gets a link that
   proves it, the old one a link that agrees or refuses. Where nobody reads the old one, staff say
   how they know who it is, and three days take the place of its answer; it is told all the same.
2. ``email_move_answer``: a button behind one of the links. With both proofs the address changes.
3. ``email_moves_run_due``: what waited long enough is done, what nobody answered ends.
4. ``email_move_undo``: within 30 days, while the old address is free and nothing changed since.

Whose an address is already, is told to staff only: a stranger's wish ends in a mail to its owner.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.kit import clock, ratelimit
from config.kit.errors import DomainError
from config.kit.events import emit
from config.kit.notices import notice_give
from customers.events import EmailMoveMailDue
from customers.identity import email_key
from customers.limits import refuse_too_many
from customers.models import Customer, CustomerEmail, EmailMove, User
from customers.privacy.blocklist import refuse_erased
from customers.rules.email_moves import ANSWER, UNDO, WAIT
from customers.rules.emails import clean_email
from customers.selectors.email_moves import NEW, MoveLink, move_holder
from customers.services.profile import login_follow
from customers.services.refusals import refusal_of, refuse_email
from customers.services.sessions import session_end_all
from customers.services.trail import leave_trail
from customers.sessions import STOREFRONT

State = EmailMove.State
PER_ADDRESS, PER = 5, timedelta(days=1)


@transaction.atomic
def email_move_ask(
    *,
    customer: Customer,
    address: str,
    by: User | None,
    by_staff: bool = False,
    keeps_old: bool = True,
    evidence: str = "",
    request: HttpRequest,
) -> EmailMove:
    """Propose another first address. ``evidence``: how staff know the person without the old one.

    :raises DomainError: it is no address, is theirs already, another move waits, too many; for
        staff also ``email_taken`` with its holder.
    """
    held = _locked(customer.pk)
    clean = clean_email(address, field="address")
    key = email_key(clean) if clean else ""
    _refuse_address(held, clean, key, by_staff=by_staff)
    _refuse_more(held, key, request)
    waits = bool(by_staff and held.email and evidence.strip())
    now = clock.now()
    move = EmailMove.objects.create(
        customer=held,
        old_address=held.email,
        new_address=clean,
        new_key=key,
        keeps_old=keeps_old,
        evidence=evidence.strip()[:2000] if by_staff else "",
        asked_by=by,
        by_staff=by_staff,
        asked_at=now,
        expires_at=now + ANSWER,
        due_at=now + WAIT if waits else None,
    )
    _tell(move, "asked", request, by=by, after={"email": clean})
    email_move_mails_send(move=move)
    return move


def email_move_mails_send(*, move: EmailMove) -> None:
    """The links of a move that waits, once more or for the first time."""
    is_taken = move_holder(move) is not None
    _mail(move, "taken" if is_taken else "prove_new")
    if move.old_address:
        _mail(move, "tell_old" if move.due_at else "ask_old")


@transaction.atomic
def email_move_resend(*, move: EmailMove, by: User, request: HttpRequest) -> None:
    """
    :raises DomainError: it waits no more, or too many.
    """
    held = _open(move)
    _refuse_more_mails(held.new_key)
    email_move_mails_send(move=held)
    _tell(held, "sent_again", request, by=by)


@transaction.atomic
def email_move_answer(*, link: MoveLink, agrees: bool, request: HttpRequest) -> EmailMove:
    """A click behind a link of the mails. Refusing after the fact takes the move back.

    :raises DomainError: the link is dead; what the change itself is refused for.
    """
    move = _of_link(link)
    if not agrees:
        return _refuse(move, link, request)
    if move.state != State.OPEN:
        return move
    if link.side == NEW:
        move.new_proved_at = move.new_proved_at or clock.now()
        move.save(update_fields=["new_proved_at"])
    elif move.due_at is None:
        move.old_proved_at = move.old_proved_at or clock.now()
        move.save(update_fields=["old_proved_at"])
    _tell(move, f"proved_{link.side}", request)
    if move_is_ready(move):
        _do(move, request)
    return move


@transaction.atomic
def email_move_cancel(
    *, move: EmailMove, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """
    :raises DomainError: it waits no more.
    """
    held = _open(move)
    _end(held, State.CANCELLED, by)
    _tell(held, "cancelled", request, by=by)


@transaction.atomic
def email_move_undo(
    *, move: EmailMove, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Give the old address back; the new one leads nowhere any more.

    :raises DomainError: too late, changed since, or the old address is somebody else's now.
    """
    customer = _locked(move.customer_id)
    held = EmailMove.objects.select_for_update().get(pk=move.pk)
    _refuse_undo(held, customer)
    customer.set_email(held.old_address)
    customer.verified_at = held.old_verified_at
    _write(customer)
    CustomerEmail.objects.filter(customer=customer, address_key=customer.email_key).update(
        verified_at=held.old_verified_at
    )
    _end(held, State.UNDONE, by)
    _tell(
        held,
        "undone",
        request,
        by=by,
        before={"email": held.new_address},
        after={"email": held.old_address},
        kind="email_changed",
    )
    _mail(held, "undone_old")
    _mail(held, "undone_new")


def email_moves_run_due() -> int:
    """Do what has waited long enough, end what nobody answered; returns how many."""
    now = clock.now()
    ready = EmailMove.objects.filter(
        state=State.OPEN, due_at__lte=now, new_proved_at__isnull=False
    ).values_list("pk", flat=True)
    late = EmailMove.objects.filter(state=State.OPEN, expires_at__lte=now)
    return sum(map(_run_due, [*ready, *late.values_list("pk", flat=True)]))


def move_is_ready(move: EmailMove) -> bool:
    """Whether both ends have spoken, or the time of the silent one is over."""
    if move.new_proved_at is None:
        return False
    if move.due_at is not None:
        return move.due_at <= clock.now()
    return move.old_proved_at is not None or not move.old_address


@transaction.atomic
def _run_due(pk: int) -> int:
    found = EmailMove.objects.filter(pk=pk, state=State.OPEN).first()
    if found is None:
        return 0
    _locked(found.customer_id)  # the person before their move, as everywhere
    move = EmailMove.objects.select_for_update().get(pk=pk)
    if move.state != State.OPEN:
        return 0
    if move_is_ready(move):
        try:
            with transaction.atomic():
                _do(move, None)
        except DomainError:
            _end(move, State.EXPIRED, None)
            _tell(move, "failed", None)
    elif move.expires_at <= clock.now():
        _end(move, State.EXPIRED, None)
        _tell(move, "expired", None)
    return 1


def _do(move: EmailMove, request: HttpRequest | None) -> None:
    customer = _locked(move.customer_id)
    if not customer.is_live or customer.email != move.old_address:
        raise DomainError("email_move_stale", _("The record has changed since. Ask again."))
    if move_holder(move) is not None:
        raise refuse_email(move.new_key, "address", apart_from=customer)
    now = clock.now()
    move.old_verified_at = customer.verified_at
    move.save(update_fields=["old_verified_at"])
    customer.set_email(move.new_address)
    customer.verified_at = now
    _write(customer)
    CustomerEmail.objects.filter(customer=customer, is_primary=True).update(verified_at=now)
    if move.keeps_old and move.old_address:
        CustomerEmail.objects.create(
            customer=customer,
            address=move.old_address,
            address_key=email_key(move.old_address),
            verified_at=move.old_verified_at,
            source="moved",
        )
    _end(move, State.DONE, None)
    _tell(
        move,
        "done",
        request,
        by=move.asked_by,
        before={"email": move.old_address},
        after={"email": move.new_address},
        kind="email_changed",
    )
    _mail(move, "done_new")
    if move.old_address:
        _mail(move, "done_old")


def _write(customer: Customer) -> None:
    """The record, its log-in, and the end of every session that was opened with the old one."""
    customer.version += 1
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError as cause:
        raise refusal_of(cause, customer) from cause
    login_follow(customer)
    session_end_all(user=customer.user, scope=STOREFRONT)


def _refuse(move: EmailMove, link: MoveLink, request: HttpRequest) -> EmailMove:
    """“This was not me”: whoever says so at either end stops it."""
    if move.state == State.DONE and link.side != NEW and move.due_at is None:
        email_move_undo(move=move, request=request)
        return EmailMove.objects.get(pk=move.pk)
    if move.state == State.OPEN:
        _end(move, State.REFUSED, None)
        _tell(move, "refused", request)
        if move.by_staff and move.asked_by_id:
            notice_give(
                user_id=move.asked_by_id,
                key=f"email-move:{move.public_id}",
                title=_("A change of e-mail was refused by mail"),
                url=reverse("customers:panel", args=[move.customer.public_id, "email"]),
                icon="mail-x",
                tone="warning",
            )
    return move


def _refuse_address(held: Customer, clean: str, key: str, *, by_staff: bool) -> None:
    if not held.is_live:
        raise DomainError("customer_gone", _("This record is not in use."))
    if not clean:
        raise DomainError("email_empty", _("Write an e-mail address."), field="address")
    if key == held.email_key:
        raise DomainError("email_same", _("This is the address already."), field="address")
    if by_staff:
        refuse_erased(clean, source="staff")
        if CustomerEmail.objects.filter(address_key=key).exclude(customer=held).exists():
            raise refuse_email(key, "address", apart_from=held)
        if User.objects.filter(email_key=key).exclude(customer=held).exists():
            raise DomainError(
                "login_taken", _("Another log-in already uses this address."), field="address"
            )


def _refuse_more(held: Customer, key: str, request: HttpRequest) -> None:
    refuse_too_many("email-move", f"customer:{held.pk}", request)
    if EmailMove.objects.filter(customer=held, state=State.OPEN).exists():
        raise DomainError(
            "email_move_open",
            _("Another change of e-mail waits for its proof. Call it off first."),
            field="address",
        )
    _refuse_more_mails(key)


def _refuse_more_mails(key: str) -> None:
    if not ratelimit.allow("email-move-address", key, limit=PER_ADDRESS, per=PER):
        raise DomainError(
            "too_many", _("This address got enough mails for today. Try again tomorrow.")
        )


def _refuse_undo(move: EmailMove, customer: Customer) -> None:
    ended = move.ended_at
    if move.state != State.DONE or ended is None or ended + UNDO < clock.now():
        raise DomainError("email_move_over", _("This change can be undone no more."))
    if not move.old_address or customer.email_key != move.new_key or not customer.is_live:
        raise DomainError("email_move_stale", _("The e-mail was changed again since."))
    key = email_key(move.old_address)
    if CustomerEmail.objects.filter(address_key=key).exclude(customer=customer).exists():
        raise refuse_email(key, "address", apart_from=customer)


def _of_link(link: MoveLink) -> EmailMove:
    found = link.move()
    _locked(found.customer_id)
    return EmailMove.objects.select_for_update().get(pk=found.pk)


def _open(move: EmailMove) -> EmailMove:
    held = EmailMove.objects.select_for_update().get(pk=move.pk)
    if held.state != State.OPEN:
        raise DomainError("email_move_over", _("This change waits no more."))
    return held


def _locked(pk: int) -> Customer:
    return Customer.objects.select_for_update().get(pk=pk)


def _end(move: EmailMove, state: EmailMove.State, by: User | None) -> None:
    move.state, move.ended_at, move.ended_by = state, clock.now(), by
    move.save(update_fields=["state", "ended_at", "ended_by"])


def _mail(move: EmailMove, kind: str) -> None:
    emit(EmailMoveMailDue(customer_id=move.customer_id, move_id=move.pk, kind=kind))


def _tell(
    move: EmailMove,
    verb: str,
    request: HttpRequest | None,
    *,
    by: User | None = None,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
    kind: str = "email_move",
) -> None:
    leave_trail(
        move.customer,
        f"email_move_{verb}",
        by=by,
        request=request,
        before=before,
        after=after,
        data={"move": str(move.public_id)},
        kind=kind,
        activity={"step": verb},
    )
