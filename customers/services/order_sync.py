"""What an order says about its buyer, brought to the record that its e-mail leads to.

1. The normalised e-mail is the identity: of aliases too, and of records that were merged. Nobody
   has it: a new record. The same reference again changes nothing.
2. Values that say the same (whatever case and accents) are left alone, empty ones say nothing.
3. An unlocked field takes the newest order's value; an earlier main address stays in the list.
4. A locked field stays, and so does everything when the buyer only typed the e-mail of a person who
   has an account or a verified address: what differs waits for staff. A later order's words take
   the place of an earlier one's; what staff ignored once is not asked again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from customers.identity import email_key, fold
from customers.models import Address, Customer, CustomerEmail, OrderSync, User
from customers.rules.contact import CONTACT
from customers.rules.emails import clean_email
from customers.rules.profile import customer_normalise
from customers.rules.statuses import EFFECTS, Purchase
from customers.rules.texts import clean_text
from customers.selectors.custom_fields import reading_context
from customers.selectors.locks import ADDRESS_PARTS, contact_values, locks_of
from customers.services.contact_points import address_clean, address_save
from customers.services.profile import customer_create, customer_update
from customers.services.status import customer_restore
from customers.services.trail import leave_trail

SOURCE: Final = "order"
REFERENCE_LIMIT: Final = 60
State, Strength = OrderSync.State, OrderSync.Strength
Values = dict[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class OrderContact:
    """What stands on an order, as it was typed. ``address`` has the parts of a postal address."""

    first_name: str = ""
    last_name: str = ""
    second_last_name: str = ""
    phone: str = ""
    id_type: str = ""
    id_number: str = ""
    city: str = ""
    country: str = ""
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class OrderSynced:
    """``unreadable``: fields of the order that are no phone, no country …, with the reason."""

    customer: Customer
    is_new: bool
    applied: tuple[str, ...]
    proposed: tuple[str, ...]
    unreadable: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def customer_sync_order(
    *,
    reference: str,
    email: str,
    contact: OrderContact,
    ordered_at: datetime | None = None,
    strength: str = Strength.UNVERIFIED_EMAIL,
    request: HttpRequest | None = None,
) -> OrderSynced:
    """Bring an order's contact data to its person; once for each ``reference``.

    ``strength`` says how sure it is that the buyer is that person.

    :raises DomainError: no reference, or no e-mail address.
    """
    reference = clean_text(reference, limit=REFERENCE_LIMIT, field="reference")
    address = clean_email(email)
    if not reference or not address:
        raise DomainError("order_nameless", _("An order needs a number and an e-mail."))
    known = _known(reference)
    if known is not None:
        return known
    clean, unreadable = _readable(contact)
    customer, is_new = _person_of(address, clean, request)
    sync = OrderSync(
        reference=reference,
        customer=customer,
        strength=strength,
        ordered_at=ordered_at or clock.now(),
        state=State.DONE,
    )
    try:
        with transaction.atomic():
            sync.save()
    except IntegrityError:
        again = _known(reference)
        if again is None:
            raise
        return again
    if _may_change(customer, sync):
        _bring(sync, clean, request)
    return OrderSynced(
        customer=Customer.objects.get(pk=customer.pk),
        is_new=is_new,
        applied=tuple(sync.applied),
        proposed=tuple(sync.proposed),
        unreadable=unreadable,
    )


def _known(reference: str) -> OrderSynced | None:
    sync = OrderSync.objects.select_related("customer").filter(reference=reference).first()
    if sync is None:
        return None
    return OrderSynced(
        customer=sync.customer,
        is_new=False,
        applied=tuple(sync.applied),
        proposed=tuple(sync.proposed) if sync.state == State.OPEN else (),
    )


def _readable(contact: OrderContact) -> tuple[Values, dict[str, str]]:
    """Clean values by field; what cannot be read is told and left out, the rest goes on."""
    told = {name: value for name, value in asdict(contact).items() if name != "address" and value}
    clean, errors = customer_normalise(told, reading_context(fields=()))
    values: Values = {}
    for name, columns in CONTACT.items():
        parts = {column: clean[column] for column in columns if column in clean}
        if parts.get(name):
            values[name] = parts
    unreadable = {name: refusal.message for name, refusal in errors.items()}
    try:
        parts = address_clean(contact.address) if contact.address else {}
    except DomainError as refusal:
        unreadable["address"] = refusal.message
    else:
        if parts.get("line1"):
            values["address"] = parts
    return values, unreadable


def _person_of(address: str, clean: Values, request: HttpRequest | None) -> tuple[Customer, bool]:
    """The record that the e-mail leads to, locked; a new one when it leads nowhere."""
    held = _holder(address)
    if held is not None:
        return held, False
    try:
        with transaction.atomic():
            return _make(address, clean, request), True
    except DomainError as refusal:
        held = _holder(address)
        if held is None or refusal.code == "email_erased":
            raise
        return held, False


def _holder(address: str) -> Customer | None:
    rows = CustomerEmail.objects.filter(address_key=email_key(address))
    found = rows.values_list("customer_id", flat=True).first()
    while found is not None:
        held = Customer.objects.select_for_update().get(pk=found)
        if held.merged_into_id is None:
            return held
        found = held.merged_into_id
    return None


def _make(address: str, clean: Values, request: HttpRequest | None) -> Customer:
    profile = {column: value for parts in clean.values() for column, value in parts.items()}
    made = customer_create(
        profile={**{k: v for k, v in profile.items() if k not in ADDRESS_ONLY}, "email": address},
        source=SOURCE,
        request=request,
    )
    return Customer.objects.select_for_update().get(pk=made.pk)


# Columns of a postal address that the record has not, or has for itself.
ADDRESS_ONLY: Final = frozenset(ADDRESS_PARTS) - {"city", "country"}


def _may_change(customer: Customer, sync: OrderSync) -> bool:
    """Not of blocked data, nor of who may not buy; nor by an order older than the last one."""
    purchase = EFFECTS[customer.state].purchase
    if customer.blocked_at is not None or purchase == Purchase.REFUSED:
        return False
    newer = OrderSync.objects.filter(customer=customer, ordered_at__gt=sync.ordered_at)
    if newer.exists():
        return False
    if purchase == Purchase.RESTORES:
        customer_restore(customer=customer)
    return True


def _bring(sync: OrderSync, clean: Values, request: HttpRequest | None) -> None:
    customer = Customer.objects.get(pk=sync.customer_id)
    values = contact_values(customer)
    different = {name: to for name, to in clean.items() if not _says_the_same(values[name], to)}
    locks = locks_of(customer)
    is_stranger = sync.strength == Strength.UNVERIFIED_EMAIL and (
        customer.user_id is not None or customer.verified_at is not None
    )
    free = {} if is_stranger else {k: v for k, v in different.items() if locks.of(k) is None}
    contact_write(customer, free, reference=sync.reference, by=None, request=request)
    earlier = OrderSync.objects.filter(customer=customer, state=State.OPEN).exclude(pk=sync.pk)
    earlier.update(state=State.SUPERSEDED, decided_at=clock.now())
    refused = {k: v for k, v in different.items() if k not in free}
    sync.applied = sorted(free)
    sync.proposed = {k: v for k, v in refused.items() if not _was_ignored(customer, k, v)}
    sync.state = State.OPEN if sync.proposed else State.DONE
    sync.save(update_fields=["applied", "proposed", "state"])
    if sync.proposed:
        _tell(sync, "order_differs", by=None, request=request)


def _says_the_same(held: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    return all(fold(str(held.get(name) or "")) == fold(str(to)) for name, to in told.items() if to)


def _was_ignored(customer: Customer, name: str, value: Mapping[str, Any]) -> bool:
    judged = OrderSync.objects.filter(
        customer=customer, state=State.IGNORED, proposed__has_key=name
    )
    told = judged.values_list("proposed", flat=True)
    return any(_says_the_same(one[name], value) for one in told)


def contact_write(
    customer: Customer,
    values: Values,
    *,
    reference: str,
    by: User | None,
    request: HttpRequest | None,
) -> None:
    """Take over an order's values; the main address that was there stays among the others."""
    profile = {
        column: value
        for name, parts in values.items()
        if name != "address"
        for column, value in parts.items()
    }
    if profile:
        customer = customer_update(
            customer=customer,
            version=customer.version,
            profile=profile,
            by=by,
            source=SOURCE,
            request=request,
            order=reference,
        )
    if "address" in values:
        address_save(
            customer=customer,
            values=values["address"],
            address=_same_address(customer, values["address"]),
            is_main=True,
            by=by,
            request=request,
            order=reference,
        )


def _same_address(customer: Customer, values: Mapping[str, Any]) -> Address | None:
    """One that the person has already: it becomes the main one again."""
    rows = Address.objects.filter(customer=customer).order_by("pk")
    return next((one for one in rows if _says_the_same(_parts(one), values)), None)


def _parts(address: Address) -> dict[str, str]:
    return {name: getattr(address, name) for name in ADDRESS_PARTS}


def _tell(sync: OrderSync, verb: str, *, by: User | None, request: HttpRequest | None) -> None:
    fields = sorted(sync.proposed)
    leave_trail(
        sync.customer,
        verb,
        by=by,
        request=request,
        data={"order": sync.reference, "fields": fields},
        kind=verb,
        activity={"order": sync.reference, "fields": fields},
        thing=("order_sync", sync.pk),
        origin="" if by else SOURCE,
    )


# What staff decide


@transaction.atomic
def order_sync_apply(
    *, sync: OrderSync, version: int, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Take over what an order said, this once; locks stay.

    :raises DomainError: it was judged already, or ``version_conflict``.
    """
    customer = Customer.objects.select_for_update().get(pk=sync.customer_id)
    held = _open(sync)
    if customer.version != version:
        raise DomainError(
            "version_conflict", _("Somebody changed this record meanwhile. Look again.")
        )
    contact_write(customer, held.proposed, reference=held.reference, by=by, request=request)
    held.applied = sorted({*held.applied, *held.proposed})
    _decide(held, State.APPLIED, by)
    _tell(held, "order_applied", by=by, request=request)


@transaction.atomic
def order_sync_ignore(
    *, sync: OrderSync, by: User | None = None, request: HttpRequest | None = None
) -> None:
    """Leave the record as it is; the same values are not asked about again.

    :raises DomainError: it was judged already.
    """
    Customer.objects.select_for_update().get(pk=sync.customer_id)
    held = _open(sync)
    _decide(held, State.IGNORED, by)
    _tell(held, "order_ignored", by=by, request=request)


def _open(sync: OrderSync) -> OrderSync:
    held = OrderSync.objects.select_related("customer").get(pk=sync.pk)
    if held.state != State.OPEN:
        raise DomainError("order_is_judged", _("Somebody has decided about this order already."))
    return held


def _decide(held: OrderSync, state: str, by: User | None) -> None:
    held.state, held.decided_at, held.decided_by = state, clock.now(), by
    held.save(update_fields=["state", "decided_at", "decided_by", "applied"])
