"""What mends a finding: vouching for an address, unlocking, taking a block away."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import confirm_response, confirmed, formats, toast
from customers.access import block_of, customer_by_address, customer_of
from customers.models import Customer, Suppression
from customers.services.accounts import login_unlock
from customers.services.consent import suppression_remove
from customers.services.verification import customer_verify


class EvidenceForm(forms.Form):
    evidence = forms.CharField(
        label=lazy("Evidence"),
        max_length=2000,
        help_text=lazy("How you know that the address is theirs: a call, a document."),
    )


class LiftForm(forms.Form):
    why = forms.CharField(label=lazy("Why"), max_length=300)
    is_sure = forms.BooleanField(
        label=lazy("The person themselves asked to get mails again"), required=False
    )

    def __init__(self, *args: object, is_complaint: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if is_complaint:
            self.fields["is_sure"].required = True
        else:
            del self.fields["is_sure"]


def tab(customer: Customer) -> str:
    return reverse("customers:panel", args=[customer.public_id, "email"])


@backoffice("customers.change_customer")
@require_http_methods(["GET", "POST"])
def email_verify(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    form = EvidenceForm(request.POST if confirmed(request) else None)
    if form.is_valid():
        try:
            customer_verify(
                customer=customer,
                by=request.user,
                evidence=form.cleaned_data["evidence"],
                request=request,
            )
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        else:
            toast(request, _("The address counts as verified."))
        return redirect(tab(customer))
    return confirm_response(
        request,
        title=_("Verify %(address)s by hand") % {"address": customer.email},
        text=_("From then on it counts as the person's, as if they had followed a link."),
        submit=_("Verify the address"),
        back=tab(customer),
        danger=False,
        form=form,
        status=422 if form.is_bound else 200,
    )


@backoffice("customers.change_customer")
@require_POST
def email_unlock(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    login_unlock(customer=customer, by=request.user, request=request)
    toast(request, _("The log-in is open again."))
    return redirect(tab(customer))


@backoffice("customers.delete_suppression")
@require_http_methods(["GET", "POST"])
def email_unsuppress(request: StaffRequest, pk: int) -> HttpResponse:
    block = block_of(pk)
    customer = customer_by_address(block.address_key)
    is_complaint = block.reason == Suppression.Reason.COMPLAINT
    form = LiftForm(request.POST if confirmed(request) else None, is_complaint=is_complaint)
    if form.is_valid():
        suppression_remove(
            suppression=block, by=request.user, why=form.cleaned_data["why"], request=request
        )
        toast(request, _("Mails go to the address again."))
        return redirect(tab(customer))
    return confirm_response(
        request,
        title=_("Take the block of %(address)s away") % {"address": block.address_key},
        text=_(
            "%(reason)s, since %(when)s. Repeated mails to an address that bounces or complains "
            "harm the delivery of all."
        )
        % {"reason": block.get_reason_display(), "when": formats.moment(block.created_at)},
        submit=_("Take the block away"),
        back=tab(customer),
        danger=False,
        form=form,
        status=422 if form.is_bound else 200,
    )
