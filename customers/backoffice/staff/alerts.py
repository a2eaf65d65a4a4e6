"""Behind the link of a mail about one's log-in: “that was not me”."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from config.kit.access import public
from config.kit.errors import DomainError
from customers.form_pages import secret_address
from customers.selectors.login_alerts import LoginAlertLink
from customers.services.login_alerts import login_alert_answer


@public
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def staff_alert(request: HttpRequest, public_id: UUID, token: str) -> HttpResponse:
    return alert_page(request, LoginAlertLink(public_id=public_id, token=token), "staff")


def alert_page(request: HttpRequest, link: LoginAlertLink, place: str) -> HttpResponse:
    """Looking at it changes nothing; the button does, once."""
    try:
        alert = link.alert()
        if request.method == "POST":
            login_alert_answer(link=link, request=request)
    except DomainError:
        return secret_address(render(request, f"{place}/link_dead.html", status=410))
    context = {"alert": alert, "is_done": request.method == "POST"}
    return secret_address(render(request, f"{place}/alert.html", context))
