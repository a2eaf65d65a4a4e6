"""The code that a person shares, and the page where its link leads."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.kit.errors import DomainError
from config.kit.pages import toast
from customers.limits import refuse_too_many_from_here
from customers.rules.registration_codes import code_shown
from customers.selectors.codes import brought_by, code_link, code_of, is_open, own_code_of
from customers.selectors.locks import record_rules
from customers.services.codes import sharing_code_make
from customers.storefront.access import AccountRequest, account
from customers.storefront.pages import with_nav

COOKIE: Final = "came_by"
REMEMBERED: Final = 30 * 24 * 60 * 60


@account
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: AccountRequest) -> HttpResponse:
    """A person's own code; it is made, and replaced, when they ask for it."""
    if not record_rules().offers_sharing:
        raise Http404
    if request.method == "POST":
        return _made(request)
    code = own_code_of(request.customer)
    context = with_nav(
        "invite",
        code=code,
        shown=code_shown(code.code) if code else "",
        link=code_link(code) if code else "",
        brought=brought_by([request.customer.pk]).get(request.customer.pk, 0),
    )
    return render(request, "account/invite.html", context)


def _made(request: AccountRequest) -> HttpResponse:
    """Two clicks on "Get my code" make one; only "Replace my code" makes another."""
    wants_another = request.POST.get("act") == "replace"
    if wants_another or own_code_of(request.customer) is None:
        try:
            sharing_code_make(customer=request.customer, by=request.user, request=request)
            toast(request, _("Your code is ready."))
        except DomainError as refusal:
            toast(request, refusal.message, level="error")
    return redirect("account:invite")


@require_safe
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """Writes nothing here: the visitor's browser keeps the code until they set a password."""
    try:
        refuse_too_many_from_here("invited", request)
    except DomainError as refusal:
        return HttpResponse(refusal.message, status=429, content_type="text/plain; charset=utf-8")
    found = code_of(code)
    if found is None or not is_open(found):
        return render(request, "account/invited.html", {"shown": ""}, status=404)
    answer = render(request, "account/invited.html", {"shown": code_shown(found.code)})
    answer.set_cookie(
        COOKIE,
        found.code,
        max_age=REMEMBERED,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer


def remembered_code(request: HttpRequest) -> str:
    """The code by which this browser came, while it still leads somewhere."""
    found = code_of(request.COOKIES.get(COOKIE, ""))
    return code_shown(found.code) if found is not None and is_open(found) else ""
