"""The one door of the account pages: a customer who is logged in, and their own record."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from customers.models import Customer, User
from customers.rules.statuses import may_log_in
from customers.selectors.accounts import customer_of
from customers.services.viewing import Viewing, viewing_note, viewing_of

Answer = TypeVar("Answer", bound=HttpResponseBase)
AccountView = Callable[..., HttpResponseBase]


class AccountRequest(HttpRequest):
    """A request of a customer; ``customer`` is their live, active record."""

    user: User
    customer: Customer
    viewing: Viewing


def account(view: AccountView) -> AccountView:
    """Only for customers who are logged in. A closed account is out on its next request.

    A member of staff who sees the shop as a customer reads the same pages and sends nothing.
    """

    @wraps(view)
    def guarded(request: AccountRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewing = viewing_of(request)
        if viewing is not None:
            return uncached(_seen(request, viewing, view, *args, **kwargs))
        customer = account_customer(request)
        if customer is None:
            return redirect(
                f"{reverse('account:login')}?{urlencode({'next': request.get_full_path()})}"
            )
        if request.user.must_change_password and not is_password_page(request):
            return redirect("account:password")
        request.customer = customer
        return uncached(view(request, *args, **kwargs))

    return guarded


def _seen(
    request: AccountRequest, viewing: Viewing, view: AccountView, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    if request.method not in {"GET", "HEAD"} or viewing.customer.user is None:
        return render(request, "account/viewing_only.html", {"viewing": viewing}, status=403)
    page = request.resolver_match.view_name if request.resolver_match else ""
    viewing_note(viewing=viewing, page=page, request=request)
    request.customer, request.user = viewing.customer, viewing.customer.user
    request.viewing = viewing
    return view(request, *args, **kwargs)


def account_customer(request: HttpRequest) -> Customer | None:
    """Whose account this session opens, if it still opens one."""
    user = request.user
    if not isinstance(user, User) or user.is_password_over:
        return None
    customer = customer_of(user)
    return customer if customer is not None and may_log_in(customer.state) else None


def is_password_page(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name == "password"


def uncached(response: Answer) -> Answer:
    """Personal pages lie in no cache."""
    response.headers.setdefault("Cache-Control", "no-store, private")
    return response
