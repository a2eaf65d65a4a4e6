"""The storefront as a customer sees it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.pages import confirm_response, confirmed, toast
from customers.access import customer_of
from customers.middleware import session_cookie_set
from customers.services.viewing import PERMISSION, viewing_start


@backoffice(PERMISSION)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def customer_view_as(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    record = reverse("customers:record", args=[customer.public_id])
    if not confirmed(request):
        return confirm_response(
            request,
            title=_("See the shop as %(name)s") % {"name": customer},
            text=_("You see the account pages as this person sees them, for 15 minutes."),
            points=[
                _("You can look at everything and change nothing."),
                _("The person is not logged in by this, and their last log-in stays as it is."),
                _("The trail says that you looked, and at which pages."),
            ],
            submit=_("See their account"),
            back=record,
        )
    try:
        session = viewing_start(customer=customer, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect(record)
    response = redirect("account:home")
    session_cookie_set(response, session)
    return response
