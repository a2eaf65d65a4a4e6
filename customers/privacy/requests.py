"""The desk of privacy requests: what people ask by law, answered in time.

1. ``request_receive``: from the person's account (their log-in proves who they are) or written down
   by staff. The law of the country on that day gives the last day; the person gets a receipt.
2. Staff prove who it is, take it on, note, wait for the person, put it off once where the law lets
   them (with a reason that the person is told).
3. The work itself is what the product has: the copy of the data, an edit, an erasure, a block.
4. ``request_answer`` closes it with the words that the person gets, in their language.
5. ``requests_watch`` (hourly, ``request_calls``) tells who is responsible before the day and after.
"""

from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.events import emit
from config.kit.pages import formats
from customers.events import PrivacyMailDue
from customers.identity import email_key
from customers.models import Customer, PrivacyRequest, PrivacyStep, User
from customers.privacy.exporting import personal_export
from customers.privacy.request_calls import MAY_ANSWER, request_call, request_notice
from customers.rules.emails import clean_email
from customers.rules.privacy_laws import due_on, extended_until, law_key
from customers.selectors.requests import customer_with_address
from customers.services.activity import activity_record
from customers.services.sessions import request_marks

State, Identity, Channel = PrivacyRequest.State, PrivacyRequest.Identity, PrivacyRequest.Channel
OLDEST: Final = timedelta(days=366)
OUTCOMES: Final = (State.GRANTED, State.REFUSED)


@transaction.atomic
def request_receive(
    *,
    right: str,
    channel: str,
    customer: Customer | None = None,
    name: str = "",
    email: str = "",
    country: str = "",
    language: str = "",
    details: str = "",
    received_on: date | None = None,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> PrivacyRequest:
    """Open a request; its record is the one that the e-mail leads to, where none is named.

    :raises DomainError: nobody to answer to, a day that cannot be, the same right asked twice from
        one account.
    """
    day = received_on or clock.today()
    _refuse_day(day)
    address = clean_email(email)
    found = customer or customer_with_address(address)
    if found is None and not (name.strip() or address):
        raise DomainError("nobody", _("Write the person's name or e-mail."), field="name")
    if found is not None:
        found = Customer.objects.select_for_update().get(pk=found.pk)
        _refuse_double(found, right, channel)
    where = country or (found.country if found else "") or settings.SITE_COUNTRY
    law = law_key(where, day)
    made = PrivacyRequest.objects.create(
        customer=found,
        name=name.strip() or (str(found) if found else ""),
        email=address or (found.email if found else ""),
        email_key=email_key(address) if address else found.email_key if found else "",
        language=language or (found.language if found else "") or settings.SITE_LANGUAGE,
        right=right,
        channel=channel,
        country=where,
        law=law,
        details=details.strip(),
        received_on=day,
        due_on=due_on(law, right, where, day),
        identity=Identity.PROVED if channel == Channel.ACCOUNT else Identity.PENDING,
    )
    _tell(made, "received", by=by, request=request, data={"right": right, "channel": channel})
    _mail(made, "received")
    if by is None or not by.is_staff:
        request_call(made, "new", lambda: _("A new privacy request"))
    return made


@transaction.atomic
def request_link(
    *, row: PrivacyRequest, customer: Customer, by: User, request: HttpRequest | None = None
) -> None:
    """Say whose record it is about. The last day stays that of the law it came in under.

    :raises DomainError: it is closed.
    """
    held = _pending(row)
    held.customer = customer
    held.save(update_fields=["customer"])
    _tell(held, "linked", by=by, request=request)


@transaction.atomic
def request_identify(
    *,
    row: PrivacyRequest,
    is_proved: bool,
    note: str,
    by: User,
    request: HttpRequest | None = None,
) -> None:
    """Say whether the person is who they say, and how that is known.

    :raises DomainError: no reason, or it is closed.
    """
    held = _pending(row)
    _refuse_empty(note, "note", _("Say how you know."))
    held.identity = Identity.PROVED if is_proved else Identity.FAILED
    held.identity_note = note.strip()[:300]
    held.save(update_fields=["identity", "identity_note"])
    verb = "identified" if is_proved else "not_identified"
    _tell(held, verb, by=by, request=request, text=held.identity_note)


@transaction.atomic
def request_assign(
    *,
    row: PrivacyRequest,
    assignee: User | None,
    by: User,
    request: HttpRequest | None = None,
) -> None:
    """Give it to somebody who may answer it; None: to nobody.

    :raises DomainError: they may not, or it is closed.
    """
    held = _pending(row)
    if assignee is not None and not assignee.has_perm(f"customers.{MAY_ANSWER}"):
        text = _("%(name)s may not answer requests.") % {"name": assignee}
        raise DomainError("assignee_may_not", text, field="assignee")
    held.assignee = assignee
    held.save(update_fields=["assignee"])
    _tell(held, "assigned", by=by, request=request, text=str(assignee or ""))
    if assignee is not None and assignee.pk != by.pk:
        request_notice(assignee, held, "assigned", lambda: _("A privacy request is yours now"))


@transaction.atomic
def request_note(
    *, row: PrivacyRequest, text: str, by: User, request: HttpRequest | None = None
) -> None:
    """
    :raises DomainError: it says nothing.
    """
    _refuse_empty(text, "text", _("Write the note."))
    _tell(row, "noted", by=by, request=request, text=text.strip())


@transaction.atomic
def request_wait(
    *,
    row: PrivacyRequest,
    is_waiting: bool,
    text: str = "",
    by: User,
    request: HttpRequest | None = None,
) -> None:
    """Mark that the person has to say or show something first; the last day does not move.

    :raises DomainError: it is closed.
    """
    held = _pending(row)
    held.state = State.WAITING if is_waiting else State.OPEN
    held.save(update_fields=["state"])
    verb = "waiting" if is_waiting else "resumed"
    _tell(held, verb, by=by, request=request, text=text.strip())


@transaction.atomic
def request_extend(
    *, row: PrivacyRequest, reason: str, by: User, request: HttpRequest | None = None
) -> None:
    """Put the answer off as far as the law allows, once, before the last day is over.

    :raises DomainError: no reason, the law allows none, it was done, too late, closed.
    """
    held = _pending(row)
    until = extension_of(held)
    if until is None:
        raise DomainError("no_extension", _("This request cannot be put off any further."))
    if held.due_on < clock.today():
        raise DomainError("too_late", _("Its last day is over: it can be put off no more."))
    _refuse_empty(reason, "reason", _("Say why: the person is told."))
    held.due_on, held.extended_at = until, clock.now()
    held.extension_reason = reason.strip()
    held.save(update_fields=["due_on", "extended_at", "extension_reason"])
    _tell(held, "extended", by=by, request=request, text=held.extension_reason)
    _mail(held, "extended")


def extension_of(row: PrivacyRequest) -> date | None:
    """Until when it could still be put off; None: no more, or never."""
    if row.extended_at is not None or not row.is_pending:
        return None
    return extended_until(row.law, row.right, row.country, row.received_on)


@transaction.atomic
def request_copy(*, row: PrivacyRequest, by: User, request: HttpRequest | None = None) -> None:
    """Make the file with all that is held of the person.

    :raises DomainError: nobody's record, not proved who it is, closed.
    """
    held = _pending(row)
    _refuse_unproved(held)
    if held.customer is None or held.customer.erased_at is not None:
        raise DomainError("no_record", _("No record belongs to this request."))
    held.copy = personal_export(customer=held.customer, by=by, request=request)
    held.save(update_fields=["copy"])
    _tell(held, "copied", by=by, request=request)


@transaction.atomic
def request_answer(
    *,
    row: PrivacyRequest,
    outcome: str,
    text: str,
    is_mailed: bool,
    by: User,
    request: HttpRequest | None = None,
) -> None:
    """Close it as granted or refused, with the words for the person.

    :raises DomainError: no words, granted to somebody who is not proved, no address to mail to.
    """
    held = _pending(row)
    _refuse_empty(text, "text", _("Write the answer."))
    if outcome not in OUTCOMES:
        raise DomainError("outcome_unknown", _("Choose what you answer."), field="outcome")
    if outcome == State.GRANTED:
        _refuse_unproved(held)
    if is_mailed and not address_of(held):
        raise DomainError("no_address", _("There is no e-mail to send it to."), field="is_mailed")
    held.state, held.closed_at = State(outcome), clock.now()
    held.answer, held.answer_is_mailed = text.strip(), is_mailed
    held.save(update_fields=["state", "closed_at", "answer", "answer_is_mailed"])
    _tell(held, str(outcome), by=by, request=request, data={"mailed": is_mailed})
    if is_mailed:
        _mail(held, "answered")


@transaction.atomic
def request_withdraw(
    *, row: PrivacyRequest, text: str = "", by: User, request: HttpRequest | None = None
) -> None:
    """The person wants it no more.

    :raises DomainError: it is closed.
    """
    held = _pending(row)
    held.state, held.closed_at = State.WITHDRAWN, clock.now()
    held.save(update_fields=["state", "closed_at"])
    _tell(held, "withdrawn", by=by, request=request, text=text.strip())


@transaction.atomic
def request_reopen(
    *, row: PrivacyRequest, text: str, by: User, request: HttpRequest | None = None
) -> None:
    """Take it up again; its last day stays.

    :raises DomainError: no reason, or it is open.
    """
    held = PrivacyRequest.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.is_pending:
        raise DomainError("request_is_open", _("This request is open."))
    _refuse_empty(text, "text", _("Say why."))
    held.state, held.closed_at = State.OPEN, None
    held.save(update_fields=["state", "closed_at"])
    _tell(held, "reopened", by=by, request=request, text=text.strip())


def address_of(row: PrivacyRequest) -> str:
    """Where answers go: what the person wrote, else the record's address."""
    return row.email or (row.customer.email if row.customer else "")


def _refuse_day(day: date) -> None:
    if day > clock.today():
        raise DomainError("day_ahead", _("That day is still to come."), field="received_on")
    if day < clock.today() - OLDEST:
        raise DomainError("day_old", _("That day is over a year ago."), field="received_on")


def _refuse_double(customer: Customer, right: str, channel: str) -> None:
    if customer.erased_at is not None or customer.merged_into_id is not None:
        raise DomainError("customer_gone", _("There is no such record any more."))
    if channel != Channel.ACCOUNT:
        return
    rows = PrivacyRequest.objects.filter(customer=customer, right=right)
    open_one = rows.filter(state__in=PrivacyRequest.PENDING).first()
    if open_one is not None:
        text = _("You asked for this on %(day)s; the answer comes by %(due)s.")
        days = {"day": formats.day(open_one.received_on), "due": formats.day(open_one.due_on)}
        raise DomainError("asked_already", text % days, field="right")


def _refuse_unproved(row: PrivacyRequest) -> None:
    if row.identity != Identity.PROVED:
        raise DomainError(
            "identity_unproved", _("First say how you know who it is: nobody else may get this.")
        )


def _refuse_empty(text: str, field: str, message: str) -> None:
    if not text.strip():
        raise DomainError(f"{field}_empty", message, field=field)


def _pending(row: PrivacyRequest) -> PrivacyRequest:
    held = (
        PrivacyRequest.objects.select_related("customer")
        .select_for_update(of=("self",))
        .get(pk=row.pk)
    )
    if not held.is_pending:
        raise DomainError("request_is_closed", _("This request is closed. Open it again first."))
    return held


def _mail(row: PrivacyRequest, kind: str) -> None:
    if address_of(row):
        emit(PrivacyMailDue(request_id=row.pk, kind=kind))


def _tell(
    row: PrivacyRequest,
    verb: str,
    *,
    by: User | None,
    request: HttpRequest | None,
    text: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """The step, the audit entry and, of a known person, a row of their timeline."""
    PrivacyStep.objects.create(request=row, by=by, verb=verb, text=text)
    audit.record(
        f"customers.privacy_request.{verb}",
        actor=by,
        subject=row,
        data={"request": str(row.public_id), **(data or {})},
        request=request,
    )
    if row.customer_id is not None and verb != "noted":
        activity_record(
            customer_id=row.customer_id,
            kind="privacy_request",
            actor_id=by.pk if by is not None and by.is_staff else None,
            origin="backoffice" if by is not None and by.is_staff else "storefront",
            object_kind="privacy_request",
            object_id=row.pk,
            data={"verb": verb, "right": row.right},
            **(request_marks(request) if request else {}),
        )
