"""A member of staff who forgot the password: the link changes it, the log-in follows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from config.kit.access import public
from config.kit.errors import DomainError
from config.kit.pages import toast
from customers.backoffice.staff.forms import AcceptForm, EmailForm, NewPasswordForm
from customers.form_pages import form_page, secret_address
from customers.models import User
from customers.services.accounts import PasswordLink, password_link_ask, password_set


@public
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    def act(values: dict[str, Any]) -> HttpResponse:
        password_link_ask(request=request, address=values["email"])
        return redirect("staff:password_reset_sent")

    return form_page(request, EmailForm(request.POST or None), "staff/password_reset.html", act)


@public
@require_safe
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/password_reset_sent.html")


@public
@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def password_set_by_link(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """Looking at it changes nothing; the link is used up when the password is sent."""
    link = PasswordLink(who=who, token=token)

    def act(values: dict[str, Any]) -> HttpResponse:
        password_set(link=link, request=request, **values)
        toast(request, _("The password is set. Log in with it."))
        return redirect("staff:login")

    form: NewPasswordForm = NewPasswordForm(request.POST or None)
    try:
        owner = link.owner()
        if isinstance(owner, User) and not owner.has_usable_password():
            form = AcceptForm(request.POST or None, initial={"name": owner.name})
        answer = form_page(request, form, "staff/password_set.html", act, pass_on={"link_dead"})
    except DomainError:
        answer = render(request, "staff/link_dead.html", status=410)
    return secret_address(answer)
