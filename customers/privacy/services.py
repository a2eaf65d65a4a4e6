"""Blocking, holding, erasing. What an erasure does is the same whether it is only counted or done.

1. ``erasure_schedule`` blocks the record at once and sets the day; until then it can be called off.
2. ``erasures_run_due`` (beat) or "at once" runs it: the record and all that were merged into it are
   locked, the lower id first; a legal hold or a mail in flight stops it.
3. Each app's tables are deleted, blanked or kept as ``customers.privacy`` says; the ledgers lose
   what is personal by one database function; the trail loses its values, and its chain holds.
4. Texts and files that name the person go (``sweeping``). Digests of their addresses stay, so that
   no import brings them back.
5. The report counts rows and names nobody; the certificate is made from it.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from config.kit.events import emit
from customers.events import CustomerErased
from customers.models import (
    Customer,
    CustomerEmail,
    CustomerPhone,
    Erasure,
    ImportBatch,
    LegalHold,
    PrivacyRequest,
    PrivacyStep,
    Suppression,
    User,
)
from customers.privacy.blocklist import blocklist_add, digest
from customers.privacy.registry import personal_tables, privacy
from customers.privacy.sweeping import Words, files_sweep, texts_sweep
from customers.selectors.merges import family_ids
from customers.services.identities import lock_identities
from customers.services.sessions import session_end_all
from customers.services.trail import leave_trail

WINDOW: Final = timedelta(days=10)
SHORTEST_WORD: Final = 5


def erasure_blockers(customer: Customer) -> list[str]:
    """All that forbids it now, each as a sentence."""
    return [text for part in privacy.values() for text in part.blockers(customer)]


@transaction.atomic
def erasure_schedule(
    *,
    customer: Customer,
    ground: str,
    window: timedelta = WINDOW,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> Erasure:
    """Set the day of an erasure and block the record until then.

    :raises DomainError: ``erasure_blocked`` with all ``blockers``, or one is scheduled already.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    _refuse(held)
    if Erasure.objects.filter(customer=held, state=Erasure.State.SCHEDULED).exists():
        raise DomainError("erasure_is_scheduled", _("This record is to be erased already."))
    erasure = Erasure.objects.create(
        customer=held, ground=ground, due_at=clock.now() + window, requested_by=by
    )
    _set_block(held, is_on=True)
    session_end_all(user=held.user if held.user is None or not held.user.is_staff else None)
    _tell(held, "erasure_scheduled", by, request, {"erasure": str(erasure.public_id)})
    return erasure


def _refuse(customer: Customer) -> None:
    found = erasure_blockers(customer)
    if customer.erased_at is not None or customer.merged_into_id is not None:
        found = [_("There is no such record any more.")]
    if found:
        raise DomainError("erasure_blocked", " ".join(found), data={"blockers": found})


@transaction.atomic
def erasure_cancel(
    *, erasure: Erasure, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Call it off; the record is used again as before.

    :raises DomainError: it was done, or called off before.
    """
    customer = Customer.objects.select_for_update().get(pk=erasure.customer_id)
    changed = Erasure.objects.filter(pk=erasure.pk, state=Erasure.State.SCHEDULED).update(
        state=Erasure.State.CANCELLED, cancelled_at=clock.now(), cancelled_by=by
    )
    if not changed:
        raise DomainError("erasure_is_over", _("It was done or called off already."))
    _set_block(customer, is_on=False)
    _tell(customer, "erasure_cancelled", by, request, {"erasure": str(erasure.public_id)})


@transaction.atomic
def hold_place(
    *, customer: Customer, reason: str, by: User | None = None, request: HttpRequest | None = None
) -> LegalHold:
    """Forbid the erasure of a record.

    :raises DomainError: no reason, or there is one already.
    """
    if not reason.strip():
        raise DomainError("reason_missing", _("Say what the hold is for."), field="reason")
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if LegalHold.objects.filter(customer=held, lifted_at=None).exists():
        raise DomainError("hold_stands", _("There is a legal hold already."), field="reason")
    hold = LegalHold.objects.create(customer=held, reason=reason.strip()[:300], placed_by=by)
    _tell(held, "hold_placed", by, request, {})
    return hold


@transaction.atomic
def hold_lift(
    *, hold: LegalHold, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Allow the erasure again."""
    if LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(
        lifted_at=clock.now(), lifted_by=by
    ):
        _tell(hold.customer, "hold_lifted", by, request, {})


@transaction.atomic
def customer_block(
    *, customer: Customer, is_on: bool, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Keep the data and use it for nothing (or use it again): no mail leaves, of whatever kind."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if (held.blocked_at is not None) == is_on:
        return
    _set_block(held, is_on=is_on)
    _tell(held, "blocked" if is_on else "unblocked", by, request, {})


def _set_block(customer: Customer, *, is_on: bool) -> None:
    Customer.objects.filter(pk=customer.pk).update(
        blocked_at=clock.now() if is_on else None, version=F("version") + 1
    )


def _tell(
    customer: Customer,
    verb: str,
    by: User | None,
    request: HttpRequest | None,
    data: dict[str, Any],
) -> None:
    leave_trail(customer, verb, by=by, request=request, data=data, kind=verb, activity={})


# The erasure itself


def erasure_count(customer: Customer) -> dict[str, int]:
    """How many rows of each table are the person's: what an erasure would touch."""
    values = data_parameters(customer)
    counts = {}
    with connection.cursor() as cursor:
        for one in personal_tables():
            cursor.execute(f"SELECT count(*) FROM {one.table} WHERE {one.where}", values)  # noqa: S608
            row = cursor.fetchone()
            counts[one.table] = int(row[0]) if row else 0
    return {table: n for table, n in counts.items() if n}


def data_parameters(customer: Customer) -> dict[str, Any]:
    """What the SQL of ``PersonalTable`` is asked with."""
    people = family_ids(customer)
    users = Customer.objects.filter(pk__in=people, user__isnull=False)
    addresses = CustomerEmail.objects.filter(customer__in=people)
    own = Customer.objects.filter(pk__in=people).exclude(email_key="")
    return {
        "people": people,
        "users": list(users.values_list("user_id", flat=True)),
        "addresses": sorted(
            {
                *addresses.values_list("address_key", flat=True),
                *own.values_list("email_key", flat=True),
            }
        ),
    }


@transaction.atomic
def erasure_run(
    *, erasure: Erasure, by: User | None = None, request: HttpRequest | None = None
) -> Erasure:
    """Erase the person now.

    :raises DomainError: ``erasure_blocked``, or it was done or called off.
    """
    lock_identities()
    customer = Customer.objects.select_for_update().get(pk=erasure.customer_id)
    values = data_parameters(customer)
    list(Customer.objects.select_for_update().filter(pk__in=values["people"]).order_by("pk"))
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.state != Erasure.State.SCHEDULED:
        raise DomainError("erasure_is_over", _("It was done or called off already."))
    _refuse(customer)
    words = _words(values)
    report = erasure_count(customer)
    batches = list(ImportBatch.objects.filter(changes__customer__in=values["people"]).distinct())
    erasure.proof = digest("email", customer.email_key) if customer.email_key else ""
    _close_requests(values["people"])
    _remember(values)
    _erase(values)
    _forget_trail(values)
    report |= texts_sweep(words)
    report["files"] = files_sweep(words, batches)
    erasure.state, erasure.erased_at, erasure.report = Erasure.State.DONE, clock.now(), report
    erasure.save(update_fields=["state", "erased_at", "report", "proof"])
    audit.record(
        "customers.customer.erased",
        actor=by,
        subject=customer,
        data={"erasure": str(erasure.public_id), "rows": sum(report.values())},
        request=request,
    )
    emit(CustomerErased(customer_id=customer.pk))
    return erasure


def _words(values: dict[str, Any]) -> Words:
    people = Customer.objects.filter(pk__in=values["people"])
    found: set[str] = set(values["addresses"])
    found |= set(CustomerPhone.objects.filter(customer__in=people).values_list("number", flat=True))
    for one in people:
        names = (one.full_name, f"{one.first_name} {one.last_name}".strip())
        found |= {one.email, one.phone, one.id_number, str(one.public_id)}
        found |= {name for name in names if " " in name}
    return Words(words=tuple(sorted(word for word in found if len(word) >= SHORTEST_WORD)))


def _close_requests(people: list[int]) -> None:
    """What asked for the erasure is granted with it."""
    rows = PrivacyRequest.objects.filter(
        customer__in=people, right=PrivacyRequest.Right.ERASURE, state__in=PrivacyRequest.PENDING
    )
    for one in rows.select_for_update(of=("self",)):
        one.state, one.closed_at = PrivacyRequest.State.GRANTED, clock.now()
        one.save(update_fields=["state", "closed_at"])
        PrivacyStep.objects.create(request=one, verb="erased")


def _remember(values: dict[str, Any]) -> None:
    """Digests of the addresses; a block on one of them becomes such a digest too."""
    blocklist_add("email", values["addresses"])
    blocked = Suppression.objects.filter(address_key__in=values["addresses"])
    for one in blocked:
        audit.values_erase(subject=one)
    blocked.delete()


def _erase(values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_ledger_redact(%(people)s)", values)
        for one in personal_tables():
            if one.erasing == "delete":
                cursor.execute(f"DELETE FROM {one.table} WHERE {one.where}", values)  # noqa: S608
            elif one.erasing == "blank":
                changes = ", ".join(f"{name} = {to}" for name, to in one.blank.items())
                cursor.execute(f"UPDATE {one.table} SET {changes} WHERE {one.where}", values)  # noqa: S608
    for user in User.objects.filter(pk__in=values["users"], is_staff=False):
        audit.values_erase(subject=user)
        user.delete()


def _forget_trail(values: dict[str, Any]) -> None:
    for customer in Customer.objects.filter(pk__in=values["people"]):
        audit.values_erase(subject=customer)


def erasures_run_due() -> int:
    """Those whose day has come; one that is forbidden waits, and says so on its page."""
    due = Erasure.objects.filter(state=Erasure.State.SCHEDULED, due_at__lte=clock.now())
    return sum(_run_one(erasure) for erasure in due.order_by("due_at")[:100])


def _run_one(erasure: Erasure) -> bool:
    try:
        erasure_run(erasure=erasure)
    except DomainError:
        return False
    return True


def kept_reasons(tables: Iterable[str]) -> dict[str, str]:
    """What stays of these tables, and why, in words."""
    known = {one.table: one for one in personal_tables()}
    return {
        str(known[name].label): str(known[name].why)
        for name in tables
        if name in known and known[name].why
    }
