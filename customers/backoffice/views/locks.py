"""Locks on contact data, what orders would change, and how records behave."""

from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.numbers import whole
from config.kit.pages import FormPage, Link, Section, Wide, toast
from customers.access import customer_of, order_sync_of
from customers.rules.contact import BLOCK, CONTACT
from customers.selectors.locks import lock_mode
from customers.services.locks import record_lock, record_rules_set, record_unlock
from customers.services.order_sync import order_sync_apply, order_sync_ignore

CHANGE = "customers.change_customer"
RULES = "customers.change_recordrules"
MODES = (
    ("block", lazy("All contact data: after one edit, no order changes any of it")),
    ("field", lazy("Only the field that was edited: orders go on with the others")),
)


class RulesForm(forms.Form):
    lock_mode = forms.ChoiceField(
        label=lazy("What an edit by staff locks"), choices=MODES, widget=forms.RadioSelect
    )


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


@backoffice(RULES)
@require_http_methods(["GET", "POST"])
def record_rules(request: StaffRequest) -> HttpResponse:
    form = RulesForm(request.POST or None, initial={"lock_mode": lock_mode()})
    if request.method == "POST" and form.is_valid():
        try:
            changed = record_rules_set(**form.cleaned_data, by=request.user, request=request)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("customers:record_rules")
    page = FormPage(
        form,
        title=_("Rules of the records"),
        back=Link(_("Customers"), reverse("customers:list")),
        sections=[
            Section(
                _("Locks"),
                _(
                    "An order brings the name, phone, document and address of its buyer. What "
                    "staff have corrected by hand stays, and the record says what differs."
                ),
                [Wide("lock_mode", 3)],
            )
        ],
    )
    return page.response(request)
