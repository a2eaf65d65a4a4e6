"""A record as it was at a past moment."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from config.kit import clock
from config.kit.access import StaffRequest, backoffice
from config.kit.pages import Link
from customers.access import customer_of
from customers.backoffice.past import MomentForm, past_page


@backoffice("customers.view_customer")
@require_GET
def customer_as_of(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    if customer.public_id != public_id:
        return redirect("customers:as_of", customer.public_id)
    form = MomentForm(request.GET)
    at = form.cleaned_data["at"] if form.is_valid() else None
    is_there = at is not None and at >= customer.created_at
    values = {
        "customer": customer,
        "back": Link(str(customer), reverse("customers:record", args=[customer.public_id])),
        "form": form,
        "typed": at.astimezone(clock.site_zone()).replace(tzinfo=None) if at else None,
        "zone": clock.site_zone().key,
        "at": at,
        "past": past_page(customer, at) if at and is_there else None,
    }
    return render(request, "customers/past.html", values, status=200 if at else 422)
