"""Asking a person for what is missing: the link by mail or as a QR code, and its end."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import Link, toast
from customers.access import customer_of
from customers.models import Customer
from customers.selectors.completeness import askable, completeness_of
from customers.selectors.gate import TRANSACTIONAL, may_send
from customers.services.data_requests import (
    data_request_create,
    data_request_link,
    data_request_qr,
    data_request_revoke,
    open_request_of,
)


@backoffice("customers.change_customer")
@never_cache
@require_http_methods(["GET", "POST"])
def customer_ask(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    if request.method == "POST":
        try:
            _act(request, customer)
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
        return redirect("customers:ask", customer.public_id)
    made = open_request_of(customer)
    asked = askable(customer)
    values = {
        "customer": customer,
        "back": Link(str(customer), reverse("customers:record", args=[customer.public_id])),
        "completeness": completeness_of(customer),
        "asked": list(asked.values()),
        "may_mail": may_send(customer, channel="email", purpose=TRANSACTIONAL).allowed,
        "made": made,
        "link": data_request_link(made) if made else "",
    }
    return render(request, "customers/ask.html", values)


@backoffice("customers.change_customer")
@never_cache
@require_GET
def customer_ask_qr(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The link that works now, as a picture."""
    made = open_request_of(customer_of(public_id))
    if made is None:
        raise Http404
    return HttpResponse(data_request_qr(made), content_type="image/svg+xml")


def _act(request: StaffRequest, customer: Customer) -> None:
    if request.POST.get("act") == "revoke":
        made = open_request_of(customer)
        if made is not None:
            data_request_revoke(data_request=made, by=request.user, request=request)
        toast(request, _("The link does not work any more."))
        return
    is_mailed = request.POST.get("act") == "mail"
    data_request_create(customer=customer, is_mailed=is_mailed, by=request.user, request=request)
    if is_mailed:
        toast(request, _("The mail with the link is on its way."))
    else:
        toast(request, _("The link is ready: let the person scan it."))
