"""Taking a bulk action back."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.kit.access import StaffRequest, backoffice
from config.kit.errors import DomainError
from config.kit.pages import toast
from customers.access import bulk_run_of
from customers.services.bulk_undo import bulk_undo


@backoffice("customers.change_customer")
@require_POST
def bulk_take_back(request: StaffRequest, job_id: UUID) -> HttpResponse:
    run = bulk_run_of(request.user, job_id)
    try:
        job = bulk_undo(run=run, by=request.user, request=request)
    except DomainError as refusal:
        toast(request, refusal.message, level="error")
        return redirect("jobs:detail", job_id)
    toast(request, _("It is being undone."), level="info")
    return redirect("jobs:detail", job.public_id)
