"""Setting up a second factor: at the log-in where it is due, or later on one's own page."""

from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from config.kit import secrets
from config.kit.access import StaffRequest, backoffice, is_staff_session, public
from customers.backoffice.staff.forms import FactorForm
from customers.backoffice.staff.login import in_language_of, remember
from customers.form_pages import form_page
from customers.limits import refuse_too_many
from customers.models import User
from customers.services.accounts import password_confirm
from customers.services.second_factor import (
    factor_activate,
    factor_qr,
    factor_secret_new,
)
from customers.services.staff import staff_enter, staff_needs, staff_waiting

SECRET = "factor_secret"  # noqa: S105  the session's key of it


@public
@require_http_methods(["GET", "HEAD", "POST"])
def factor_first(request: HttpRequest) -> HttpResponse:
    """Between password and back office, for those who have to have a second factor."""
    waiting = staff_waiting(request)
    if waiting is None or staff_needs(waiting.user) != "setup":
        return redirect("staff:login")
    secret = _secret(request, waiting.user)

    def act(values: dict[str, Any]) -> HttpResponse:
        refuse_too_many("staff-code", f"user:{waiting.user.pk}", request)
        codes = factor_activate(user=waiting.user, secret=secret, code=values["code"])
        request.session.pop(SECRET, None)
        device = staff_enter(request=request, user=waiting.user)
        answer = remember(device, show_codes(request, codes, waiting.next))
        return in_language_of(waiting.user, answer)

    form = FactorForm(request.POST or None, needs_password=False)
    return form_page(request, form, "staff/factor_first.html", act, secret=in_fours(secret))


@backoffice("")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def factor_setup(request: StaffRequest) -> HttpResponse:
    """On an open session: the password is asked again."""
    user: User = request.user
    secret = _secret(request, user)

    def act(values: dict[str, Any]) -> HttpResponse:
        password_confirm(request=request, user=user, password=values["password"])
        codes = factor_activate(user=user, secret=secret, code=values["code"], request=request)
        request.session.pop(SECRET, None)
        request.session.cycle_key()
        return show_codes(request, codes, reverse("staff:security"))

    form = FactorForm(request.POST or None, needs_password=True)
    return form_page(request, form, "staff/factor.html", act, secret=in_fours(secret))


@public
@require_safe
def factor_qr_code(request: StaffRequest) -> HttpResponse:
    """The secret of this session as a picture; there is none without a set-up under way."""
    waiting = staff_waiting(request)
    user = request.user if is_staff_session(request) else waiting.user if waiting else None
    held = request.session.get(SECRET)
    if user is None or held is None:
        raise Http404
    secret = secrets.decrypt(held, place=_place(user))
    return HttpResponse(factor_qr(user=user, secret=secret), content_type="image/svg+xml")


def show_codes(request: HttpRequest, codes: list[str], target: str) -> HttpResponse:
    """The one time that the recovery codes are seen."""
    return render(request, "staff/codes.html", {"codes": codes, "next": target})


def in_fours(secret: str) -> str:
    """To be typed by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _secret(request: HttpRequest, user: User) -> str:
    """The secret of this set-up: made at its first page, sealed in the session meanwhile."""
    held = request.session.get(SECRET)
    if held is not None:
        # A change of keys in between only means another secret to scan.
        with suppress(ValueError):
            return secrets.decrypt(held, place=_place(user))
    secret = factor_secret_new()
    request.session[SECRET] = secrets.encrypt(secret, place=_place(user))
    return secret


def _place(user: User) -> str:
    return f"session.{user.pk}.factor_secret"
