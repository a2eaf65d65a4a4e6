"""A password that staff hand to a person: made here, shown once, good for a day, then changed.

Staff choose no password for others. The usual way is the mailed link; this one is for who has no
way to read mail now (they stand at the counter, they call).
"""

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from config.kit import clock
from config.kit.errors import DomainError
from config.kit.events import emit
from customers.events import AccountMailRequested
from customers.models import Customer, User
from customers.rules.statuses import may_log_in
from customers.services.accounts import first_user
from customers.services.sessions import session_end_all
from customers.services.trail import leave_trail

LIFE: Final = timedelta(hours=24)
# Nothing that is mixed up when it is read aloud.
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, IN_A_GROUP = 3, 4


@transaction.atomic
def password_assign(*, customer: Customer, by: User, request: HttpRequest | None = None) -> str:
    """Give this person a temporary password and answer it; it stands nowhere else.

    All their sessions end, and a mail tells them.

    :raises DomainError: ``no_email``, ``login_closed``, ``login_of_staff``.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    user = _login_of(held)
    text = "-".join(
        "".join(secrets.choice(LETTERS) for _n in range(IN_A_GROUP)) for _g in range(GROUPS)
    )
    now = clock.now()
    user.set_password(text)
    user.password_changed_at, user.password_expires_at = now, now + LIFE
    user.save()
    if held.user_id is None:
        held.user = user
        held.save(update_fields=["user", "updated_at"])
    session_end_all(user=user)
    leave_trail(held, "password_assigned", by=by, request=request, kind="password_assigned")
    emit(AccountMailRequested(kind="password_assigned", user_id=user.pk, customer_id=held.pk))
    return text


def _login_of(customer: Customer) -> User:
    if not may_log_in(customer.state):
        raise DomainError("login_closed", _("This person may not log in."))
    if customer.user is None and not customer.email_key:
        raise DomainError("no_email", _("Without an e-mail there is nothing to log in with."))
    user = customer.user or first_user(customer)
    if user.is_staff:
        raise DomainError(
            "login_of_staff", _("This is a member of staff, who sets the password alone.")
        )
    return User.objects.select_for_update().get(pk=user.pk) if user.pk else user
