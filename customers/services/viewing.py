"""A member of staff sees the storefront as a customer sees it: for a while, and reading only.

The session that shows it logs nobody in: it names whom it shows and who looks. So the person's last
log-in, their sessions and their password stay as they are, and each page seen is in the trail.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import audit, clock
from config.kit.errors import DomainError
from customers.models import Customer, User
from customers.rules.statuses import may_log_in
from customers.sessions import STOREFRONT, VIEWING, SessionStore

PERMISSION: Final = "customers.view_as_customer"
FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Viewing:
    customer: Customer
    by: User
    until: datetime


def viewing_refused(customer: Customer) -> str:
    """Why nobody can see the storefront as this person; empty when one can."""
    if customer.user is None:
        return _("This person has no log-in to the storefront.")
    if customer.trashed_at or not may_log_in(customer.state):
        return _("This person may not log in now.")
    return ""


@transaction.atomic
def viewing_start(*, customer: Customer, by: User, request: HttpRequest) -> SessionStore:
    """A saved storefront session of 15 minutes; its cookie is the caller's to set.

    :raises DomainError: ``viewing_refused``.
    """
    refusal = viewing_refused(customer)
    if refusal:
        raise DomainError("viewing_refused", refusal)
    session = SessionStore(scope=STOREFRONT)
    session[VIEWING] = {
        "customer": customer.pk,
        "by": by.pk,
        "until": int((clock.now() + FOR).timestamp()),
    }
    session.set_expiry(int(FOR.total_seconds()))
    session.save()
    audit.record("customers.customer.viewed_as", actor=by, subject=customer, request=request)
    return session


def viewing_of(request: HttpRequest) -> Viewing | None:
    """Whom this session shows and to whom, while both may; None where somebody is logged in."""
    held = request.session.get(VIEWING)
    if held is None or request.user.is_authenticated or held["until"] <= clock.now().timestamp():
        return None
    by = User.objects.filter(pk=held["by"], is_active=True, is_staff=True).first()
    customer = Customer.objects.live().filter(pk=held["customer"]).select_related("user").first()
    if by is None or customer is None or not by.has_perm(PERMISSION) or viewing_refused(customer):
        return None
    return Viewing(customer=customer, by=by, until=datetime.fromtimestamp(held["until"], tz=UTC))


def viewing_note(*, viewing: Viewing, page: str, request: HttpRequest) -> None:
    """Each page that was seen, by its name: no more than what the page is called."""
    audit.record(
        "customers.customer.page_viewed_as",
        actor=viewing.by,
        subject=viewing.customer,
        data={"page": page},
        request=request,
    )


def viewing_end(*, request: HttpRequest) -> None:
    request.session.flush()
