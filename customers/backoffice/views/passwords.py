"""A temporary password for a person, shown once to who gives it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from config.kit.access import StaffRequest, backoffice, step_up
from config.kit.errors import DomainError
from config.kit.pages import confirm_response, confirmed, toast
from customers.access import customer_of
from customers.services.temporary_passwords import password_assign


@backoffice("customers.assign_passwords")
@step_up
@never_cache
@sensitive_variables("text")
@require_http_methods(["GET", "POST"])
def customer_password_assign(request: StaffRequest, public_id: UUID) -> HttpResponse:
    customer = customer_of(public_id)
    record = reverse("customers:record", args=[customer.public_id])
    if confirmed(request):
        try:
            text = password_assign(customer=customer, by=request.user, request=request)
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
            return redirect(record)
        context = {"customer": customer, "record_url": record, "text": text}
        return render(request, "customers/temporary_password.html", context)
    return confirm_response(
        request,
        title=_("Give %(name)s a temporary password") % {"name": customer},
        text=_("For who cannot read mail now. Otherwise send the link that sets a password."),
        points=[
            _("The password is made for you and shown once, to be told to the person."),
            _("It works for 24 hours, and they choose their own when they log in with it."),
            _("The old password stops working and all open sessions end."),
            _("A mail tells the person."),
        ],
        submit=_("Make a temporary password"),
        back=record,
    )
