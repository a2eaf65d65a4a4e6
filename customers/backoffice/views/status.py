"""Status, trash and the mail with a link to set a password."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import confirm_response, confirmed, toast
from customers.access import customer_of
from customers.backoffice.forms import ConvertForm, StatusForm, start_of
from customers.backoffice.status_words import consequences
from customers.models import Customer
from customers.services.accounts import password_link_request
from customers.services.stages import customer_convert
from customers.services.status import customer_restore, customer_status_change, customer_trash

Status = Customer.Status


def _record_url(customer: Customer) -> str:
    return reverse("customers:record", args=[customer.public_id])


@backoffice("customers.change_customer")
@require_http_methods(["GET", "POST"])
def customer_status(request: StaffRequest, public_id: UUID, status: str) -> HttpResponse:
    """Ask for the reason, then change the status."""
    if status not in Status.values:
        raise Http404
    customer = customer_of(public_id)
    form = StatusForm(
        request.POST if confirmed(request) else None, before=customer.status, status=status
    )
    if confirmed(request) and form.is_valid():
        try:
            _change_status(request, customer, status, form)
        except DomainError as refusal:
            refusal.add_to(form)
        else:
            toast(request, _done(status))
            return redirect(_record_url(customer))
    title, submit = _words(status)
    return confirm_response(
        request,
        title=title % {"name": customer},
        text="",
        points=consequences(status),
        submit=submit,
        back=_record_url(customer),
        danger=status != Status.ACTIVE,
        form=form,
    )


def _change_status(
    request: StaffRequest, customer: Customer, status: str, form: StatusForm
) -> None:
    customer_status_change(
        customer=customer,
        status=status,
        reason=form.cleaned_data["reason"],
        until=start_of(form.cleaned_data.get("until")),
        by=request.user,
        request=request,
    )


def _words(status: str) -> tuple[str, str]:
    """Title and button."""
    if status == Status.ACTIVE:
        return _("Activate %(name)s"), _("Activate")
    if status == Status.DEACTIVATED:
        return _("Deactivate %(name)s"), _("Deactivate")
    return _("Disable %(name)s for good"), _("Disable")


def _done(status: str) -> str:
    return {
        Status.ACTIVE: _("The person is active again."),
        Status.DEACTIVATED: _("The person is deactivated; all sessions have ended."),
        Status.DISABLED: _("The person is disabled; all sessions have ended."),
    }[Status(status)]


@backoffice("customers.change_customer")
@require_http_methods(["GET", "POST"])
def customer_to_customer(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A lead who bought somewhere else becomes a customer by hand."""
    customer = customer_of(public_id)
    form = ConvertForm(request.POST if confirmed(request) else None)
    if confirmed(request) and form.is_valid():
        done = customer_convert(
            customer=customer,
            reason="staff",
            note=form.cleaned_data["note"],
            by=request.user,
            request=request,
        )
        toast(
            request,
            _("The lead is a customer now.") if done else _("This person is a customer already."),
        )
        return redirect(_record_url(customer))
    return confirm_response(
        request,
        title=_("Make %(name)s a customer") % {"name": customer},
        text=_("The person moves from the leads to the customers; the reason and today stay."),
        submit=_("Make a customer"),
        back=_record_url(customer),
        danger=False,
        form=form,
    )


@backoffice("customers.delete_customer")
@require_http_methods(["GET", "POST"])
def customer_to_trash(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    if confirmed(request):
        customer_trash(customer=customer, by=request.user, request=request)
        toast(
            request,
            _("The record is in the trash."),
            undo_url=reverse("customers:restore", args=[customer.public_id]),
        )
        return redirect("customers:list")
    return confirm_response(
        request,
        title=_("Move %(name)s to the trash") % {"name": customer},
        text=_(
            "The record leaves the lists, the targets and the mailings, and the person cannot log "
            "in. It can be restored from the trash; its e-mail stays reserved."
        ),
        submit=_("Move to the trash"),
        back=_record_url(customer),
    )


@backoffice("customers.delete_customer")
@require_POST
def customer_from_trash(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    customer_restore(customer=customer, by=request.user, request=request)
    toast(request, _("The record is back."))
    return redirect(_record_url(customer))


@backoffice("customers.change_customer")
@require_http_methods(["GET", "POST"])
def customer_password_link(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Send the mail with which a person sets a first or a new password."""
    customer = customer_of(public_id)
    if confirmed(request):
        try:
            password_link_request(customer=customer, by=request.user)
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        else:
            toast(request, _("The mail with the link is on its way."))
        return redirect(_record_url(customer))
    return confirm_response(
        request,
        title=_("Send a link to set a password"),
        text=_("A mail goes to %(email)s. Its link works once, for 24 hours.")
        % {"email": customer.email},
        submit=_("Send the link"),
        back=_record_url(customer),
        danger=False,
    )
