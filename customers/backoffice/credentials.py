"""How a person's password stands, in words, for the tab of their credentials."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from config.kit.pages import Status, formats
from customers.models import Customer
from customers.rules.statuses import may_log_in
from customers.selectors.email_access import is_locked


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """``opens``: the address that the log-in asks for; empty without one."""

    password: Status
    login: Status
    opens: str


def credentials_of(customer: Customer) -> Credentials:
    user = customer.user
    return Credentials(
        password=_password(customer),
        login=_login(customer),
        opens=user.email if user is not None else "",
    )


def _password(customer: Customer) -> Status:
    user = customer.user
    if user is None or not user.has_usable_password():
        return Status("neutral", _("None yet"))
    if user.password_expires_at is not None:
        until = formats.moment(user.password_expires_at)
        if user.is_password_over:
            return Status("danger", _("Temporary, and over"), until)
        return Status(
            "warning", _("Temporary, not changed yet"), _("until %(day)s") % {"day": until}
        )
    if user.password_changed_at is None:
        return Status("ok", _("Set"))
    return Status("ok", _("Set"), formats.moment(user.password_changed_at))


def _login(customer: Customer) -> Status:
    user = customer.user
    if user is None:
        return Status("neutral", _("No account yet"))
    if not user.is_active or not may_log_in(customer.state):
        return Status("danger", _("Shut"), _("the status of the record forbids it"))
    if is_locked(user.email):
        return Status("warning", _("Locked"), _("too many attempts in the last 15 minutes"))
    return Status("ok", _("Open"))
