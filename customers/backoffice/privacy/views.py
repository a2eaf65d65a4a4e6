"""Blocking, holding, erasing a person; the copy of their data."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.pages import Link, confirm_response, confirmed, toast
from customers.access import customer_of, erasure_of, hold_of
from customers.backoffice.privacy.forms import EraseForm, HoldForm
from customers.backoffice.privacy.indexes import ErasureIndex
from customers.models import Customer, Erasure
from customers.privacy.certificate import certificate_pdf
from customers.privacy.exporting import personal_export
from customers.privacy.paper import pdf_response
from customers.privacy.preview import erasure_lines
from customers.privacy.services import (
    customer_block,
    erasure_blockers,
    erasure_cancel,
    erasure_run,
    erasure_schedule,
    hold_lift,
    hold_place,
)

ERASE = "customers.erase_customer"


def _tab(customer: Customer) -> str:
    return reverse("customers:panel", args=[customer.public_id, "privacy"])


@backoffice("customers.view_erasure")
@require_http_methods(["GET", "POST"])
def erasure_list(request: StaffRequest) -> HttpResponse:
    return ErasureIndex(request).response()


@backoffice(ERASE)
@step_up
@require_http_methods(["GET", "POST"])
def customer_erase(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What would be erased, to the row; then the day of it, or at once."""
    customer = customer_of(public_id)
    form = EraseForm(request.POST or None, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            return _scheduled(request, customer, form)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
    context = {
        "customer": customer,
        "form": form,
        "blockers": erasure_blockers(customer),
        "lines": erasure_lines(customer),
        "back": Link(str(customer), _tab(customer)),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customers/privacy/erase.html", context, status=status)


def _scheduled(request: StaffRequest, customer: Customer, form: EraseForm) -> HttpResponse:
    erasure = erasure_schedule(
        customer=customer,
        ground=form.cleaned_data["ground"],
        window=form.window,
        by=request.user,
        request=request,
    )
    if form.window:
        toast(request, _("The erasure is scheduled, and the data is blocked until then."))
        return redirect(_tab(customer))
    return _run(request, erasure, _tab(customer))


def _run(request: StaffRequest, erasure: Erasure, back: str) -> HttpResponse:
    try:
        erasure_run(erasure=erasure, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect(back)
    toast(request, _("The person is erased. The certificate stands in the list."))
    return redirect("customers:erasures")


@backoffice(ERASE)
@step_up
@require_http_methods(["GET", "POST"])
def erasure_now(request: StaffRequest, erasure_id: UUID) -> HttpResponse:
    erasure = erasure_of(erasure_id)
    back = _tab(erasure.customer)
    if confirmed(request):
        return _run(request, erasure, back)
    return confirm_response(
        request,
        title=_("Erase %(name)s now") % {"name": erasure.customer},
        text=_("Nothing of this person is left, and nothing can be undone."),
        submit=_("Erase for good"),
        back=back,
    )


@backoffice(ERASE)
@require_POST
def erasure_stop(request: StaffRequest, erasure_id: UUID) -> HttpResponse:
    erasure = erasure_of(erasure_id)
    try:
        erasure_cancel(erasure=erasure, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect("customers:erasures")
    toast(request, _("The erasure is called off."))
    return redirect(_tab(erasure.customer))


@backoffice("customers.view_erasure")
@require_GET
def erasure_certificate(request: StaffRequest, erasure_id: UUID) -> HttpResponse:
    erasure = erasure_of(erasure_id)
    if erasure.state != Erasure.State.DONE:
        raise Http404
    name = str(erasure.public_id).partition("-")[0]
    return pdf_response(certificate_pdf(erasure), _("certificate-%(number)s") % {"number": name})


@backoffice(ERASE)
@require_http_methods(["GET", "POST"])
def customer_hold(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    form = HoldForm(request.POST if confirmed(request) else None)
    if confirmed(request) and form.is_valid():
        try:
            hold_place(
                customer=customer,
                reason=form.cleaned_data["reason"],
                by=request.user,
                request=request,
            )
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _("The legal hold stands."))
            return redirect(_tab(customer))
    return confirm_response(
        request,
        title=_("Place a legal hold on %(name)s") % {"name": customer},
        text=_("While it stands the record is not erased, whoever asks for it."),
        submit=_("Place the hold"),
        back=_tab(customer),
        danger=False,
        form=form,
    )


@backoffice(ERASE)
@require_POST
def customer_hold_lift(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    hold_lift(hold=hold_of(customer), by=request.user, request=request)
    toast(request, _("The legal hold is lifted."))
    return redirect(_tab(customer))


@backoffice("customers.change_customer")
@require_POST
def customer_block_set(request: StaffRequest, public_id: UUID, state: str) -> HttpResponse:
    if state not in {"on", "off"}:
        raise Http404
    customer = customer_of(public_id)
    is_on = state == "on"
    customer_block(customer=customer, is_on=is_on, by=request.user, request=request)
    toast(
        request,
        _("The data is blocked: it is kept and used for nothing.")
        if is_on
        else _("The data is used again."),
    )
    return redirect(_tab(customer))


@backoffice("customers.export_customers")
@step_up
@require_POST
def customer_data(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    personal_export(customer=customer, by=request.user, request=request)
    toast(request, _("The copy is being made. Its link stands here and works for a day."))
    return redirect(_tab(customer))
