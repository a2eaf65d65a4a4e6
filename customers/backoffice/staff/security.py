"""One's own safety: second factor, recovery codes, password, open sessions."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit.access import StaffRequest, backoffice
from config.kit.pages import toast
from customers.backoffice.staff.factor import show_codes
from customers.backoffice.staff.forms import ChangePasswordForm, ConfirmForm
from customers.form_pages import form_page
from customers.selectors.accounts import open_sessions
from customers.selectors.factors import factor_exists, passkeys_of, phone_exists
from customers.services.accounts import password_change, password_confirm
from customers.services.second_factor import (
    factor_remove,
    recovery_codes_left,
    recovery_codes_make,
)
from customers.services.sessions import session_end, session_end_all
from customers.sessions import BACKOFFICE


@backoffice("")
@require_safe
def security(request: StaffRequest) -> HttpResponse:
    user, key = request.user, request.session.session_key
    context = {
        "has_factor": factor_exists(user=user),
        "has_phone": phone_exists(user=user),
        "passkeys": passkeys_of(user),
        "codes_left": recovery_codes_left(user=user),
        "is_required": settings.STAFF_SECOND_FACTOR_REQUIRED,
        "sessions": open_sessions(user, scope=BACKOFFICE, current_key=key),
    }
    return render(request, "staff/security.html", context)


@backoffice("")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def codes_replace(request: StaffRequest) -> HttpResponse:
    if not factor_exists(user=request.user):
        return redirect("staff:security")

    def act(values: dict[str, Any]) -> HttpResponse:
        password_confirm(request=request, user=request.user, password=values["password"])
        codes = recovery_codes_make(user=request.user)
        return show_codes(request, codes, reverse("staff:security"))

    return form_page(request, ConfirmForm(request.POST or None), "staff/codes_replace.html", act)


@backoffice("")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def factor_off(request: StaffRequest) -> HttpResponse:
    if settings.STAFF_SECOND_FACTOR_REQUIRED or not factor_exists(user=request.user):
        return redirect("staff:security")

    def act(values: dict[str, Any]) -> HttpResponse:
        password_confirm(request=request, user=request.user, password=values["password"])
        factor_remove(user=request.user, by=request.user, request=request)
        toast(request, _("The second factor is off."))
        return redirect("staff:security")

    return form_page(request, ConfirmForm(request.POST or None), "staff/factor_off.html", act)


@backoffice("")
@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: StaffRequest) -> HttpResponse:
    def act(values: dict[str, Any]) -> HttpResponse:
        password_change(request=request, user=request.user, **values)
        toast(request, _("The password is changed. Your other sessions have ended."))
        return redirect("staff:security")

    return form_page(request, ChangePasswordForm(request.POST or None), "staff/password.html", act)


@backoffice("")
@require_POST
def session_close(request: StaffRequest) -> HttpResponse:
    """End one session by its handle, or without one all the others."""
    handle = request.POST.get("session", "")
    if handle:
        session_end(user=request.user, session_id=handle, scope=BACKOFFICE)
    else:
        key = request.session.session_key
        session_end_all(user=request.user, scope=BACKOFFICE, except_key=key)
    toast(request, _("The session has ended."))
    return redirect("staff:security")
