"""The page that shows what must always hold, and starts the check of it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.kit.access import StaffRequest, backoffice
from config.kit.backoffice.checks import PERMISSION, check_start, check_under_way, last_check
from config.kit.pages import toast


@backoffice(PERMISSION)
@require_safe
def invariant_list(request: StaffRequest) -> HttpResponse:
    """The last answer with its time; while a check runs, the page renews itself."""
    context = {"last": last_check(), "job": check_under_way()}
    name = (
        "kit/invariants_body.html" if request.headers.get("HX-Request") else "kit/invariants.html"
    )
    return render(request, name, context)


@backoffice(PERMISSION)
@require_POST
def invariant_check(request: StaffRequest) -> HttpResponse:
    check_start(by=request.user, request=request)
    toast(request, _("The check is under way."))
    return redirect("kit:invariants")
