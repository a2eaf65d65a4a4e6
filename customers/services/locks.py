"""Locks on contact data: an edit by staff sets them, orders respect them, staff take them off."""

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.models import Customer, FieldLock, RecordRules, User
from customers.rules.contact import BLOCK, CONTACT, contact_fields, touches_block
from customers.selectors.locks import record_rules
from customers.services.trail import leave_trail


def lock_after_edit(
    *, customer: Customer, changed: Iterable[str], by: User | None, request: HttpRequest | None
) -> None:
    """Lock what staff changed by hand: the whole block, or in the mode by field only that."""
    names = list(changed)
    if by is None or not by.is_staff or not _is_by_hand(request) or not touches_block(names):
        return
    fields = (
        [BLOCK] if record_rules().lock_mode == RecordRules.LockMode.BLOCK else contact_fields(names)
    )
    _lock(customer, fields, by)


def _is_by_hand(request: HttpRequest | None) -> bool:
    """Whoever is staff and edits their own data on the storefront does it as a customer."""
    return request is None or request.path.startswith("/backoffice/")


def _lock(customer: Customer, fields: Iterable[str], by: User | None) -> bool:
    held = set(FieldLock.objects.filter(customer=customer).values_list("field", flat=True))
    made = [
        FieldLock(customer=customer, field=name, locked_by=by)
        for name in fields
        if name not in held and BLOCK not in held
    ]
    FieldLock.objects.bulk_create(made, ignore_conflicts=True)
    return bool(made)


@transaction.atomic
def record_lock(
    *,
    customer: Customer,
    field: str = BLOCK,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Keep orders from changing a field, or all contact data; False when they are kept already.

    :raises DomainError: there is no such field.
    """
    _refuse_unknown(field)
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if not _lock(held, [field], by):
        return False
    leave_trail(held, "locked", by=by, request=request, data={"field": field})
    return True


@transaction.atomic
def record_unlock(
    *,
    customer: Customer,
    field: str = BLOCK,
    by: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Let orders change a field again, or with ``block`` everything; False when they may already.

    Of a record that is locked as a whole, the other fields stay locked.

    :raises DomainError: there is no such field.
    """
    _refuse_unknown(field)
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    locks = FieldLock.objects.filter(customer=held)
    known = set(locks.values_list("field", flat=True))
    if not known or (field != BLOCK and known.isdisjoint({field, BLOCK})):
        return False
    if field != BLOCK and BLOCK in known:
        others = [name for name in CONTACT if name != field]
        locks.delete()
        _lock(held, others, by)
    elif field == BLOCK:
        locks.delete()
    else:
        locks.filter(field=field).delete()
    leave_trail(held, "unlocked", by=by, request=request, data={"field": field})
    return True


def _refuse_unknown(field: str) -> None:
    if field != BLOCK and field not in CONTACT:
        raise DomainError("field_unknown", _("There is no such contact data."), field="field")
