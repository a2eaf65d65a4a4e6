"""What staff do about consents and log-ins of a person."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import FormPage, Link, Section, Wide, toast
from customers.access import customer_of, statement_of
from customers.backoffice.consents.forms import StatementForm
from customers.models import Customer
from customers.privacy.paper import pdf_response
from customers.privacy.receipt import receipt_name, receipt_pdf
from customers.selectors.consents import states_of
from customers.selectors.receipts import receipt_of
from customers.services.consent import consent_record_by_staff
from customers.services.sessions import sessions_end_by_staff


@backoffice("customers.add_consentevent")
@require_http_methods(["GET", "POST"])
def statement_create(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Note a withdrawal, or a grant with its evidence."""
    customer = customer_of(public_id)
    purposes = sorted({one.purpose for one in states_of(customer)})
    form = StatementForm(request.POST or None, purposes=purposes)
    if form.is_valid():
        try:
            _record(request, customer, form)
        except DomainError as refusal:
            _at_its_field(refusal).add_to(form)
        else:
            toast(request, _("The statement is in the ledger."))
            return redirect("customers:panel", public_id, "consents")
    return FormPage(
        form,
        title=_("Note what %(name)s said") % {"name": customer},
        back=Link(_("Consents"), reverse("customers:panel", args=[public_id, "consents"])),
        submit=_("Save statement"),
        sections=[
            Section(
                _("Statement"),
                _("The ledger keeps it for good; a later statement takes its place."),
                ["channel", "purpose", "said_on", Wide("value", 3), Wide("evidence", 3)],
            )
        ],
    ).response(request)


@backoffice("customers.view_consentevent")
@require_GET
def receipt(request: StaffRequest, public_id: UUID, pk: int) -> HttpResponse:
    customer = customer_of(public_id)
    context = {
        "receipt": receipt_of(customer, statement_of(customer, pk)),
        "for_staff": True,
        "back": Link(_("Consents"), reverse("customers:panel", args=[public_id, "consents"])),
    }
    return render(request, "customers/consents/receipt.html", context)


@backoffice("customers.view_consentevent")
@require_GET
def receipt_file(request: StaffRequest, public_id: UUID, pk: int) -> HttpResponse:
    customer = customer_of(public_id)
    found = receipt_of(customer, statement_of(customer, pk))
    return pdf_response(receipt_pdf(found, for_staff=True), receipt_name(found))


@backoffice("customers.change_customer")
@require_POST
def sessions_end(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """End one open session of a person by its handle, or without one all of them."""
    handle = request.POST.get("session", "")
    sessions_end_by_staff(
        customer=customer_of(public_id), by=request.user, handle=handle, request=request
    )
    ended = _("The session has ended.") if handle else _("All sessions of this person have ended.")
    toast(request, ended)
    return redirect("customers:panel", public_id, "sessions")


def _record(request: StaffRequest, customer: Customer, form: StatementForm) -> None:
    values = form.cleaned_data
    consent_record_by_staff(
        customer=customer,
        channel=values["channel"],
        purpose=values["purpose"],
        value=values["value"],
        evidence=values["evidence"],
        occurred_at=form.occurred_at,
        by=request.user,
        request=request,
    )


def _at_its_field(refusal: DomainError) -> DomainError:
    if refusal.field == "occurred_at":
        return DomainError(refusal.code, refusal.message, field="said_on")
    return refusal
