"""The way into the back office: password, second factor, out."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from config.kit.access import is_staff_session, public
from config.kit.errors import DomainError
from customers.backoffice.staff.forms import CodeForm, LoginForm, WelcomeForm
from customers.form_pages import form_page
from customers.models import User
from customers.next_page import next_page
from customers.selectors.accounts import staff_exists
from customers.selectors.factors import passkeys_of
from customers.services.first_owner import first_owner_create, setup_allowed
from customers.services.staff import (
    DEVICE_COOKIE,
    staff_enter,
    staff_factor_check,
    staff_logout,
    staff_needs,
    staff_password_check,
    staff_wait,
    staff_waiting,
)

HOME = "/backoffice/"
YEAR = 31_536_000


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    target = next_page(request, within=HOME, default=HOME)
    if request.method != "POST" and is_staff_session(request):
        return redirect(target)
    if request.method != "POST" and not staff_exists():
        return redirect("staff:welcome")

    def act(values: dict[str, Any]) -> HttpResponse:
        user = staff_password_check(
            request=request, address=values["email"], password=values["password"]
        )
        return _after_password(request, user, target)

    return form_page(request, LoginForm(request.POST or None), "staff/login.html", act, next=target)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    waiting = staff_waiting(request)
    if waiting is None or staff_needs(waiting.user) != "code":
        return redirect("staff:login")

    def act(values: dict[str, Any]) -> HttpResponse:
        staff_factor_check(request=request, user=waiting.user, code=values["code"])
        return enter(request, waiting.user, waiting.next)

    return form_page(
        request,
        CodeForm(request.POST or None),
        "staff/code.html",
        act,
        has_passkey=bool(passkeys_of(waiting.user)),
    )


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    staff_logout(request=request)
    return redirect("staff:login")


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Makes the owner of an empty installation; afterwards there is no such page."""
    if staff_exists():
        raise Http404
    if not setup_allowed(request.GET.get("token", "")):
        return render(request, "staff/welcome_closed.html", status=403)

    def act(values: dict[str, Any]) -> HttpResponse:
        language = get_language() or settings.SITE_LANGUAGE
        user = first_owner_create(**values, language=language, request=request)
        return _after_password(request, user, HOME)

    form = WelcomeForm(request.POST or None)
    try:
        return form_page(request, form, "staff/welcome.html", act, pass_on={"not_first"})
    except DomainError:
        raise Http404 from None


def enter(request: HttpRequest, user: User, target: str) -> HttpResponse:
    device = staff_enter(request=request, user=user)
    return in_language_of(user, remember(device, redirect(target)))


def remember(device: str, response: HttpResponse) -> HttpResponse:
    """The browser is known from now on, to the back office alone."""
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=YEAR,
        path=settings.STAFF_SESSION_COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def in_language_of(user: User, response: HttpResponse) -> HttpResponse:
    """The next pages speak the language of the person who came in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _after_password(request: HttpRequest, user: User, target: str) -> HttpResponse:
    due = staff_needs(user)
    if not due:
        return enter(request, user, target)
    staff_wait(request=request, user=user, target=target)
    return redirect("staff:second_factor" if due == "code" else "staff:factor_first")
