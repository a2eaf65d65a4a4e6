"""The page behind the link of a mail about a customer's log-in."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from customers.backoffice.staff.alerts import alert_page
from customers.selectors.login_alerts import LoginAlertLink


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def account_alert(request: HttpRequest, public_id: UUID, token: str) -> HttpResponse:
    return alert_page(request, LoginAlertLink(public_id=public_id, token=token), "account")
