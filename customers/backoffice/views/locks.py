"""Locks on contact data, what orders would change, and how records behave."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import toast
from customers.access import customer_of, order_sync_of
from customers.rules.contact import BLOCK, CONTACT
from customers.services.locks import record_lock, record_unlock
from customers.services.order_sync import order_sync_apply, order_sync_ignore

CHANGE = "customers.change_customer"


@backoffice(CHANGE)
@require_POST
def contact_lock(
    request: StaffRequest, public_id: UUID, state: str, field: str = BLOCK
) -> HttpResponse:
    """``state``: ``lock`` or ``unlock``."""
    if field not in {BLOCK, *CONTACT} or state not in {"lock", "unlock"}:
        raise Http404
    customer = customer_of(public_id)
    act = record_lock if state == "lock" else record_unlock
    act(customer=customer, field=field, by=request.user, request=request)
    toast(
        request,
        _("Orders no longer change this.")
        if state == "lock"
        else _("Orders may change this again."),
    )
    return redirect("customers:panel", customer.public_id, "details")


@backoffice(CHANGE)
@require_POST
def order_judge(request: StaffRequest, public_id: UUID, pk: int, verdict: str) -> HttpResponse:
    """Apply or ignore what an order says."""
    customer = customer_of(public_id)
    sync = order_sync_of(customer, pk)
    try:
        if verdict == "apply":
            version = whole(request.POST.get("version", ""))
            order_sync_apply(sync=sync, version=version, by=request.user, request=request)
            toast(request, _("The record says now what the order says."))
        elif verdict == "ignore":
            order_sync_ignore(sync=sync, by=request.user, request=request)
            toast(request, _("The record stays as it is."))
        else:
            raise Http404
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
    return redirect("customers:record", customer.public_id)
