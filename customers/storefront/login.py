"""In and out of the account, and the link that sets a password."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.kit.errors import DomainError
from config.kit.pages import toast
from customers.backoffice.staff.forms import EmailForm, LoginForm, NewPasswordForm
from customers.backoffice.staff.login import in_language_of
from customers.form_pages import form_page, secret_address
from customers.models import Customer, User
from customers.next_page import next_page
from customers.selectors.codes import codes_of
from customers.services.accounts import (
    PasswordLink,
    account_enter_by_link,
    account_login,
    account_logout,
    password_link_ask,
    password_set,
)
from customers.services.passwords import Owner
from customers.services.viewing import viewing_end, viewing_of
from customers.storefront.access import account_customer, uncached
from customers.storefront.codes import remembered_code
from customers.storefront.forms import FirstPasswordForm

ACCOUNT = "/account/"


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    return redirect("account:home")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    target = next_page(request, within=ACCOUNT, default=reverse("account:home"))
    if request.method != "POST" and account_customer(request) is not None:
        return redirect(target)

    def act(values: dict[str, Any]) -> HttpResponse:
        user = account_login(request=request, address=values["email"], password=values["password"])
        return in_language_of(user, redirect(target))

    form = LoginForm(request.POST or None)
    return uncached(form_page(request, form, "account/login.html", act, next=target))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    account_logout(request=request)
    return redirect("account:login")


@require_POST
def viewing_leave(request: HttpRequest) -> HttpResponse:
    """Back to the record of whom a member of staff was looking at."""
    viewing = viewing_of(request)
    viewing_end(request=request)
    if viewing is None:
        return redirect("kit:home")
    return redirect("customers:record", viewing.customer.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def password_ask(request: HttpRequest) -> HttpResponse:
    """For a forgotten password and for the first one of a person whom the shop knows."""

    def act(values: dict[str, Any]) -> HttpResponse:
        password_link_ask(request=request, address=values["email"])
        return redirect("account:password_sent")

    return form_page(request, EmailForm(request.POST or None), "account/password_ask.html", act)


@require_safe
def password_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_sent.html")


@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def password_by_link(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """Looking at it changes nothing; the link is used up when the password is sent."""
    link = PasswordLink(who=who, token=token)

    def act(values: dict[str, Any]) -> HttpResponse:
        user = password_set(
            link=link, password=values["password"], code=values.get("code", ""), request=request
        )
        return _after_the_link(request, user)

    try:
        form = _password_form(request, link.owner())
        answer = form_page(request, form, "account/password_set.html", act, pass_on={"link_dead"})
    except DomainError:
        answer = render(request, "account/link_dead.html", status=410)
    return secret_address(answer)


def _password_form(request: HttpRequest, owner: Owner) -> NewPasswordForm:
    """Who opens an account may say by which code they came."""
    if isinstance(owner, Customer) and codes_of(owner).use is None:
        return FirstPasswordForm(request.POST or None, initial={"code": remembered_code(request)})
    return NewPasswordForm(request.POST or None)


def _after_the_link(request: HttpRequest, user: User) -> HttpResponse:
    """Customers are in; staff go to their own log-in, and whoever may not log in is told so."""
    if user.is_staff:
        return redirect("staff:login")
    if not account_enter_by_link(request=request, user=user):
        toast(request, _("The password is set."))
        return redirect("account:login")
    toast(request, _("The password is set and you are logged in."))
    return in_language_of(user, redirect("account:home"))
